"""The values that travel between the stages: frozen, slotted, keyword-only.

Dictionaries live only at the edges (YAML, JSON, database rows); a value is normalised once, where it enters.
"""

from newsletter.models.compiled import CompiledIssue, SlotPlace
from newsletter.models.content import Article, ArticleStatus, AssembledIssue, Image, Issue, Section
from newsletter.models.delivery import (
    DeliveryState,
    Envelope,
    MailingState,
    MailingSummary,
    Outcome,
    OutcomeKind,
    SkipReason,
)
from newsletter.models.event import Event, EventMeaning, EventType
from newsletter.models.finding import Finding, Severity
from newsletter.models.identity import Mailbox, Newsletter
from newsletter.models.link import LinkResult, LinkVerdict
from newsletter.models.people import MailingContext, Reader, Subscriber, SubscriberStatus, SuppressionReason
from newsletter.models.place import Place
from newsletter.models.template import ParameterType, Template, TemplateParameter

__all__ = [
    "Article",
    "ArticleStatus",
    "AssembledIssue",
    "CompiledIssue",
    "DeliveryState",
    "Envelope",
    "Event",
    "EventMeaning",
    "EventType",
    "Finding",
    "Image",
    "Issue",
    "LinkResult",
    "LinkVerdict",
    "Mailbox",
    "MailingContext",
    "MailingState",
    "MailingSummary",
    "Newsletter",
    "Outcome",
    "OutcomeKind",
    "ParameterType",
    "Place",
    "Reader",
    "Section",
    "Severity",
    "SkipReason",
    "SlotPlace",
    "Subscriber",
    "SubscriberStatus",
    "SuppressionReason",
    "Template",
    "TemplateParameter",
]
