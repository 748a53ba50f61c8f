"""A frozen issue + a recipient -> the message, with the recipient's own links."""

from newsletter.message.build import MessageTemplate
from newsletter.message.reader import make_reader
from newsletter.message.tokens import TokenKeys
from newsletter.models import CompiledIssue, MailingContext, Newsletter, Reader, Subscriber


class Merge:
    """One issue made ready for many recipients; safe to share between threads.

    Raises SlotError or MessageError when the issue cannot be parsed or the newsletter's values stand in no header.
    """

    def __init__(self, compiled: CompiledIssue, newsletter: Newsletter, keys: TokenKeys, *, mailing_id: str) -> None:
        self._newsletter = newsletter
        self._keys = keys
        self._mailing = MailingContext(id=mailing_id, issue=compiled.slug)
        self._template = MessageTemplate(compiled, newsletter)

    def reader(self, subscriber: Subscriber, subscription: bytes) -> Reader:
        """Return what the slots see for one recipient."""
        return make_reader(
            subscriber,
            subscription=subscription,
            newsletter=self._newsletter,
            keys=self._keys,
            mailing=self._mailing,
        )

    def try_slots(self, subscriber: Subscriber, subscription: bytes) -> None:
        """Evaluate every slot, but build nothing; raises SlotError, or MessageError for its subject."""
        self._template.try_slots(self.reader(subscriber, subscription))

    def build(self, subscriber: Subscriber, subscription: bytes) -> bytes:
        """Return the whole message; raises SlotError, MessageError or RenderGuardError."""
        return self._template.build(self.reader(subscriber, subscription))

    def build_base64(self, subscriber: Subscriber, subscription: bytes) -> bytes:
        """Return the whole message in base64, in one line; raises what `build` raises."""
        return self._template.build_base64(self.reader(subscriber, subscription))
