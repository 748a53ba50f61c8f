"""`newsletter check --watch` as a program of its own: a report after each save, until Ctrl-C."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, str, str]]
SECONDS = 60.0


def read_until(file: Path, pattern: str, child: subprocess.Popen[bytes]) -> str:
    """Wait until a file has what the pattern says, and return what it has."""
    until = time.monotonic() + SECONDS
    while not re.search(pattern, text := file.read_text(encoding="utf-8"), re.DOTALL):
        assert child.poll() is None, text
        assert time.monotonic() < until, text
        time.sleep(0.1)
    return text


def test_a_save_brings_a_new_report_and_ctrl_c_ends_it(tmp_path: Path, run: Run) -> None:
    folder, printed = tmp_path / "project", tmp_path / "printed.txt"
    assert run("init", str(folder))[0] == 0
    record = folder / "issues/first-light/articles/chess-club-needs-boards.md"
    with printed.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "check", "first-light", "--watch"],
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        assert "N532" not in read_until(printed, r"clean: .*checks\)", child)
        time.sleep(1)  # the watcher starts beside the first check
        record.write_text(record.read_text().replace("Old ones", "Old old ones"))
        read_until(printed, r"N532  `summary` of 'Chess club needs boards' says 'Old old'", child)
        record.write_text(record.read_text().replace("title:", "titel:"))
        read_until(printed, r"error: \S+chess-club-needs-boards\.md:\d+: ", child)
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=SECONDS) == 0
    finally:
        child.kill()
        child.wait()
    text = printed.read_text(encoding="utf-8")
    assert text.count("Ctrl-C ends it") >= 3
    assert "Traceback" not in text
