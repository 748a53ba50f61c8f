"""What must not leave the house is found, with its place, its sentence and its remedy."""

import dataclasses
from collections.abc import Callable

import pytest

from newsletter.checks import CHECKS, check_issue
from newsletter.checks.base import Subject
from newsletter.models import Article, AssembledIssue, Image, Newsletter, Reader, Severity, Template
from newsletter.render import compile_issue
from newsletter.render.slots import parse_slots, reader_context

Check = Callable[..., list[str]]


@pytest.fixture
def check(
    make_issue: Callable[..., AssembledIssue], weekly: Template, newsletter: Newsletter, reader: Reader
) -> Callable[..., list[str]]:
    def run(
        articles: list[Article] | None = None,
        *,
        files: dict[str, str] | None = None,
        identity: dict[str, str] | None = None,
        images: dict[str, int | None] | None = None,
        used: dict[str, str] | None = None,
        **fields: object,
    ) -> list[str]:
        assembled = make_issue(articles, **fields)
        whose = dataclasses.replace(newsletter, **(identity or {}))  # type: ignore[arg-type]
        template = dataclasses.replace(weekly, files={**weekly.files, **(files or {})})
        compiled = compile_issue(assembled, template, whose)
        context = reader_context(reader)
        subject = Subject(
            assembled=assembled,
            compiled=compiled,
            newsletter=whose,
            html=parse_slots(compiled.html, html=True, part="html").render(context),
            text=parse_slots(compiled.text, html=False, part="text").render(context),
            images={"images/harbour.jpg": 20_000} if images is None else images,
            used=used or {},
        )
        return [f"{f.id} {f.severity} {f.place or '-'}: {f.message}" for f in check_issue(subject)]

    return run


def test_a_good_issue_has_no_findings(check: Check) -> None:
    assert check() == []


def test_every_check_has_an_id_of_its_own_and_a_source() -> None:
    assert len({entry.id for entry in CHECKS}) == len(CHECKS)
    assert all(entry.title and entry.source for entry in CHECKS)


def test_subject_and_preheader(check: Check) -> None:
    where = "issues/tides/issue.md"
    assert check(subject="", preheader="") == [
        f"N101 error {where}:3: the issue has no subject",
        f"N103 warning {where}:4: the issue has no preheader, so inboxes show the first words of the mail instead",
    ]
    assert check(subject="x" * 71) == [
        f"N102 warning {where}:3: the subject has 71 characters; inboxes cut it at about 70"
    ]
    assert check(subject="Tides", preheader="tides and more") == [
        f"N104 warning {where}:4: the preheader repeats the subject"
    ]


def test_pictures(check: Check, make_article: Callable[..., Article]) -> None:
    place = "issues/tides/articles/alpha.md:7"
    bare = make_article("alpha", image=Image(src="images/harbour.jpg"))
    assert check([bare]) == [f"N301 error {place}: the picture of 'The alpha report' has no alt text"]
    lazy = make_article("alpha", image=Image(src="images/harbour.jpg", alt="IMG_2041.jpg"))
    assert check([lazy]) == [
        f"N302 warning {place}: the alt text 'IMG_2041.jpg' says nothing about the picture of 'The alpha report'"
    ]
    assert check([make_article("alpha")], images={"images/harbour.jpg": None}) == [
        f"N303 error {place}: the picture images/harbour.jpg is not in the issue's folder"
    ]
    assert check(identity={"site_url": ""}) == [
        "N304 error -: the issue has pictures of its own, but nowhere to load them from"
    ]


def test_heavy_pictures(check: Check) -> None:
    at = "issues/tides/articles/alpha.md"
    assert check(images={"images/harbour.jpg": 300 * 1024}) == []
    (one,) = check(images={"images/harbour.jpg": 300 * 1024 + 1})
    assert one.startswith(f"N305 warning {at}")
    assert one.endswith("the picture images/harbour.jpg has 300 KB, and readers on the road wait for it")
    four = {f"images/{name}.jpg": 256 * 1024 for name in "abcd"}
    assert check(images=four) == []
    (together,) = check(images={**four, "images/e.jpg": 128 * 1024, "images/f.jpg": None, "images/g.jpg": 0})[1:]
    assert together.startswith("N306 warning issues/tides/issue.md")
    assert together.endswith("the pictures of the issue have 1.1 MB together")


def test_links_and_addresses(check: Check, make_article: Callable[..., Article]) -> None:
    assert check(files={"footer.mjml": "", "email.txt": "word " * 30}) == [
        "N401 error -: the HTML part has no unsubscribe link",
        "N401 error -: the text part has no unsubscribe link",
    ]
    assert check(identity={"postal_address": ""}) == ["N402 warning -: the mail names no postal address"]
    article = make_article("alpha", url="http://example.com/a", body="To read on, [click here](https://example.com/).")
    assert check([article]) == [
        "N404 warning issues/tides/articles/alpha.md:12: a link of 'The alpha report' is called 'click here'",
        "N403 info issues/tides/articles/alpha.md: 'The alpha report' is linked without encryption: http://example.com/a",
    ]


def test_size(check: Check, make_article: Callable[..., Article]) -> None:
    long = make_article("alpha", body="word " * 19_500)
    assert [line.split(":")[0] for line in check([long])] == ["N201 warning issues/tides/issue.md"]
    near = make_article("alpha", body="word " * 14_500)
    assert [line.split(":")[0] for line in check([near])] == ["N202 info issues/tides/issue.md"]
    assert check(files={"email.txt": "[[ unsubscribe_url ]]"}) == [
        "N203 error -: the text part has fewer than 20 words"
    ]


def test_an_article_of_another_issue(check: Check) -> None:
    [line] = check(used={"beta": "issues/old/articles/b.md (the same address)"})
    assert line == (
        "N501 warning issues/tides/articles/beta.md:2: 'The beta report' looks like what another issue has: "
        "issues/old/articles/b.md (the same address)"
    )


def test_errors_come_first(check: Check) -> None:
    severities = [line.split()[1] for line in check(subject="", preheader="", identity={"postal_address": ""})]
    assert severities == sorted(severities, key=[str(level) for level in Severity].index)
