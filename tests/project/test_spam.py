"""SpamAssassin is asked for real when it is on this machine."""

import shutil

import pytest

from newsletter.errors import UsageError
from newsletter.project.spam import spam_score

HEAD = b"From: The Weekly <news@example.com>\r\nTo: ada@example.org\r\nSubject: Tides\r\nMIME-Version: 1.0\r\n"
# the test string that every SpamAssassin takes for spam (GTUBE)
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not on this machine (Debian package)")
@pytest.mark.slow
def test_spam_and_no_spam() -> None:
    spam = spam_score(HEAD + b"\r\n" + GTUBE + b"\r\n")
    assert spam.score >= 1000 > spam.limit
    assert "GTUBE" in spam.rules
    fine = spam_score(HEAD + b"\r\nThe tide comes in at six, and the lamp on the pier is lit by then.\r\n")
    assert fine.score < fine.limit == 5.0


def test_without_the_program_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError) as error:
        spam_score(HEAD)
    assert error.value.what == "SpamAssassin is not on this machine"
    assert error.value.remedy == "Install it (Debian: apt install spamassassin), or check without --spam."
