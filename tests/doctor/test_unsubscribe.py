"""The unsubscribe page over real HTTP and HTTPS: one that behaves, and several that do not."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsletter.doctor.base import Diagnosis, Verdict, failure, passed, skipped, unknown, warning
from newsletter.doctor.names import Names
from newsletter.doctor.page import NOBODY
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import ITEMS, examine
from newsletter.message.tokens import Purpose, read_token
from newsletter.store.keys import load_keys
from tests.doctor.conftest import BUTTON, DONE, Pages, pages_server, serving

PatientOf = Callable[..., Patient]
Look = Callable[[Patient, str], Diagnosis]
PAGE = tuple(item for item in ITEMS if item.id.startswith("D7"))


def test_a_page_that_behaves_passes(patient_of: PatientOf, look: Look, pages: Pages) -> None:
    patient = patient_of(base_url=pages.url)
    assert look(patient, "D702") == passed("one-click unsubscription is answered with 200")
    assert look(patient, "D703") == passed("one-click unsubscription as multipart/form-data is answered with 200")
    assert look(patient, "D704") == passed("the link opens a page with a button, and opening it changes nothing")


def test_the_questions_are_those_of_rfc_8058_for_a_subscription_that_nobody_has(
    patient_of: PatientOf, pages: Pages
) -> None:
    patient = patient_of(base_url=pages.url)
    keys = load_keys(patient.state_dir, may_create=True)
    patient = Patient(patient.project, transport="ses", clock=lambda: dt.datetime.now(dt.UTC), names=patient.names)
    examine(patient, items=PAGE)
    (urlencoded, parts, get) = pages.asked
    assert urlencoded[0::2] == ("POST", "application/x-www-form-urlencoded")
    assert urlencoded[3] == b"List-Unsubscribe=One-Click"
    assert parts[2].startswith("multipart/form-data; boundary=")
    assert b'name="List-Unsubscribe"\r\n\r\nOne-Click\r\n' in parts[3]
    assert get[0] == "GET"
    assert urlencoded[1] == parts[1] == get[1]
    assert read_token(get[1].removeprefix("/u/"), Purpose.UNSUBSCRIBE, keys) == NOBODY


def test_looking_makes_no_keys(patient_of: PatientOf, pages: Pages) -> None:
    patient = patient_of(base_url=pages.url)
    examine(patient, items=PAGE)
    assert not patient.keys_file.exists()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((302, "", "https://weekly.com/bye"), "is redirected (302) to https://weekly.com/bye"),
        ((405, "", ""), "is refused: the page takes no POST (405)"),
        ((403, "CSRF", ""), "is refused (403)"),
        ((404, "", ""), "finds no page (404)"),
        ((421, "", ""), "reaches a server that does not serve this name (421)"),
        ((500, "", ""), "is answered with 500"),
        ((204, "", ""), "is answered with 204"),
    ],
)
def test_one_click_that_does_not_work_is_a_failure(
    patient_of: PatientOf, look: Look, pages: Pages, answer: tuple[int, str, str], message: str
) -> None:
    pages.post = answer
    found = look(patient_of(base_url=pages.url), "D702")
    assert (found.verdict, found.message) == (Verdict.FAILURE, f"one-click unsubscription {message}")


def test_a_link_that_unsubscribes_when_it_is_opened_is_a_failure(
    patient_of: PatientOf, look: Look, pages: Pages
) -> None:
    pages.get = pages.post = (200, DONE, "")
    assert look(patient_of(base_url=pages.url), "D704").message == (
        "the link does the same when it is opened as when it is pressed, so that a mail scanner that opens it "
        "unsubscribes people, or a press does nothing"
    )


@pytest.mark.parametrize(
    ("answer", "verdict", "message"),
    [
        ((500, "", ""), Verdict.FAILURE, "the unsubscribe link opens with 500"),
        ((302, "", "/login"), Verdict.FAILURE, "the unsubscribe link opens with 302 and leads to /login"),
        ((200, "<p>Hm</p>", ""), Verdict.WARNING, "the page behind the link has no button that sends a POST"),
        ((200, '<form method="get">', ""), Verdict.WARNING, "the page behind the link has no button that sends a POST"),
    ],
)
def test_a_link_that_opens_badly_is_named(
    patient_of: PatientOf, look: Look, pages: Pages, answer: tuple[int, str, str], verdict: Verdict, message: str
) -> None:
    pages.get = answer
    found = look(patient_of(base_url=pages.url), "D704")
    assert (found.verdict, found.message) == (verdict, message)


def test_an_address_without_https_is_a_failure(patient_of: PatientOf, look: Look, pages: Pages) -> None:
    assert look(patient_of(base_url=pages.url), "D701") == failure(
        f"the unsubscribe links lead to {pages.url}, without https",
        "Get a certificate and set public.base_url to the https address; RFC 8058 asks for it.",
    )


def test_no_address_is_one_failure(patient_of: PatientOf, look: Look) -> None:
    assert look(patient_of(), "D701").message == ("the unsubscribe links lead nowhere: public.base_url is not set")
    for number in ("D702", "D703", "D704"):
        assert look(patient_of(), number) == skipped("public.base_url is not set: see D701")


def certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "page.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


def test_over_https_a_certificate_is_trusted_or_named(
    patient_of: PatientOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    pages = Pages()
    server = pages_server(pages)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server):
        url = pages.url.replace("http:", "https:")
        found = [report.diagnosis for report in examine(patient_of(base_url=url), items=PAGE)]
        assert found[0] == passed(f"the unsubscribe links lead to {url}")
        assert found[1] == failure(
            "the certificate of 127.0.0.1 is not trusted: self-signed certificate",
            "Renew it; mailbox providers refuse to unsubscribe through such a page.",
        )
        assert found[2:] == [skipped("see D702")] * 2
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        found = [report.diagnosis for report in examine(patient_of(base_url=url), items=PAGE)]
        assert [each.verdict for each in found] == [Verdict.PASS] * 4


def test_a_server_that_is_not_there_is_a_failure_and_asked_once(patient_of: PatientOf, look: Look) -> None:
    found = [report.diagnosis for report in examine(patient_of(base_url="https://127.0.0.1:9"), items=PAGE)]
    assert found[1] == failure("127.0.0.1 refuses connections", "Start the web server that public.base_url names.")
    assert found[2:] == [skipped("see D702")] * 2


def test_a_host_that_does_not_exist_is_a_failure_only_where_dns_works(
    patient_of: PatientOf, look: Look, zone: Any
) -> None:
    url = "https://nowhere.invalid"
    found = look(patient_of(base_url=url), "D702")
    # a machine without any network answers "try again" instead of "no such name"
    assert found in (
        failure("there is no host nowhere.invalid", "Mend public.base_url in newsletter.toml or the DNS."),
        unknown(
            "nowhere.invalid cannot be asked: [Errno -3] Temporary failure in name resolution",
            "Check the network and, behind a proxy, the variable HTTPS_PROXY.",
        ),
    )
    zone.clear()
    ignorant = Names(["127.0.0.1"], port=zone.port, seconds=0.6)
    assert look(patient_of(base_url=url, options={"names": ignorant}), "D702").verdict is Verdict.UNKNOWN


def test_a_page_asked_through_a_proxy_that_is_down_names_the_proxy(
    patient_of: PatientOf, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:9")
    found = look(patient_of(base_url="https://news.weekly.com"), "D702")
    assert found == unknown("the proxy 127.0.0.1:9 cannot be reached", "Check the variable HTTPS_PROXY, or unset it.")


def test_a_link_without_a_button_is_only_a_warning(patient_of: PatientOf, look: Look, pages: Pages) -> None:
    pages.get = (200, BUTTON.replace("post", "get"), "")
    assert look(patient_of(base_url=pages.url), "D704") == warning(
        "the page behind the link has no button that sends a POST",
        "Make sure that opening it changes nothing: mail scanners open every link.",
    )
