from pathlib import Path

import pytest

from newsletter.errors import ConflictError, UsageError
from newsletter.project import Project, init_project


def test_a_new_project_has_a_sample_issue_that_assembles_and_a_small_inbox(tmp_path: Path) -> None:
    result = init_project(tmp_path / "new" / "weekly")
    project = Project.open(tmp_path / "new" / "weekly", {})
    assembled = project.assemble("first-light")
    assert len(assembled.articles) == 7
    assert {section.layout for section in assembled.issue.sections} == {"lead", "story", "brief"}
    assert len(project.inbox()) == 3
    for article in assembled.articles.values():
        if article.image:
            assert project.image_file("first-light", article.image.src).stat().st_size < 40_000
            assert article.image.alt
    assert result.kept == ()
    assert {".gitignore", "newsletter.toml", "subscribers.sample.csv"} <= set(result.created)
    assert (project.settings.newsletter.name, project.settings.public.base_url) == (
        "The Weekly",
        "https://news.example.com",
    )


def test_what_is_there_is_kept_and_reported(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    result = init_project(tmp_path)
    assert result.kept == (".gitignore",)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_a_project_is_never_laid_over_a_project(tmp_path: Path) -> None:
    init_project(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ConflictError) as caught:
        init_project(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/newsletter.toml: there is a newsletter project here already\n"
        "Work with it, or choose another folder."
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_is_no_place_for_a_project(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be a folder"):
        init_project(tmp_path / "file")
