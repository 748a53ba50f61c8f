"""Compiled issue -> findings: one module a topic, one registry. Pure."""

from newsletter.checks.registry import CHECKS, check_issue

__all__ = ["CHECKS", "check_issue"]
