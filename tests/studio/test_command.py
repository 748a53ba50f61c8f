"""`newsletter preview` as a person starts and ends it."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "newsletter", "--project", str(root), "preview", "--no-open", *arguments]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)


def test_it_prints_its_link_and_ctrl_c_ends_it_with_a_browser_connected(root: Path) -> None:
    with start(root, "first-light") as process:
        assert process.stdout
        link = re.fullmatch(
            r"http://127\.0\.0\.1:(\d+)/issues/first-light\?token=([\w-]{22})\n", process.stdout.readline()
        )
        assert link
        connection = http.client.HTTPConnection("127.0.0.1", int(link[1]), timeout=10)
        connection.request(
            "GET", "/issues/first-light/events", headers={"Cookie": f"newsletter-studio-{link[1]}={link[2]}"}
        )
        response = connection.getresponse()
        assert response.readline().startswith(b"id: 1")
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, notes = process.communicate(timeout=10)
        took = time.monotonic() - begin
        response.close()
        connection.close()
    assert process.returncode == 0
    assert took < 3
    assert output == ""
    assert re.fullmatch(r"\d\d:\d\d:\d\d first-light compiled in \d+ ms(?:, \d+ warnings?)?\nCtrl-C ends it\.\n", notes)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["dusk"], 2, "error: there is no issue 'dusk'\n  Known: first-light.\n"),
        (["../templates"], 2, "error: there is no issue '../templates'\n  Known: first-light.\n"),
    ],
)
def test_an_issue_that_is_not_there_ends_it(root: Path, arguments: list[str], code: int, message: str) -> None:
    with start(root, *arguments) as process:
        output, notes = process.communicate(timeout=20)
    assert (process.returncode, output, notes) == (code, "", message)


def test_an_issue_that_does_not_compile_starts_it(root: Path) -> None:
    (root / "templates/weekly/email.mjml").write_text("<mjml>")
    with start(root, "first-light") as process:
        assert process.stdout
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, notes = process.communicate(timeout=10)
    assert process.returncode == 0
    assert re.match(r"\d\d:\d\d:\d\d error: templates/weekly/email\.mjml:1", notes)
    assert "Traceback" not in notes
