"""A record that comes in: added once, filled where it was empty, and never written over."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsletter.config import load_settings
from newsletter.models import Article
from newsletter.project import Project
from newsletter.project.intake import fill_in, receive

REPOSITORY = Path(__file__).parents[2]
FERRY = Article(slug="ferry", title="The ferry sails", url="https://example.org/ferry", body="It sails again.")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")
    shutil.copy(REPOSITORY / "newsletter.toml", tmp_path)
    return Project(tmp_path, load_settings(tmp_path / "newsletter.toml", {}))


def author_only(existing: Article, new: Article) -> Mapping[str, Any]:
    return {} if existing.author else {"author": new.author} if new.author else {}


def test_a_new_record_is_added_and_the_same_page_again_changes_nothing(project: Project) -> None:
    added = receive(project, FERRY, fill=author_only)
    assert (added.kind, added.file) == ("added", "issues/inbox/ferry.md")
    assert added.article is not None
    again = receive(project, replace(FERRY, url="https://example.org/ferry?utm_source=x"), fill=author_only)
    assert (again.kind, again.file, again.article) == ("unchanged", "issues/inbox/ferry.md", None)


def test_a_page_that_comes_again_fills_what_is_empty(project: Project) -> None:
    receive(project, FERRY, fill=author_only)
    tried = fill_in(project, replace(FERRY, author="Jo"), "issues/inbox/ferry.md", fill=author_only, write=False)
    assert (tried.kind, tried.fields) == ("updated", ("author",))
    assert project.find_article("ferry").author == ""
    assert receive(project, replace(FERRY, author="Jo"), fill=author_only).kind == "updated"
    assert project.find_article("ferry").author == "Jo"


def test_the_same_text_of_another_page_is_a_duplicate(project: Project) -> None:
    receive(project, FERRY, fill=author_only)
    other = receive(project, replace(FERRY, url="https://example.net/copy", author="Jo"), fill=author_only)
    assert (other.kind, other.file) == ("duplicate", "issues/inbox/ferry.md")
    assert project.find_article("ferry").author == ""
