"""The page behind the unsubscribe link, asked as mailbox providers and mail scanners ask it."""

import re
from typing import Any

from newsletter.doctor.base import TO_PEOPLE, Diagnosis, Topic, failure, passed, skipped, warning
from newsletter.doctor.page import Answer
from newsletter.doctor.patient import Item, Patient
from newsletter.errors import ExaminationError

_NO_URL = "public.base_url is not set: see D701"
_FORM = re.compile(r"<form\b[^>]*\bmethod\s*=\s*[\"']?post\b", re.IGNORECASE)
_RFC = "RFC 8058 §3.1: it must answer a POST, without a redirect."


def _https(it: Patient) -> Diagnosis:
    url = it.newsletter.public_url
    if not url:
        return failure(
            "the unsubscribe links lead nowhere: public.base_url is not set",
            'Add to newsletter.toml: [public] base_url = "https://news.example.com"',
        )
    if not url.startswith("https://"):
        return failure(
            f"the unsubscribe links lead to {url}, without https",
            "Get a certificate and set public.base_url to the https address; RFC 8058 asks for it.",
        )
    return passed(f"the unsubscribe links lead to {url}")


def _one_click(it: Patient) -> Diagnosis:
    if not it.newsletter.public_url:
        return skipped(_NO_URL)
    return _judge_post(it.page.post(), "one-click unsubscription")


def _one_click_form(it: Patient) -> Diagnosis:
    if not it.newsletter.public_url:
        return skipped(_NO_URL)
    return _judge_post(it.page.post_form(), "one-click unsubscription as multipart/form-data")


_REFUSED = {
    401: ("is refused (401)", "Let the page work without login, cookies and CSRF tokens."),
    403: ("is refused (403)", "Let the page work without cookies and CSRF tokens; look at a firewall before it."),
    404: ("finds no page (404)", "Check public.base_url, and that the public pages run there."),
    405: ("is refused: the page takes no POST (405)", _RFC),
    421: (
        "reaches a server that does not serve this name (421)",
        "Check public.base_url, and that the proxy before the pages passes the name on (Host).",
    ),
}


def _judge_post(answer: Answer, what: str) -> Diagnosis:
    if answer.status == 200:
        return passed(f"{what} is answered with 200")
    if 300 <= answer.status < 400:
        return failure(f"{what} is redirected ({answer.status}) to {answer.location[:200] or 'nowhere'}", _RFC)
    usual = (f"is answered with {answer.status}", "Look at the log of the web server, and mend it.")
    words, remedy = _REFUSED.get(answer.status, usual)
    return failure(f"{what} {words}", remedy)


def _harmless_get(it: Patient) -> Diagnosis:
    if not it.newsletter.public_url:
        return skipped(_NO_URL)
    answer = it.page.get()
    if answer.status != 200:
        where = f" and leads to {answer.location[:200]}" if answer.location else ""
        return failure(
            f"the unsubscribe link opens with {answer.status}{where}",
            "Show a page with a button there: people who follow the link in the mail come by GET.",
        )
    try:
        same = it.page.post().status == 200 and it.page.post().body == answer.body
    except ExaminationError:
        same = False
    if same:
        return failure(
            "the link does the same when it is opened as when it is pressed, so that a mail scanner that opens it "
            "unsubscribes people, or a press does nothing",
            "Show a page with a button for GET, and unsubscribe on POST only (RFC 8058 §3.2).",
        )
    if not _FORM.search(answer.body):
        return warning(
            "the page behind the link has no button that sends a POST",
            "Make sure that opening it changes nothing: mail scanners open every link.",
        )
    return passed("the link opens a page with a button, and opening it changes nothing")


def _item(number: int, title: str, source: str, run: Any, *, network: bool = True) -> Item:
    return Item(
        id=f"D{number}",
        topic=Topic.UNSUBSCRIBE,
        title=title,
        source=source,
        run=run,
        network=network,
        transports=TO_PEOPLE,
    )


ITEMS = (
    _item(701, "the unsubscribe links are https", "RFC 8058 §3.1", _https, network=False),
    _item(702, "one click is answered with 200 and no redirect", "RFC 8058 §3.1, urlencoded", _one_click),
    _item(703, "one click works as a form with parts too", "RFC 8058 §3.1, multipart/form-data", _one_click_form),
    _item(704, "opening the link changes nothing", "RFC 8058 §3.2: scanners open links", _harmless_get),
)
