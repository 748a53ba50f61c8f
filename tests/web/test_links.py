"""What is behind a link, asked of servers that do what servers do."""

import datetime as dt
import http.server
import itertools
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsletter.models import LinkResult, LinkVerdict
from newsletter.web.links import Pace, probe_links
from newsletter.web.probe import MAX_BYTES

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
QUICK = Pace(pause=0.0, seconds=10.0, seconds_each=5.0)


class Site(http.server.BaseHTTPRequestHandler):
    """A site whose paths say what it does."""

    asked: list[tuple[str, str, float]]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        name = self.path.strip("/").partition("/")[0]
        if name == "nohead":
            self.reply(405)
        elif name == "hangsup":
            type(self).asked.append(("HEAD", self.path, time.monotonic()))
            self.close_connection = True
        else:
            self.do_GET()

    def do_GET(self) -> None:
        name, _, rest = self.path.strip("/").partition("/")
        if name == "to":
            self.reply(301, Location=rest if "://" in rest else f"/{rest}")
        elif name == "chain":
            self.reply(302, Location=f"/chain/{int(rest) + 1}")
        elif name == "status":
            self.reply(int(rest), b"<title>x</title>")
        elif name == "titled":
            self.reply(200, f"<html><title>{unquote(rest)}</title>".encode())
        elif name == "latin":
            self.reply(200, "<title>Página no encontrada</title>".encode("latin-1"), charset="; charset=ISO-8859-1")
        elif name == "parked":
            self.reply(200, b'<script src="https://img.sedoparking.com/x.js"></script>')
        elif name == "endless":
            self.reply(200, b"<title>Long</title>" + b"x" * 3_000_000)
        elif name == "file":
            self.reply(200, b"%PDF", media="application/pdf")
        elif name == "silent":
            type(self).asked.append((self.command, self.path, time.monotonic()))
            time.sleep(1.5)
            self.close_connection = True
        else:
            self.reply(200, b"<title>A page</title>")

    def reply(
        self, status: int, body: bytes = b"", media: str = "text/html", charset: str = "", **headers: str
    ) -> None:
        type(self).asked.append((self.command, self.path, time.monotonic()))
        self.send_response(status)
        for header, value in {**headers, "Content-Type": media + charset, "Content-Length": str(len(body))}.items():
            self.send_header(header, value)
        self.end_headers()
        try:
            self.wfile.write(body if self.command == "GET" else b"")
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    """A server whose log is silent when a client goes in the middle of an answer."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    servers: list[Server] = []

    def start(tls: ssl.SSLContext | None = None) -> int:
        Site.asked = []
        server = Server(("127.0.0.1", 0), Site)
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(serve: Callable[..., int]) -> str:
    return f"http://127.0.0.1:{serve()}"


def ask(*urls: str, **options: object) -> dict[str, LinkResult]:
    ports = {int(port) for url in urls for port in re.findall(r"(?:localhost|127\.0\.0\.1):(\d+)", url)}
    allowed = [(host, port) for host in ("127.0.0.1", "localhost") for port in ports]
    return probe_links(urls, **{"now": NOW, "allowed": allowed, "pace": QUICK, **options})  # type: ignore[arg-type]


def said(url: str) -> tuple[str, str]:
    result = ask(url)[url]
    return result.verdict.value, result.reason


def test_a_page_is_asked_for_with_head_and_read_with_get(site: str) -> None:
    assert ask(f"{site}/page#part") == {
        f"{site}/page#part": LinkResult(
            url=f"{site}/page#part", verdict=LinkVerdict.OK, final=f"{site}/page", status=200, checked=NOW
        )
    }
    assert [what[:2] for what in Site.asked] == [("HEAD", "/page"), ("GET", "/page")]


def test_a_file_is_not_loaded(site: str) -> None:
    assert said(f"{site}/file/report.pdf") == ("ok", "")
    assert [what[0] for what in Site.asked] == ["HEAD"]


@pytest.mark.parametrize("path", ["nohead", "hangsup"])
def test_a_server_that_does_not_like_head_is_asked_with_get(site: str, path: str) -> None:
    assert said(f"{site}/{path}") == ("ok", "")
    assert [what[0] for what in Site.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (404, "dead", "the server has no such page (status 404)"),
        (410, "dead", "the server has no such page (status 410)"),
        (401, "refused", "the server does not answer programs (status 401)"),
        (403, "refused", "the server does not answer programs (status 403)"),
        (429, "refused", "the server does not answer programs (status 429)"),
        (999, "refused", "the server does not answer programs (status 999)"),
        (503, "unreachable", "the server failed (status 503)"),
    ],
)
def test_the_status_decides(site: str, status: int, verdict: str, reason: str) -> None:
    assert said(f"{site}/status/{status}") == (verdict, reason)


def test_a_link_that_leads_to_another_owner_has_moved_and_one_that_stays_has_not(site: str) -> None:
    other = site.replace("127.0.0.1", "localhost")
    assert said(f"{site}/to/page") == ("ok", "")
    assert said(f"{site}/to/{other}/page") == ("moved", f"it leads to {other}/page")


def test_redirects_without_end_are_no_verdict_on_the_page(site: str) -> None:
    reason = "it leads on and on without the cookies of a browser (status 302)"
    assert said(f"{site}/chain/0") == ("refused", reason)
    assert len(Site.asked) == 11


@pytest.mark.parametrize(
    "title",
    [
        *("404", "Page not found | The Post", "Error 404 - Example", "Seite nicht gefunden • Zeitung"),
        *("404 Not Found", "Page introuvable", "This page could not be found", "The Post » Nothing found"),
    ],
)
def test_a_page_that_only_says_that_there_is_none(site: str, title: str) -> None:
    assert said(f"{site}/titled/{quote(title)}") == ("soft_404", f"its title is {title!r}")


def test_articles_about_missing_pages_and_parked_domains_are_articles(site: str) -> None:
    for title in ("How 404 pages were invented", "Not found: a lost orchid", "House for sale", "404 ways to bake"):
        assert said(f"{site}/titled/{quote(title)}") == ("ok", "")


def test_the_charset_of_a_page_is_heeded(site: str) -> None:
    assert said(f"{site}/latin") == ("soft_404", "its title is 'Página no encontrada'")


def test_an_article_that_leads_to_the_front_page_is_gone(site: str) -> None:
    assert said(f"{site}/to/") == ("ok", "")
    assert said(f"{site}/to/en") == ("soft_404", f"it leads to the front page, {site}/en")
    assert said(f"{site}/to/not-found") == ("soft_404", f"it leads to {site}/not-found")


def test_a_domain_for_sale_is_parked(site: str) -> None:
    assert said(f"{site}/parked") == ("parked", "it shows the page of a company that parks domains")
    assert said(f"{site}/titled/{quote('harbour.com is for sale')}") == (
        "parked",
        "its title is 'harbour.com is for sale'",
    )


def test_only_the_beginning_of_a_long_page_is_read(site: str) -> None:
    start = time.monotonic()
    assert said(f"{site}/endless") == ("ok", "")
    assert time.monotonic() - start < 2
    assert MAX_BYTES < 3_000_000


def _certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2021, 1, 1, tzinfo=dt.UTC))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_certificate_that_no_browser_takes(serve: Callable[..., int], tmp_path: Path) -> None:
    port = serve(_certificate(tmp_path))
    verdict, reason = said(f"https://localhost:{port}/page")
    assert verdict == "certificate"
    assert reason.startswith("its certificate is not valid: self")


def test_a_silent_server_and_a_closed_port(site: str) -> None:
    slow = ask(f"{site}/silent", pace=Pace(pause=0, seconds=5, seconds_each=0.6))
    assert [(r.verdict.value, r.reason) for r in slow.values()] == [("timeout", "there was no answer in time")]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    verdict, reason = said(f"http://127.0.0.1:{port}/")
    assert verdict == "unreachable"
    assert reason.startswith("the connection failed: ")


def test_what_is_no_public_web_address_is_not_asked() -> None:
    results = ask("mailto:ada@example.org", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1/", "x:22")
    assert [(result.verdict.value, result.reason) for result in results.values()] == [
        ("skipped", "mailto:ada@example.org is no address that can be fetched"),
        ("skipped", "10.0.0.1 is inside a private network (10.0.0.1), and only public pages are fetched"),
        ("skipped", "169.254.169.254 is inside a private network (169.254.169.254), and only public pages are fetched"),
        ("skipped", "http://[::1/ is no web address"),
        ("skipped", "x:22 is no address that can be fetched"),
    ]


def test_a_redirect_into_a_private_network_is_not_followed(site: str) -> None:
    assert said(f"{site}/to/http://10.0.0.1/admin") == (
        "skipped",
        "10.0.0.1 is inside a private network (10.0.0.1), and only public pages are fetched",
    )


def test_an_unknown_host_is_dead_only_while_the_network_is_there(site: str) -> None:
    one, two = "http://nowhere.invalid/a", "http://neither.invalid/b"
    alone = ask(one, two)
    assert {result.verdict for result in alone.values()} == {LinkVerdict.UNREACHABLE}
    with_site = ask(one, f"{site}/page")
    assert with_site[f"{site}/page"].verdict is LinkVerdict.OK
    assert with_site[one].verdict in {LinkVerdict.DEAD, LinkVerdict.UNREACHABLE}


def test_one_host_is_asked_one_question_at_a_time_with_a_pause(site: str) -> None:
    urls = [f"{site}/file/{number}" for number in range(4)]
    ask(*urls, pace=Pace(pause=0.2, seconds=10, seconds_each=5))
    moments = [moment for _, _, moment in Site.asked]
    assert [path for _, path, _ in Site.asked] == [f"/file/{number}" for number in range(4)]
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(moments))


def test_different_hosts_are_asked_at_the_same_time(serve: Callable[..., int]) -> None:
    port = serve()
    start = time.monotonic()
    results = ask(
        f"http://127.0.0.1:{port}/silent",
        f"http://localhost:{port}/silent",
        pace=Pace(pause=0, seconds=5, seconds_each=0.8),
    )
    assert {result.verdict for result in results.values()} == {LinkVerdict.TIMEOUT}
    assert time.monotonic() - start < 1.5


def test_links_beyond_the_time_limit_are_skipped_and_said_so(site: str) -> None:
    start = time.monotonic()
    urls = [f"{site}/file/{number}" for number in range(20)]
    results = ask(*urls, pace=Pace(pause=0.3, seconds=0.5, seconds_each=5))
    assert time.monotonic() - start < 1.5
    assert list(results) == urls
    assert results[urls[0]].verdict is LinkVerdict.OK
    assert (results[urls[-1]].verdict, results[urls[-1]].reason) == (
        LinkVerdict.SKIPPED,
        "the time for all links was over",
    )


def test_an_answer_of_today_is_believed_and_an_older_or_passing_one_is_not(site: str) -> None:
    def remembered(verdict: LinkVerdict, hours: int) -> LinkResult:
        return LinkResult(url=f"{site}/page", verdict=verdict, checked=NOW - dt.timedelta(hours=hours))

    for known, asked in (
        (remembered(LinkVerdict.DEAD, 23), False),
        (remembered(LinkVerdict.DEAD, 24), True),
        (remembered(LinkVerdict.DEAD, -1), True),
        (remembered(LinkVerdict.TIMEOUT, 1), True),
        (LinkResult(url=f"{site}/page", verdict=LinkVerdict.DEAD), True),
    ):
        Site.asked.clear()
        results = ask(f"{site}/page", known={known.url: known})
        assert bool(Site.asked) is asked
        assert results[known.url].verdict is (LinkVerdict.OK if asked else LinkVerdict.DEAD)


def test_progress_hears_of_every_result_and_an_interruption_loses_none(site: str) -> None:
    heard: list[tuple[int, int, str]] = []

    def hear(done: int, total: int, result: LinkResult) -> None:
        heard.append((done, total, result.url))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(*(f"{site}/file/{number}" for number in range(5)), progress=hear)
    assert heard == [(1, 5, f"{site}/file/0"), (2, 5, f"{site}/file/1")]
    time.sleep(0.3)
    assert len(Site.asked) <= 3


def test_the_same_page_is_asked_for_once_whatever_its_fragment(site: str) -> None:
    heard: list[int] = []
    results = ask(
        f"{site}/file#a", f"{site}/file#b", f"{site}/file#a", progress=lambda done, _total, _result: heard.append(done)
    )
    assert list(results) == [f"{site}/file#a", f"{site}/file#b"]
    assert len(Site.asked) == 1
    assert heard == [1, 2]
