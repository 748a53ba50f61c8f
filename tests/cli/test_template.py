"""`newsletter template`: designs are listed, copied and tried."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NEWSLETTER_PROJECT", raising=False)
    assert run("init", str(tmp_path / "weekly"))[0] == 0
    monkeypatch.chdir(tmp_path / "weekly")
    return tmp_path / "weekly"


def test_templates_are_listed_with_their_layouts(folder: Path, run: Run) -> None:
    code, out, err = run("template", "list")
    assert (code, err) == (0, "")
    assert out.startswith("template")
    assert "weekly *" in out
    code, out, _ = run("template", "list", "--json")
    (weekly,) = [it for it in json.loads(out) if it["name"] == "weekly"]
    assert weekly["usual"] is True
    assert {"lead", "story", "brief"} <= set(weekly["layouts"])


def test_a_broken_template_does_not_hide_the_others(folder: Path, run: Run) -> None:
    (folder / "templates/broken").mkdir()
    (folder / "templates/broken/template.toml").write_text("[parameters]\nx = 1\n")
    code, out, err = run("template", "list")
    assert code == 1
    assert "weekly *" in out
    assert err.startswith("error: templates/broken/template.toml:2: the parameter `x` has no default\n")


def test_a_template_shows_its_parameters_with_the_projects_values(folder: Path, run: Run) -> None:
    with (folder / "newsletter.toml").open("a") as file:
        file.write('\n[templates.weekly]\naccent = "teal"\n')
    code, out, err = run("template", "show", "weekly")
    assert code == 0
    (accent,) = [line.split() for line in out.splitlines() if line.startswith("accent ")]
    assert accent[:4] == ["accent", "color", "teal", "*"]
    assert err == "* from [templates.weekly] in newsletter.toml\n"
    values = json.loads(run("template", "show", "weekly", "--json")[1])
    (accent,) = [it for it in values["parameters"] if it["name"] == "accent"]
    assert (accent["value"], accent["type"]) == ("teal", "color")
    assert accent["default"].startswith("#")
    assert run("template", "show", "weakly") == (
        1,
        "",
        f"error: templates: there is no template 'weakly'\n  Known: {', '.join(values_of_list(run))}.\n",
    )


def values_of_list(run: Run) -> list[str]:
    return [it["name"] for it in json.loads(run("template", "list", "--json")[1])]


def test_a_new_template_passes_its_check_untouched(folder: Path, run: Run) -> None:
    code, out, err = run("template", "new", "harbour", "--from", "weekly")
    assert code == 0
    assert "created templates/harbour/email.mjml\n" in out
    assert "templates/_shared/article.mjml" in err
    assert not list((folder / "templates/harbour").rglob("_shared"))
    assert 'name = "harbour"' in (folder / "templates/harbour/template.toml").read_text()
    original = folder / "templates/weekly"
    for path in original.rglob("*"):
        if path.is_file() and path.name != "template.toml":
            assert (folder / "templates/harbour" / path.relative_to(original)).read_bytes() == path.read_bytes()
    code, out, err = run("template", "check", "harbour")
    assert code == 0
    assert out.startswith("harbour: ")
    assert ", 0 errors\n" in out
    assert "error T" not in out


def test_a_new_template_needs_a_free_name_and_something_to_begin_with(folder: Path, run: Run) -> None:
    before = sorted(folder.rglob("*"))
    assert run("template", "new", "weekly", "--from", "weekly") == (
        1,
        "",
        "error: templates/weekly: there is a template of the name weekly already\n  Choose another name.\n",
    )
    for name in ("../out", "_shared", "Big", ".x", ""):
        code, _, err = run("template", "new", name)
        assert (code, err.startswith(f"error: the template's name {name!r} is no name of the form")) == (2, True)
    code, _, err = run("template", "new", "mine", "--from", "nothing")
    assert (code, err.startswith("error: there is no template 'nothing' to begin with\n  Known: ")) == (2, True)
    assert sorted(folder.rglob("*")) == before


def test_check_names_file_line_and_cases_and_leaves_with_one(folder: Path, run: Run) -> None:
    shutil.copytree(folder / "templates/weekly", folder / "templates/mine")
    layout = folder / "templates/mine/layouts/brief.mjml"
    layout.write_text(layout.read_text() + "{{ article.titel }}\n")
    line = len(layout.read_text().splitlines())
    code, out, _ = run("template", "check", "mine")
    assert code == 1
    assert (
        f"error T101: templates/mine/layouts/brief.mjml:{line}: this cannot be filled: "
        "`article` has no attribute 'titel'\n  Did you mean `title`? Known: "
    ) in out
    code, out, _ = run("template", "check", "mine", "--json")
    assert code == 1
    (trial,) = json.loads(out)
    (error,) = [it for it in trial["findings"] if it["id"] == "T101"]
    assert (trial["template"], error["severity"]) == ("mine", "error")
    assert error["place"] == f"templates/mine/layouts/brief.mjml:{line}"
    assert error["cases"]["emoji"] == ["en", "de", "ar", "ja"]


def test_preview_of_an_unknown_case_names_the_known_ones(folder: Path, run: Run) -> None:
    code, _, err = run("template", "preview", "weekly", "--case", "snow", "--no-open")
    assert code == 2
    assert err.startswith(
        "error: there is no case 'snow'\n  Known: every layout, one article, no images, only titles, "
    )
