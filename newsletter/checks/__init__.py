"""Compiled issue -> findings: one module a topic, one registry. Pure.

A project's own checks need `Example`, `Family`, `Hit`, `Subject` and the decorator `check`.
"""

from newsletter.checks.base import Check, Example, Family, Hit, Subject, check
from newsletter.checks.registry import CHECKS, check_issue
from newsletter.models import Severity

__all__ = ["CHECKS", "Check", "Example", "Family", "Hit", "Severity", "Subject", "check", "check_issue"]
