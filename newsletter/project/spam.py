"""SpamAssassin's score of a message, when the program is on this machine; nothing leaves it."""

import re
import shutil
import subprocess

from newsletter.checks.facts import SpamScore
from newsletter.errors import UsageError

SECONDS = 120
"""Starting SpamAssassin alone takes several seconds."""

_STATUS = re.compile(
    r"^X-Spam-Status: \w+, score=(-?[\d.]+) required=([\d.]+)\s+tests=(.*?)(?:\s+\w+=|\r?\n(?![ \t]))",
    re.MULTILINE | re.DOTALL,
)


def spam_score(message: bytes) -> SpamScore:
    """Ask SpamAssassin, its network tests off; raises UsageError when it is not there or gives no score."""
    program = shutil.which("spamassassin")
    if program is None:
        raise UsageError(
            "SpamAssassin is not on this machine",
            remedy="Install it (Debian: apt install spamassassin), or check without --spam.",
        )
    try:
        done = subprocess.run(  # noqa: S603 - no shell, a program found by its name, the message on its input
            [program, "--local"],
            input=message,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise UsageError(f"SpamAssassin gave no answer: {exc}", remedy="Try `spamassassin --lint`.") from exc
    status = _STATUS.search(done.stdout.decode("utf-8", "replace"))
    if status is None:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(
            f"SpamAssassin gave no score: {said[-1][:200] if said else 'it said nothing'}",
            remedy="Try `spamassassin --lint`.",
        )
    rules = tuple(rule for rule in re.split(r"[,\s]+", status[3]) if rule and rule != "none")
    return SpamScore(score=float(status[1]), limit=float(status[2]), rules=rules)
