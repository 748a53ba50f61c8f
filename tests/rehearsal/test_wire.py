"""HTTP in pieces, several requests on one connection, and what is no HTTP."""

import socket
from typing import Any

HEAD = "GET /v2/email/account HTTP/1.1\r\nHost: x\r\n\r\n"


def talk(port: int, *pieces: bytes, answers: int = 1) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
        found = b""
        while found.count(b"HTTP/1.1 ") < answers or not found.endswith(b"}"):
            more = connection.recv(65536)
            if not more:
                break
            found += more
    return found.decode()


def test_a_request_may_come_octet_by_octet(open_standin: Any) -> None:
    octets = [bytes([octet]) for octet in HEAD.encode()]
    assert talk(open_standin().port, *octets).startswith("HTTP/1.1 403 Forbidden\r\n")


def test_requests_that_come_together_are_answered_in_turn(open_standin: Any) -> None:
    second = HEAD.replace("account", "nothing")
    found = talk(open_standin().port, (HEAD + second).encode(), answers=2)
    assert found.count("HTTP/1.1 403 Forbidden") == 2


def test_a_body_larger_than_the_buffer_is_read_whole(open_standin: Any) -> None:
    body = b"x" * 3_000_000
    head = f"POST /v2/email/outbound-emails HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert "Missing Authentication Token" in talk(open_standin().port, head, body)


def test_a_client_that_waits_for_leave_to_send_gets_it(open_standin: Any) -> None:
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    assert talk(open_standin().port, head, b"{}", answers=2).startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 ")


def test_what_is_no_http_is_refused(open_standin: Any) -> None:
    port = open_standin().port
    assert talk(port, b"EHLO example.com\r\n\r\n").startswith("HTTP/1.1 400 ")
    assert talk(port, b"GET / HTTP/1.1\r\nno colon\r\n\r\n").startswith("HTTP/1.1 400 ")
    assert talk(port, b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000).startswith("HTTP/1.1 413 ")
    assert talk(port, b"POST / HTTP/1.1\r\nContent-Length: 900000000\r\n\r\n").startswith("HTTP/1.1 413 ")
