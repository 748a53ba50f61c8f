"""Looking a host up: once, and not for longer than it is worth."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from newsletter.errors import IngestError
from newsletter.web.address import resolve

NONE: frozenset[tuple[str, int]] = frozenset()


@pytest.fixture
def silent_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system's look-up waits until the test is over: which name server it asks cannot be chosen from here."""
    over = threading.Event()

    def wait(*_: Any, **__: Any) -> list[Any]:
        over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    yield
    over.set()


@pytest.mark.usefixtures("silent_name_server")
def test_a_look_up_that_nobody_answers_is_given_up() -> None:
    start = time.monotonic()
    with pytest.raises(IngestError) as caught:
        resolve("slow.example", 443, NONE, seconds=0.2)
    assert time.monotonic() - start < 5
    assert str(caught.value) == (
        "looking up slow.example took longer than 0.2 seconds\nCheck the network and try again."
    )


def test_a_host_that_is_not_there_and_one_inside_are_refused_and_an_allowed_one_is_found() -> None:
    for host in ("nowhere.invalid", "x" * 70 + ".example"):
        with pytest.raises(IngestError) as caught:
            resolve(host, 443, NONE)
        assert str(caught.value) == f"there is no host {host}\nCheck the address and the network."
    with pytest.raises(IngestError) as caught:
        resolve("127.0.0.1", 80, NONE)
    assert str(caught.value).startswith("127.0.0.1 is inside a private network (127.0.0.1)")
    assert resolve("127.0.0.1", 80, frozenset({("127.0.0.1", 80)})) == ["127.0.0.1"]
