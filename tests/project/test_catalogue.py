"""The catalogue: every record in short, read from its file only when that changed."""

import datetime as dt
import os
from pathlib import Path

import pytest

from newsletter.errors import ConflictError
from newsletter.models import Article, ArticleStatus
from newsletter.project import MemoryCache, Project

TEXT = " ".join(f"word{number} of a long story about the harbour" for number in range(30))


class Counting(MemoryCache):
    """A real cache that remembers which files were read anew."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def save(self, kind, changed, removed) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        self.read += changed
        super().save(kind, changed, removed)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "newsletter.toml").write_text("")
    put(tmp_path / "issues/inbox/a.md", "title: A story\nurl: https://example.org/a\ntags: [x, y]\nstatus: rejected")
    put(tmp_path / "issues/inbox/b.md", "title: Another\nembargo: 2026-11-28\nexpires: 2026-11-30", "Three words here")
    put(tmp_path / "issues/one/articles/c.md", "title: Used\nvia: Nordwire", TEXT)
    put(tmp_path / "issues/one/issue.md", "subject: One\ndate: 2026-11-20")
    return tmp_path


def put(path: Path, front: str, body: str = "", *, age: int = 60) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{front}\n---\n\n{body}\n")
    when = path.stat().st_mtime_ns - age * 10**9
    os.utime(path, ns=(when, when))


def open_project(root: Path, cache: MemoryCache) -> Project:
    project = Project.open(root, {})
    project.use_cache(cache)
    return project


def test_an_entry_has_what_lists_and_suggestions_need(root: Path) -> None:
    first, second, third = Project.open(root, {}).catalogue().entries()
    assert (first.slug, first.issue, first.url, first.tags) == ("a", "", "https://example.org/a", ("x", "y"))
    assert (first.status, first.file) == (ArticleStatus.REJECTED, "issues/inbox/a.md")
    assert (second.words, second.embargo, second.expires) == (3, dt.date(2026, 11, 28), dt.date(2026, 11, 30))
    assert [second.embargoed(dt.date(2026, 11, day)) for day in (27, 28)] == [True, False]
    assert [second.expired(dt.date(2026, 11, day)) for day in (30, 29)] == [False, False]
    assert second.expired(dt.date(2026, 12, 1))
    assert (third.issue, third.source, third.words) == ("one", "Nordwire", 240)


def test_only_files_that_changed_are_read_again_even_by_another_process(root: Path) -> None:
    cache = Counting()
    before = open_project(root, cache).catalogue()
    assert cache.read == ["issues/inbox/a.md", "issues/inbox/b.md", "issues/one/articles/c.md"]
    cache.read.clear()
    again = open_project(root, cache)
    assert again.catalogue().entries() == before.entries()
    assert cache.read == []
    put(root / "issues/inbox/a.md", "title: A storm\nurl: https://example.org/a\ntags: [x, y]\nstatus: rejected", age=9)
    (root / "issues/inbox/b.md").unlink()
    assert [entry.title for entry in again.catalogue().entries()] == ["A storm", "Used"]
    assert cache.read == ["issues/inbox/a.md"]
    assert list(cache.load("articles")) == ["issues/inbox/a.md", "issues/one/articles/c.md"]


def test_a_file_saved_a_moment_ago_is_not_trusted_to_stay_as_it_is(root: Path) -> None:
    cache = Counting()
    project = open_project(root, cache)
    put(root / "issues/inbox/a.md", "title: One", age=0)
    assert project.catalogue().named("a")[0].title == "One"
    (root / "issues/inbox/a.md").write_text("---\ntitle: Two\n---\n\n\n")
    assert project.catalogue().named("a")[0].title == "Two"
    assert "issues/inbox/a.md" not in cache.load("articles")


def test_a_broken_record_is_remembered_with_its_line(root: Path) -> None:
    put(root / "issues/inbox/bad.md", "titel: x")
    cache = Counting()
    for _ in range(2):
        catalogue = open_project(root, cache).catalogue()
        assert [entry.slug for entry in catalogue.entries()] == ["a", "b", "c"]
        (error,) = catalogue.errors()
        assert str(error).startswith("issues/inbox/bad.md:2: an article has no key `titel`\nDid you mean `title`?")
    assert cache.read.count("issues/inbox/bad.md") == 1


def test_a_cache_of_another_version_or_full_of_rubbish_is_read_anew(root: Path) -> None:
    cache = Counting()
    good = open_project(root, cache).catalogue().entries()
    for rubbish in ("", "{}", "[]", "[0]", '[1, "a"]', "[1, 2, 3, 4, 5, 6]", '[99, "x", null, ""]', "\x00"):
        for name, kept in list(cache.load("articles").items()):
            cache.save("articles", {name: (kept[0], rubbish)}, ())
        assert open_project(root, cache).catalogue().entries() == good


def test_the_first_run_says_how_far_it_is(root: Path) -> None:
    calls: list[tuple[int, int]] = []
    project = Project.open(root, {})
    project.use_cache(MemoryCache(), lambda done, of: calls.append((done, of)))
    project.catalogue()
    project.catalogue()
    assert calls == [(3, 3)]


def test_what_is_the_same_comes_before_what_is_alike_with_the_reason(root: Path) -> None:
    catalogue = Project.open(root, {}).catalogue()

    def alike(**values: str) -> list[tuple[str, float, str, bool]]:
        found = catalogue.similar(Article(slug="", title=values.pop("title", "T"), **values))  # type: ignore[arg-type]
        return [(match.entry.slug, match.score, match.reason, match.exact) for match in found]

    assert alike(url="http://m.example.org/a?utm_source=x") == [("a", 1.0, "the same address", True)]
    assert alike(title="Used ", body=TEXT) == [("c", 1.0, "the same title and text", True)]
    assert alike(title="Elsewhere", body=TEXT, url="https://example.org/a") == [
        ("a", 1.0, "the same address", True),
        ("c", 1.0, "100 % of the text is the same", False),
    ]
    assert alike(title="Quite another matter", body="Nothing in common with the others in here at all.") == []
    (entry,) = catalogue.named("c")
    assert catalogue.similar(entry) == ()
    assert [entry.slug for entry in catalogue.at("https://www.example.org/a#x")] == ["a"]
    assert catalogue.at("") == ()


def test_an_exact_duplicate_in_a_past_issue_is_refused(root: Path) -> None:
    put(root / "issues/one/articles/d.md", "title: D\nurl: https://example.org/d")
    with pytest.raises(ConflictError) as caught:
        Project.open(root, {}).add_article(Article(slug="", title="New", url="https://amp.example.org/d"))
    assert str(caught.value) == (
        "issues/one/articles/d.md: this article is there already, as d\n"
        "Edit issues/one/articles/d.md, or delete it first."
    )


def test_an_issue_is_read_again_only_when_its_file_changed_and_a_broken_one_is_remembered(root: Path) -> None:
    put(
        root / "issues/two/issue.md",
        "number: 2\nsubject: Two\ntemplate: weekly\nsections:\n- title: Top\n  layout: lead\n  note: A *note*\n"
        "  articles:\n  - c\n  - article: d\n    layout: brief",
        "An introduction",
    )
    put(root / "issues/bad/issue.md", "subjekt: x")
    cache = Counting()
    first = open_project(root, cache).read_issues()
    assert cache.read == ["issues/bad/issue.md", "issues/one/issue.md", "issues/two/issue.md"]
    again = open_project(root, cache)
    issues, (error,) = again.read_issues()
    assert issues == first[0] == [again.issue("one"), again.issue("two")]
    assert str(error) == str(first[1][0])
    assert str(error).startswith("issues/bad/issue.md:2: ")
    assert len(cache.read) == 3
    put(root / "issues/one/issue.md", "subject: Won", age=9)
    (root / "issues/bad/issue.md").unlink()
    assert [issue.subject for issue in again.read_issues()[0]] == ["Won", "Two"]
    assert cache.read[3:] == ["issues/one/issue.md"]
    for rubbish in ("", "[]", '[1, "a"]', '[["x"], {"slug": "one"}]'):
        for name, kept in list(cache.load("issues").items()):
            cache.save("issues", {name: (kept[0], rubbish)}, ())
        assert open_project(root, cache).read_issues() == again.read_issues()


def test_what_is_like_each_of_several_records_is_what_is_like_each_alone(root: Path) -> None:
    put(root / "issues/inbox/e.md", "title: Elsewhere\nurl: https://example.org/a", TEXT)
    catalogue = Project.open(root, {}).catalogue()
    alone = [catalogue.similar(entry) for entry in catalogue.entries()]
    assert list(catalogue.similar_to_each(catalogue.entries())) == alone
    assert [[match.entry.slug for match in matches] for matches in alone] == [["e"], [], ["a", "c"], ["e"]]


def test_a_file_whose_name_is_no_text_is_named_as_well_as_it_can_be(root: Path) -> None:
    try:
        put(Path(os.fsdecode(os.fsencode(root / "issues/inbox") + b"/caf\xe9.md")), "title: X")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    catalogue = open_project(root, Counting()).catalogue()
    assert len(catalogue.entries()) == 3
    (error,) = catalogue.errors()
    assert str(error) == (
        "issues/inbox/caf\\udce9.md: the file's name is no UTF-8\nRename the file: a-z, 0-9 and hyphens."
    )
