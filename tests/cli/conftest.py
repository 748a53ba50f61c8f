"""Commands as somebody types them."""

import io
import sys
from collections.abc import Callable

import pytest

from newsletter.cli import main


class Terminal(io.StringIO):
    """Somebody at the keyboard, who types this."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command and return its exit code and what it printed.

    `stdin` is what a pipe brings, `typed` what somebody at a terminal answers.
    """

    def runner(*arguments: str, stdin: bytes = b"", typed: str | None = None) -> tuple[int, str, str]:
        pipe = io.TextIOWrapper(io.BytesIO(stdin))
        monkeypatch.setattr(sys, "argv", ["newsletter", *arguments])
        monkeypatch.setattr(sys, "stdin", pipe if typed is None else Terminal(typed))
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return int(left.value.code or 0), captured.out, captured.err

    return runner
