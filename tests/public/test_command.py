"""The server as a command, as a factory for other servers, and the form for other pages."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from newsletter.config import parse_settings
from newsletter.errors import ConfigError, UsageError
from newsletter.project import Project
from newsletter.public import app as factory
from newsletter.public import create_app
from newsletter.public.server import PublicServer
from newsletter.public.snippet import form_snippet
from tests.public.conftest import TOML, World


def test_serve_answers_until_it_is_told_to_end(root: Path) -> None:
    command = [sys.executable, "-m", "newsletter", "--project", str(root), "serve", "--port", "0", "--health-port", "0"]
    environ = {**os.environ, "NEWSLETTER_PUBLIC__BASE_URL": "https://news.example.com"}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = said.split()[0]
        assert said == f"{address} serves https://news.example.com\n"
        with httpx.Client(trust_env=False) as visitor:
            answer = visitor.post(f"{address}/u/x", headers={"Host": "news.example.com"})
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    lines = told.splitlines()
    assert lines[0].endswith("/health and /metrics are for this machine")
    assert lines[1] == "confirmation mails go out by outbox; Ctrl-C ends it"
    [line] = [json.loads(each) for each in lines[2:]]
    assert (line["event"], line["route"], line["method"], line["status"]) == ("answered", "/u/*", "POST", 200)
    assert set(line) == {"at", "level", "event", "route", "method", "status", "milliseconds"}


def test_a_port_in_use_is_said(world: World) -> None:
    with pytest.raises(UsageError) as error:
        PublicServer(world.app, host="127.0.0.1", port=world.server.port, health_port=None)
    assert error.value.what == f"port {world.server.port} is in use"


def test_other_servers_call_the_factory(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_PROJECT", str(root))
    made = factory()
    assert made.site.settings.lists == ("weekly", "press")
    made.site.database.close()


def test_without_an_address_there_are_no_pages(root: Path) -> None:
    with pytest.raises(ConfigError) as error:
        create_app(Project(root, parse_settings("", {})))
    assert error.value.what == "the public pages have no address"


def test_the_form_for_other_pages_is_plain_html() -> None:
    assert form_snippet(parse_settings(TOML.replace("The Weekly", "A & B"), {})) == (
        '<form action="https://news.example.com/subscribe" method="post">\n'
        '  <label>Your e-mail address <input type="email" name="email" autocomplete="email" required></label>\n'
        '  <label><input type="checkbox" name="list" value="weekly"> weekly</label>\n'
        '  <label><input type="checkbox" name="list" value="press"> press</label>\n'
        "  <button>Get A &amp; B</button>\n"
        "</form>"
    )
    with pytest.raises(ConfigError, match="nobody can sign up"):
        form_snippet(parse_settings("", {}))
