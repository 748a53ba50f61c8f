"""Suggestions: unused records in an order that can be explained."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsletter.models import Article, ArticleStatus, Issue
from newsletter.project import CatalogueEntry, Match, Project
from newsletter.project.entries import describe
from newsletter.project.suggestion import Suggestions, past_issues, rank, suggest

DAY = dt.date(2026, 11, 27)
HERE = Issue(slug="here", subject="Here", number=20, date=DAY)
PAST = [
    Issue(slug=f"past-{number}", subject="Past", number=number, date=DAY - dt.timedelta(weeks=20 - number))
    for number in range(10, 20)
]


def record(slug: str, issue: str = "", **fields: Any) -> CatalogueEntry:
    folder = f"{issue}/articles" if issue else "inbox"
    article = Article(slug=slug, **{"title": f"About {slug}", "file": f"issues/{folder}/{slug}.md", **fields})
    return describe(article, issue=issue)


def nothing(_entry: CatalogueEntry) -> tuple[Match, ...]:
    return ()


def ranked(*entries: CatalogueEntry, limit: int = 10, similar: Any = nothing) -> Suggestions:
    return rank(entries, HERE, [*PAST, HERE], day=DAY, limit=limit, similar=lambda asked: map(similar, asked))


def words(result: Suggestions) -> dict[str, list[str]]:
    return {each.entry.slug: [reason.words for reason in each.reasons] for each in result.found}


def test_fresh_and_shortlisted_records_come_first() -> None:
    result = ranked(
        record("undated"),
        record("old", published=dt.date(2026, 10, 27)),
        record("wanted", published=dt.date(2026, 11, 13), status=ArticleStatus.SHORTLISTED),
        record("fresh", published=dt.date(2026, 11, 24), collected=dt.date(2026, 1, 1)),
        record("found", collected=dt.date(2026, 11, 26)),
        record("tomorrow", published=dt.date(2026, 11, 28)),
    )
    assert words(result) == {
        "wanted": ["14 days old", "shortlisted"],
        "tomorrow": ["new on the day"],
        "found": ["collected 1 day before"],
        "fresh": ["3 days old"],
        "old": ["31 days old"],
        "undated": ["no date"],
    }
    assert list(words(result))[:2] == ["wanted", "tomorrow"]
    assert [each.score for each in result.found] == [45.0, 40.0, 38.1, 34.5, 8.6, 0.0]


def test_tags_that_readers_have_not_seen_lately_help_and_those_of_this_issue_hurt() -> None:
    used = [
        record("a", "past-12", tags=("Energy",)),
        record("b", "past-17", tags=("sea",)),
        record("c", "past-18", tags=("sea", "work")),
        record("d", "here", tags=("town", "sport")),
        record("e", "here", tags=("town",)),
        record("f", "here", tags=("town",)),
    ]
    tags = ("energy", "work", "sea", "town", "sport", "chess")
    result = ranked(*used, *(record(f"on-{tag}", tags=(tag,)) for tag in tags))
    assert {slug: reasons[1:] for slug, reasons in words(result).items()} == {
        "on-chess": ["nothing on chess in any issue before"],
        "on-energy": ["nothing on energy since issue 12"],
        "on-work": ["work in one of the last 5 issues only"],
        "on-sea": [],
        "on-sport": [],
        "on-town": ["town 3 times in this issue already"],
    }
    assert [each.score for each in result.found] == [8.0, 8.0, 4.0, 0.0, 0.0, -10.0]


def test_many_rare_tags_count_no_more_than_two() -> None:
    (found,) = ranked(record("a", tags=("x", "y", "z"))).found
    assert (found.score, len(found.reasons)) == (16.0, 3)


def test_without_a_past_issue_no_tag_is_rare() -> None:
    result = rank([record("a", tags=("x",))], HERE, [HERE], day=DAY, limit=3, similar=lambda asked: map(nothing, asked))
    assert words(result) == {"a": ["no date"]}


def test_what_must_not_or_need_not_be_used_is_left_out_and_counted() -> None:
    result = ranked(
        record("used", "past-12", url="https://example.org/a", body="A text"),
        record("same-address", url="https://www.example.org/a?utm_source=x"),
        record("same-text", title="About used", body="A text"),
        record("rejected", status=ArticleStatus.REJECTED, expires=dt.date(2026, 1, 1)),
        record("expired", expires=dt.date(2026, 11, 26)),
        record("last-day", expires=DAY),
        record("embargoed", embargo=dt.date(2026, 11, 28)),
        record("first-day", embargo=DAY),
    )
    assert sorted(words(result)) == ["first-day", "last-day"]
    assert result.left_out == {"embargoed": 1, "expired": 1, "rejected": 1, "used": 2}


def test_what_is_like_a_used_article_goes_down_with_the_reason() -> None:
    used, other = record("harbour", "past-12"), record("pier", "here")
    new, old = (record(slug, published=DAY - dt.timedelta(age)) for slug, age in (("new", 0), ("old", 90)))

    def similar(entry: CatalogueEntry) -> tuple[Match, ...]:
        twin = {"new": used, "old": other}[entry.slug]
        return (Match(entry=twin, score=0.6, reason="60 % of the text is the same", exact=False),)

    result = ranked(used, other, new, old, similar=similar)
    assert words(result) == {
        "new": ["new on the day", "looks like harbour in issue 12: 60 % of the text is the same"],
        "old": ["90 days old", "looks like pier in this issue: 60 % of the text is the same"],
    }
    assert [each.score for each in result.found] == [4.0, -35.5]


def test_what_is_like_another_record_of_the_inbox_is_marked_and_keeps_its_points() -> None:
    one, two, three = record("one"), record("two"), record("three")
    rejected, used = record("rejected", status=ArticleStatus.REJECTED), record("harbour", "past-12")
    like = {"one": [two], "two": [used, one], "three": [rejected]}

    def similar(entry: CatalogueEntry) -> list[Match]:
        return [Match(entry=it, score=0.5, reason="nearly the same title", exact=False) for it in like[entry.slug]]

    result = ranked(one, two, three, rejected, used, similar=similar)
    assert words(result) == {
        "one": ["no date", "looks like two in the inbox: nearly the same title"],
        "three": ["no date", "looks like rejected that was rejected in the inbox: nearly the same title"],
        "two": [
            "no date",
            "looks like harbour in issue 12: nearly the same title",
            "looks like one in the inbox: nearly the same title",
        ],
    }
    assert [each.score for each in result.found] == [0.0, 0.0, -30.0]


def test_a_lookalike_makes_room_for_the_next_record() -> None:
    used = record("used", "past-12")
    inbox = [record(f"r{age}", published=DAY - dt.timedelta(age)) for age in range(9)]
    asked = []

    def similar(entry: CatalogueEntry) -> tuple[Match, ...]:
        asked.append(entry.slug)
        like = Match(entry=used, score=1.0, reason="nearly the same title", exact=False)
        return (like,) if entry.slug == "r0" else ()

    assert [each.entry.slug for each in ranked(used, *inbox, limit=2, similar=similar).found] == ["r1", "r2"]
    assert asked == ["r0", "r1", "r2"]


def test_issues_come_before_by_date_or_else_by_number() -> None:
    same_day = Issue(slug="morning", subject="x", number=19, date=DAY)
    undated = Issue(slug="undated", subject="x", number=3)
    later = Issue(slug="later", subject="x", number=1, date=DAY + dt.timedelta(1))
    unknown = Issue(slug="unknown", subject="x")
    earlier = Issue(slug="earlier", subject="x", date=DAY - dt.timedelta(1))
    past = past_issues(HERE, [same_day, undated, later, unknown, earlier, HERE], DAY)
    assert [each.slug for each in past] == ["earlier", "undated", "morning"]


DATES = st.none() | st.dates(dt.date(2026, 9, 1), dt.date(2026, 12, 31))
RECORDS = st.lists(
    st.builds(
        record,
        st.from_regex(r"[a-e]{1,3}", fullmatch=True),
        issue=st.sampled_from(["", "", "", "here", "past-12", "past-18"]),
        url=st.sampled_from(["", "https://example.org/1", "https://example.org/2"]),
        tags=st.lists(st.sampled_from(["sea", "town", "energy"]), unique=True).map(tuple),
        status=st.sampled_from(ArticleStatus),
        published=DATES,
        collected=DATES,
        embargo=DATES,
        expires=DATES,
    ),
    unique_by=lambda entry: entry.file,
    max_size=25,
)


def alike(entries: Sequence[CatalogueEntry]) -> Any:
    """Find the records whose names begin with the same letter like each other."""

    def similar(entry: CatalogueEntry) -> tuple[Match, ...]:
        return tuple(
            Match(entry=other, score=0.5, reason="the same letter", exact=False)
            for other in entries
            if other.slug[0] == entry.slug[0] and other.file != entry.file
        )

    return similar


@given(RECORDS, st.integers(1, 8), st.randoms())
def test_any_inbox_is_ranked_the_same_way_whatever_its_order(
    entries: list[CatalogueEntry], limit: int, chance: Any
) -> None:
    first = ranked(*entries, limit=limit, similar=alike(sorted(entries, key=lambda it: it.file)))
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert ranked(*shuffled, limit=limit, similar=alike(sorted(entries, key=lambda it: it.file))) == first


@given(RECORDS, st.integers(1, 8))
def test_every_record_is_ranked_or_counted_and_what_is_ranked_may_be_used(
    entries: list[CatalogueEntry], limit: int
) -> None:
    result = ranked(*entries, limit=100, similar=alike(entries))
    used = {entry.url for entry in entries if entry.issue} - {""}
    for each in result.found:
        entry = each.entry
        assert not entry.issue
        assert entry.status is not ArticleStatus.REJECTED
        assert entry.expires is None or entry.expires >= DAY
        assert entry.embargo is None or entry.embargo <= DAY
        assert entry.url not in used
        assert each.score == round(sum(reason.points for reason in each.reasons), 1)
    assert len(result.found) + sum(result.left_out.values()) == sum(not entry.issue for entry in entries)
    scores = [each.score for each in result.found]
    assert scores == sorted(scores, reverse=True)
    assert len(ranked(*entries, limit=limit, similar=alike(entries)).found) == min(limit, len(result.found))


@given(RECORDS, st.integers(0, 60))
def test_a_fresher_record_never_has_fewer_points(entries: list[CatalogueEntry], age: int) -> None:
    old = record("zz", published=DAY - dt.timedelta(age + 1))
    new = replace(old, published=DAY - dt.timedelta(age))
    scores = [
        next(each.score for each in ranked(*entries, it, limit=100).found if each.entry.slug == "zz")
        for it in (old, new)
    ]
    assert scores[0] <= scores[1]


def test_a_project_is_ranked_from_its_files_and_an_issue_without_a_date_appears_today(tmp_path: Path) -> None:
    texts = {
        "inbox/fresh": "title: Fresh\npublished: 2026-11-24\ntags: [sea]",
        "inbox/later": "title: Later\nembargo: 2026-11-28",
        "inbox/wrong": "titel: Wrong",
        "old/issue": "subject: Old\nnumber: 3\ndate: 2026-10-02",
        "old/articles/tide": "title: Tide\ntags: [sea]",
        "broken/issue": "subjekt: Broken",
        "broken/articles/same": "title: Same",
        "next/issue": "subject: Next",
        **{f"i{number}/issue": f"subject: I\nnumber: {number}\ndate: 2026-11-0{number}" for number in range(4, 9)},
    }
    (tmp_path / "newsletter.toml").write_text("")
    for name, text in texts.items():
        path = tmp_path / f"issues/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{text}\n---\n")
    result = suggest(Project.open(tmp_path, {}), "next", today=DAY, limit=5)
    assert (result.day, result.left_out) == (DAY, {"embargoed": 1, "unreadable": 1})
    assert words(result) == {"fresh": ["3 days old", "nothing on sea since issue 3"]}
