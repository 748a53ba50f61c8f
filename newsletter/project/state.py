"""Where an issue is on its way: draft, checked, being sent, sent."""

from collections.abc import Sequence

from newsletter.models import Issue
from newsletter.project.fingerprint import fingerprint
from newsletter.project.folder import Project

FINISHED = "finished"


def state_of(project: Project, issue: Issue, *, passed: str, mailings: Sequence[str]) -> str:
    """Return the state of an issue in a word, the last of these that is true.

    draft; checked, when its last check found no error in the files as they are, of which `passed` is the print; ready,
    sending or paused while a mailing is unfinished; sent. `mailings` are the states of those that reach people.
    """
    unfinished = [state for state in mailings if state != FINISHED]
    if unfinished:
        return unfinished[0]
    if mailings:
        return "sent"
    return "checked" if passed and fingerprint(project, issue) == passed else "draft"
