import gzip
import http.server
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import IngestError
from newsletter.web.address import is_public
from newsletter.web.fetch import Fetcher

SAVE = "Open it in a browser, save the page and add the file: `newsletter article add page.html --url URL`."


class Site(http.server.BaseHTTPRequestHandler):
    """A small site that does what bad sites do."""

    asked: list[tuple[str, dict[str, str]]]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: C901 - a case a page
        type(self).asked.append((self.path, dict(self.headers)))
        port = self.connection.getsockname()[1]
        name, _, rest = self.path.strip("/").partition("/")
        if name == "page":
            self.answer(200, b"<html>page</html>", ETag='"7"', **{"Content-Type": "text/html; charset=utf-8"})
        elif name == "cached":
            new = self.headers.get("If-None-Match") != '"7"'
            self.answer(200 if new else 304, b"new" if new else b"", ETag='"7"')
        elif name == "to":
            self.answer(302, b"", Location=rest if "://" in rest else f"/{rest}")
        elif name == "chain":
            self.answer(301, b"", Location=f"/chain/{int(rest) + 1}")
        elif name == "circle":
            self.answer(302, b"", Location=f"http://127.0.0.1:{port}/circle2")
        elif name == "circle2":
            self.answer(302, b"", Location="/circle#top")
        elif name == "bomb":
            self.answer(200, gzip.compress(b"\0" * 50_000_000), **{"Content-Encoding": "gzip"})
        elif name == "big":
            self.answer(200, b"x" * 5_300_000)
        elif name == "drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif name == "status":
            self.answer(int(rest), b"")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[int]:
    Site.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.socket.getsockname()[1]
    server.shutdown()
    server.server_close()
    thread.join()


def get(port: int, path: str, **options: float) -> object:
    fetcher = Fetcher(allowed=[("127.0.0.1", port), ("localhost", port)], **options)  # type: ignore[arg-type]
    return fetcher.get(f"http://127.0.0.1:{port}/{path}")


def refusal(port: int, path: str, **options: float) -> str:
    with pytest.raises(IngestError) as caught:
        get(port, path, **options)
    return str(caught.value)


def test_a_page_comes_with_where_it_was_and_its_validators(site: int) -> None:
    fetched = Fetcher(allowed=[("127.0.0.1", site)]).get(f"http://127.0.0.1:{site}/to/page/x")
    assert (fetched.url, fetched.body) == (f"http://127.0.0.1:{site}/page/x", b"<html>page</html>")
    assert (fetched.content_type, fetched.etag, fetched.unchanged) == ("text/html; charset=utf-8", '"7"', False)


def test_the_name_stays_in_the_request_though_the_address_was_looked_up(site: int) -> None:
    Fetcher(allowed=[("localhost", site)]).get(f"http://localhost:{site}/page")
    assert Site.asked[0][1]["Host"] == f"localhost:{site}"
    assert "Cookie" not in Site.asked[0][1]


def test_an_unchanged_page_is_known_by_its_validator(site: int) -> None:
    fetched = Fetcher(allowed=[("127.0.0.1", site)]).get(f"http://127.0.0.1:{site}/cached", etag='"7"')
    assert (fetched.unchanged, fetched.body) == (True, b"")


def test_no_proxy_of_the_environment_is_used(site: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    get(site, "page")
    assert [path for path, _ in Site.asked] == ["/page"]


def test_a_circle_of_redirects_is_named(site: int) -> None:
    home = f"http://127.0.0.1:{site}"
    assert (
        refusal(site, "circle") == f"the page leads to itself: {home}/circle -> {home}/circle2 -> {home}/circle\n{SAVE}"
    )


def test_more_than_five_redirects_are_refused(site: int) -> None:
    message = f"the page leads on more than 5 times, last to http://127.0.0.1:{site}/chain/6\n{SAVE}"
    assert refusal(site, "chain/0") == message
    assert len(Site.asked) == 6


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://10.0.0.1/", "10.0.0.1 is inside a private network (10.0.0.1), and only public pages are fetched"),
        (
            "http://169.254.169.254/latest/meta-data/",
            "169.254.169.254 is inside a private network (169.254.169.254), and only public pages are fetched",
        ),
        ("http://[::1]/", "::1 is inside a private network (::1), and only public pages are fetched"),
        ("http://0x7f.1/", "0x7f.1 is inside a private network (127.0.0.1), and only public pages are fetched"),
        ("http://example.org:22/", "example.org is asked on port 22, and only 80 and 443 are fetched"),
    ],
)
def test_a_redirect_into_a_network_is_refused_as_the_address_itself_is(site: int, target: str, message: str) -> None:
    assert refusal(site, f"to/{target}") == f"{message}\n{SAVE}"
    with pytest.raises(IngestError) as caught:
        Fetcher().get(target)
    assert str(caught.value) == f"{message}\n{SAVE}"


def test_other_schemes_names_in_addresses_and_unknown_hosts_are_refused(site: int) -> None:
    only = "Only http:// and https:// addresses can be."
    assert refusal(site, "to/file:///etc/passwd") == f"file:///etc/passwd is no address that can be fetched\n{only}"
    for url, message in (
        ("ftp://example.org/x", f"ftp://example.org/x is no address that can be fetched\n{only}"),
        ("http://me:pw@example.org/", f"the address carries a user name or a password\nLeave it out. {SAVE}"),
        ("http://[::1/", "http://[::1/ is no web address\nCopy it again, from https:// on."),
        ("http://nowhere.invalid/", "there is no host nowhere.invalid\nCheck the address and the network."),
    ):
        with pytest.raises(IngestError) as caught:
            Fetcher().get(url)
        assert str(caught.value) == message


def test_a_page_larger_than_the_limit_is_not_read_to_its_end(site: int) -> None:
    copy = "Copy the article's text into a .txt file, title first, and add that file."
    assert refusal(site, "big") == f"the page is larger than 5 MiB\n{copy}"
    assert refusal(site, "bomb") == f"the page is larger than 5 MiB\n{copy}"


def test_a_server_that_sends_a_byte_at_a_time_is_left_at_the_deadline(site: int) -> None:
    start = time.monotonic()
    assert refusal(site, "drip", seconds=0.4) == f"127.0.0.1 did not answer in time\nTry again later. {SAVE}"
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "127.0.0.1 has no such page (status 404)\nCheck the address."),
        (403, f"127.0.0.1 does not show this page to programs (status 403)\n{SAVE}"),
        (429, f"127.0.0.1 was asked too often (status 429)\nTry again later. {SAVE}"),
        (503, "127.0.0.1 failed (status 503)\nTry again later."),
        (418, f"127.0.0.1 did not answer with a page (status 418)\n{SAVE}"),
    ],
)
def test_a_refusing_server_is_quoted(site: int, status: int, message: str) -> None:
    assert refusal(site, f"status/{status}") == message


def test_a_closed_port_is_no_traceback() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refusal(port, "x").startswith("127.0.0.1 cannot be reached: ")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "fec0::1", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "fe80::1%eth0", "not an address", "2001:db8::1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_in_every_wrapping(address: ipaddress.IPv4Address) -> None:
    plain = is_public(str(address))
    assert is_public(f"::ffff:{address}") == plain
    assert is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address)))) == plain
