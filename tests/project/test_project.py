"""A project folder on a real disk."""

import datetime as dt
import os
import stat
from pathlib import Path

import pytest

from newsletter.errors import ConfigError, ConflictError, ContentError, NewsletterError, TemplateError, UsageError
from newsletter.models import Article, Image, Issue
from newsletter.project import Project

MONDAY = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "weekly"
    for name in ("issues/inbox", "templates/weekly/parts", "templates/_shared"):
        (folder / name).mkdir(parents=True)
    (folder / "newsletter.toml").write_text('[newsletter]\nname = "Weekly"\ntime_zone = "Europe/Berlin"\n')
    (folder / "templates/weekly/email.mjml").write_text("<mjml/>")
    (folder / "templates/weekly/parts/lead.mjml").write_text("lead")
    (folder / "templates/weekly/logo.png").write_bytes(b"\x89PNG\xff")
    (folder / "templates/_shared/foot.mjml").write_text("foot")
    (folder / "templates/weekly/template.toml").write_text(
        'description = "Plain"\n[parameters]\naccent = { type = "color", default = "#123456", description = "links" }\n'
    )
    return folder


@pytest.fixture
def project(root: Path) -> Project:
    return Project.open(root, {})


def collect(project: Project, *titles: str) -> None:
    for title in titles:
        project.add_article(Article(slug="", title=title, body=f"Body of {title}."))


def start(project: Project, slug: str = "one") -> Issue:
    return project.create_issue(Issue(slug=slug, subject=""), now=MONDAY)


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def message(error: pytest.ExceptionInfo[NewsletterError]) -> str:
    return str(error.value)


# --- opening ---


def test_a_project_is_found_from_any_folder_inside_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "issues/inbox")
    assert Project.open(None, {}).root == root.resolve()
    assert Project.open(root / "templates", {}).settings.newsletter.name == "Weekly"
    assert Project.open(root, {"NEWSLETTER_NEWSLETTER__NAME": "Other"}).settings.newsletter.name == "Other"


def test_outside_of_a_project_the_way_to_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Project.open(tmp_path, {})
    assert message(caught) == (
        f"there is no newsletter project in {tmp_path} or above it\n"
        "Make one with `newsletter init DIR`, or name its folder with `newsletter --project DIR …`."
    )


def test_wrong_settings_are_an_error_at_once(root: Path) -> None:
    (root / "newsletter.toml").write_text("[newsleter]\n")
    with pytest.raises(ConfigError):
        Project.open(root, {})


def test_the_state_folder_is_its_owners_only(project: Project) -> None:
    assert stat.S_IMODE(project.state_dir.stat().st_mode) == 0o700
    assert project.state_dir == project.root / ".newsletter"


# --- articles ---


def test_a_record_is_written_whole_into_the_inbox(project: Project, root: Path) -> None:
    added = project.add_article(Article(slug="", title="Ünïque: title", tags=("a",), image=Image(src="", credit="Lio")))
    assert (added.slug, added.file) == ("unique-title", "issues/inbox/unique-title.md")
    assert (root / added.file).read_text() == ('---\ntitle: "Ünïque: title"\nimage:\n  credit: Lio\ntags: [a]\n---\n')
    assert [path.name for path in (root / "issues/inbox").iterdir()] == ["unique-title.md"]
    assert stat.S_IMODE((root / added.file).stat().st_mode) & 0o600 == 0o600


def test_two_records_of_one_title_get_two_names_and_one_record_twice_is_refused(project: Project) -> None:
    project.add_article(Article(slug="", title="Same", body="one"))
    assert project.add_article(Article(slug="", title="Same", body="two")).slug == "same-2"
    with pytest.raises(ConflictError) as caught:
        project.add_article(Article(slug="", title="Same", body="two"))
    assert message(caught) == (
        "issues/inbox/same-2.md: this article is there already, as same-2\n"
        "Edit issues/inbox/same-2.md, or delete it first."
    )


@pytest.mark.parametrize(
    "url",
    ["https://www.example.org/a/", "http://EXAMPLE.org/a?utm_source=x#top", "https://example.org:443/a"],
)
def test_one_page_under_two_spellings_is_a_duplicate_even_in_another_issue(project: Project, url: str) -> None:
    project.add_article(Article(slug="", title="First", url="https://example.org/a"))
    start(project)
    project.add_to_issue("one", ["first"], section="Top")
    with pytest.raises(ConflictError, match="as first"):
        project.add_article(Article(slug="", title="Other title", url=url))
    assert (
        project.add_article(Article(slug="", title="Page two", url="https://example.org/a?page=2")).slug == "page-two"
    )


def test_a_record_that_is_not_valid_is_not_written(project: Project, root: Path) -> None:
    before = tree(root)
    with pytest.raises(ContentError, match="no complete web address"):
        project.add_article(Article(slug="", title="X", url="javascript:x"))
    assert tree(root) == before


def test_a_record_is_updated_where_it_is_and_a_wrong_change_leaves_it_as_it_was(project: Project, root: Path) -> None:
    collect(project, "a", "b")
    start(project)
    project.add_to_issue("one", ["b"], section="S")
    (root / "issues/one/articles/b.md").write_text("---\ntitle: b  # mine\n---\nOld\n")
    assert project.update_article("a", {"tags": ("x",)}).tags == ("x",)
    assert project.update_article("b", {"expires": dt.date(2026, 12, 1)}).file == "issues/one/articles/b.md"
    assert (root / "issues/one/articles/b.md").read_text() == "---\ntitle: b  # mine\nexpires: 2026-12-01\n---\nOld\n"
    before = tree(root)
    with pytest.raises(ContentError, match="`url` is no complete web address"):
        project.update_article("b", {"tags": ("y",), "url": "/b"})
    with pytest.raises(UsageError, match="there is no article 'zzz'"):
        project.update_article("zzz", {})
    assert tree(root) == before


def test_a_broken_record_hides_no_other_and_hinders_no_addition(project: Project, root: Path) -> None:
    collect(project, "Good")
    (root / "issues/inbox/bad.md").write_text("---\ntitle: x\nfoo: y\n---\n")
    (root / "issues/inbox/latin.md").write_bytes(b"---\ntitle: x\nvia: \xe9\n---\n")
    found, errors = project.read_inbox()
    assert [article.slug for article in found] == ["good"]
    assert [str(error.place) for error in errors] == ["issues/inbox/bad.md:3", "issues/inbox/latin.md:3"]
    assert errors[1].what == "this is no UTF-8 text: byte 0xE9"
    with pytest.raises(ContentError):
        project.inbox()
    collect(project, "Another")


def test_the_beginning_of_a_name_is_enough_when_only_one_fits(project: Project) -> None:
    collect(project, "Harbour light", "Harbour bridge", "Harbour")
    assert project.find_article("harbour-l").title == "Harbour light"
    assert project.find_article("harbour").title == "Harbour"
    with pytest.raises(UsageError) as caught:
        project.find_article("harb")
    assert message(caught) == "'harb' fits 3 articles: harbour, harbour-bridge, harbour-light\nType more of it."
    with pytest.raises(UsageError) as caught:
        project.find_article("harbor-light")
    assert message(caught) == "there is no article 'harbor-light'\nDid you mean harbour-light, harbour-bridge, harbour?"


def test_links_out_of_the_project_and_folders_in_the_place_of_files_are_refused(
    project: Project, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: secret\n---\n")
    (root / "issues/inbox/link.md").symlink_to(tmp_path / "secret.md")
    (root / "issues/inbox/folder.md").mkdir()
    (root / "issues/inbox/loop.md").symlink_to(root / "issues/inbox/loop.md")
    (root / "issues/inbox/gone.md").symlink_to(root / "issues/inbox/nothing.md")
    os.mkfifo(root / "issues/inbox/pipe.md")
    _, errors = project.read_inbox()
    assert [(str(error.place), error.what) for error in errors] == [
        ("issues/inbox/folder.md", "this is a folder, not a file"),
        ("issues/inbox/gone.md", "there is no such file"),
        ("issues/inbox/link.md", f"this leads out of the project, to {tmp_path.resolve()}/secret.md"),
        ("issues/inbox/loop.md", "this link leads nowhere"),
        ("issues/inbox/pipe.md", "this is no ordinary file"),
    ]


# --- issues ---


def test_a_new_issue_gets_the_next_number_and_the_next_free_day_in_the_newsletters_zone(project: Project) -> None:
    first = start(project)
    assert (first.number, first.date, first.template, first.subject) == (
        1,
        dt.date(2026, 11, 27),
        "weekly",
        "Weekly, issue 1",
    )
    second = start(project, "two")
    assert (second.number, second.date) == (2, dt.date(2026, 12, 4))
    # Thursday 23:30 UTC is Friday in Berlin
    late = dt.datetime(2026, 12, 10, 23, 30, tzinfo=dt.UTC)
    assert project.create_issue(Issue(slug="three", subject="x"), now=late).date == dt.date(2026, 12, 11)
    assert [issue.slug for issue in project.issues()] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("issue", "error", "text"),
    [
        (
            Issue(slug="one", subject=""),
            ConflictError,
            "issues/one: there is an issue of the name one already\nChoose another name.",
        ),
        (
            Issue(slug="inbox", subject=""),
            ConflictError,
            "issues/inbox: there is an inbox of the name inbox already\nChoose another name.",
        ),
        (
            Issue(slug="two", subject="", number=1),
            ConflictError,
            (
                "issues/one/issue.md:2: the number 1 is taken by the issue one\n"
                "Choose another number, or leave it out for the next one."
            ),
        ),
        (
            Issue(slug="two", subject="", template="weeky"),
            TemplateError,
            "templates: there is no template 'weeky'\nKnown: weekly.",
        ),
        (
            Issue(slug="../two", subject=""),
            ContentError,
            "the issue's name '../two' is no name of the form a-z, 0-9 and hyphens\nWrite it like two.",
        ),
    ],
)
def test_an_issue_that_cannot_be_made_leaves_nothing_behind(
    project: Project, root: Path, issue: Issue, error: type[NewsletterError], text: str
) -> None:
    start(project)
    before = sorted(root.rglob("*"))
    with pytest.raises(error) as caught:
        project.create_issue(issue, now=MONDAY)
    assert str(caught.value) == text
    assert sorted(root.rglob("*")) == before


def test_an_article_moves_into_the_issue_with_its_picture_and_the_comments_stay(project: Project, root: Path) -> None:
    start(project)
    issue_file = root / "issues/one/issue.md"
    issue_file.write_text("---\n# mine\nsubject: 'x'  # quoted\n---\nHello\n")
    (root / "issues/inbox/images").mkdir()
    (root / "issues/inbox/images/map.png").write_bytes(b"png")
    record = "---\ntitle: Map   # odd spacing\nimage: images/map.png\n---\nBody  \n"
    (root / "issues/inbox/map.md").write_text(record)
    moved = project.add_to_issue("one", ["ma"], section="Top story", layout="lead")
    assert [article.file for article in moved] == ["issues/one/articles/map.md"]
    assert (root / "issues/one/articles/map.md").read_text() == record
    assert (root / "issues/one/images/map.png").read_bytes() == b"png"
    assert not (root / "issues/inbox/map.md").exists()
    assert issue_file.read_text() == (
        "---\n# mine\nsubject: 'x'  # quoted\nsections:\n  - title: Top story\n    layout: lead\n    articles:\n"
        "      - map\n---\nHello\n"
    )
    assert list(project.assemble("one").articles) == ["map"]


def test_several_articles_keep_their_order_at_a_position(project: Project) -> None:
    collect(project, "a", "b", "c", "d")
    start(project)
    project.add_to_issue("one", ["a", "b"], section="S")
    project.add_to_issue("one", ["c", "d", "c"], section="S", position=2)
    assert project.issue("one").sections[0].articles == ("a", "c", "d", "b")


def test_adding_twice_or_from_another_issue_is_refused_and_changes_nothing(project: Project, root: Path) -> None:
    collect(project, "a", "b")
    start(project)
    start(project, "two")
    project.add_to_issue("one", ["a"], section="S")
    before = tree(root)
    with pytest.raises(ConflictError) as conflict:
        project.add_to_issue("one", ["b", "a"], section="S")
    assert message(conflict) == (
        "issues/one/issue.md:10: the article a is in the section 'S' already\n"
        "Move it with `newsletter issue move one a --section TITLE`."
    )
    with pytest.raises(UsageError) as usage:
        project.add_to_issue("two", ["b", "a"], section="S")
    assert message(usage) == (
        "the article a is in the issue one\nGive --copy to take a copy of it, or remove it from that issue first."
    )
    with pytest.raises(UsageError, match="there is no position 0"):
        project.add_to_issue("two", ["b"], section="S", position=0)
    assert tree(root) == before


def test_whatever_fails_while_moving_everything_is_as_before(
    project: Project, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(project, "a", "b")
    start(project)
    before = tree(root)
    rename = Path.rename

    def full(source: Path, target: Path) -> Path:
        if source.name == "b.md" and "inbox" in source.parts:
            raise OSError(28, "No space left on device")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(ContentError) as caught:
        project.add_to_issue("one", ["a", "b"], section="S")
    assert message(caught) == (
        "issues/one: the articles cannot be moved: no space left on device; nothing was changed\n"
        "Check the rights of the folder issues/inbox and of the issue's folder."
    )
    assert tree(root) == before


def test_an_interruption_before_the_issue_is_written_undoes_the_move(
    project: Project, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(project, "a")
    start(project)
    before = tree(root)
    replace = Path.replace

    def interrupted(source: Path, target: Path) -> Path:
        if target.name == "issue.md":
            raise KeyboardInterrupt
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        project.add_to_issue("one", ["a"], section="S")
    assert tree(root) == before


def test_a_record_moved_but_not_named_is_named_by_the_same_command(project: Project, root: Path) -> None:
    collect(project, "a")
    start(project)
    (root / "issues/inbox/a.md").rename(root / "issues/one/articles/a.md")
    project.add_to_issue("one", ["a"], section="S")
    assert project.issue("one").sections[0].articles == ("a",)


# --- assembling ---


@pytest.mark.parametrize(
    ("articles", "text"),
    [
        (
            "",
            (
                "issues/one/issue.md:3: the issue one has no article yet\n"
                'Add one with `newsletter issue add one ARTICLE --section "Top story"`.'
            ),
        ),
        (
            "[here, waiting]",
            (
                "issues/one/issue.md:5: the article waiting is not in issues/one/articles\n"
                'It is still in the inbox: `newsletter issue add one waiting --section "Top"` moves it.'
            ),
        ),
        (
            "\n    - here\n    - elsewhere",
            (
                "issues/one/issue.md:7: the article elsewhere is not in issues/one/articles\n"
                "It is in the issue two; copy its file into issues/one/articles."
            ),
        ),
        (
            "[her]",
            "issues/one/issue.md:5: the article her is not in issues/one/articles\nDid you mean here?",
        ),
        (
            "[zzz]",
            (
                "issues/one/issue.md:5: the article zzz is not in issues/one/articles\n"
                "`newsletter article list` shows what is there."
            ),
        ),
        (
            "\n    - here\n    - here",
            (
                "issues/one/issue.md:7: the article here is named a second time, first in line 6\n"
                "Delete one of the two entries."
            ),
        ),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_its_line(
    project: Project, root: Path, articles: str, text: str
) -> None:
    collect(project, "here", "waiting", "elsewhere")
    start(project)
    start(project, "two")
    project.add_to_issue("one", ["here"], section="Top")
    project.add_to_issue("two", ["elsewhere"], section="Top")
    (root / "issues/one/issue.md").write_text(
        f"---\nsubject: x\nsections:\n  - title: Top\n    articles: {articles}\n---\n"
    )
    with pytest.raises(ContentError) as caught:
        project.assemble("one")
    assert str(caught.value) == text


def test_the_command_that_the_message_names_mends_the_issue(project: Project, root: Path) -> None:
    collect(project, "a")
    start(project)
    file = root / "issues/one/issue.md"
    file.write_text("---\nsubject: x\nsections:\n  - title: Top\n    articles: [a]\n---\n")
    before = file.read_text()
    project.add_to_issue("one", ["a"], section="Top")
    assert file.read_text() == before
    assert list(project.assemble("one").articles) == ["a"]


def test_what_an_editor_saves_counts_at_once(project: Project, root: Path) -> None:
    collect(project, "a")
    start(project)
    project.add_to_issue("one", ["a"], section="Top")
    assert project.assemble("one").articles["a"].title == "a"
    (root / "issues/one/articles/a.md").write_text("---\ntitle: b\n---\n")
    assert project.assemble("one").articles["a"].title == "b"


# --- templates and pictures ---


def test_a_template_is_its_texts_and_the_defaults_of_its_parameters(project: Project) -> None:
    template = project.template("weekly")
    assert dict(template.files) == {"email.mjml": "<mjml/>", "parts/lead.mjml": "lead", "_shared/foot.mjml": "foot"}
    assert (template.description, template.parameters, template.root) == (
        "Plain",
        {"accent": "#123456"},
        "templates/weekly",
    )
    assert str(template.place("_shared/foot.mjml", 3)) == "templates/_shared/foot.mjml:3"


def test_a_template_says_what_a_new_issue_begins_with(project: Project, root: Path) -> None:
    toml = '[[sections]]\ntitle = "Top story"\nlayout = "lead"\n[[sections]]\ntitle = "More"\n'
    (root / "templates/weekly/template.toml").write_text(toml)
    assert [(section.title, section.layout) for section in project.template("weekly").sections] == [
        ("Top story", "lead"),
        ("More", "story"),
    ]


@pytest.mark.parametrize("toml", ["sections = 3", '[[sections]]\nlayout = "lead"', '[[sections]]\ntitle="T"\nnote="x"'])
def test_a_section_of_a_template_that_cannot_be_used_is_named(project: Project, root: Path, toml: str) -> None:
    (root / "templates/weekly/template.toml").write_text(toml)
    with pytest.raises(TemplateError) as caught:
        project.template("weekly")
    assert message(caught) == (
        "templates/weekly/template.toml: section 1 is no table with a title and a layout\n"
        'Write [[sections]] and below it title = "In brief" and layout = "brief".'
    )


BROKEN = [
    ("a = ", "templates/weekly/template.toml: this is no TOML: Invalid value (at end of document)\nMend that line."),
    (
        "[parameters]\naccent = 1\n",
        (
            "templates/weekly/template.toml:2: the parameter `accent` has no default\nWrite it like accent = "
            '{ type = "color", default = "#336699", description = "…" } below [parameters].'
        ),
    ),
    (
        "parameters = 1\n",
        (
            "templates/weekly/template.toml: the parameter `parameters` has no default\nWrite it like parameters = "
            '{ type = "color", default = "#336699", description = "…" } below [parameters].'
        ),
    ),
    (
        '[parameters.accent]\ndefault = "red"\n',
        (
            "templates/weekly/template.toml:1: the parameter `accent` has no type\n"
            "Give it one: color, length, font, url, image, text, choice, boolean, number, links."
        ),
    ),
    (
        '[parameters]\na = { type = "number", default = 1 }\nb = { type = "colour", default = "red" }\n',
        (
            "templates/weekly/template.toml:3: there is no type 'colour'\n"
            "Give it one: color, length, font, url, image, text, choice, boolean, number, links."
        ),
    ),
    (
        '[parameters]\nside = { type = "choice", default = "left", choices = ["left", "<b>"] }\n',
        'templates/weekly/template.toml:2: the parameter `side` has no choices\nWrite choices = ["left", "right"].',
    ),
    (
        '[parameters]\nside = { type = "choice", default = "middle", choices = ["left", "right"] }\n',
        "templates/weekly/template.toml:2: the parameter `side` cannot be 'middle'\nWrite one of left, right.",
    ),
    (
        '[parameters]\nside = { type = "text", default = "", about = "x" }\n',
        (
            "templates/weekly/template.toml:2: the parameter `side` has no key `about`\n"
            "Known: choices, default, description, type."
        ),
    ),
    (
        '[parameters]\nMyColour = { type = "text", default = "" }\n',
        "templates/weekly/template.toml:2: 'MyColour' is no name for a parameter\nUse a-z, 0-9 and _: `dark_accent`.",
    ),
]


@pytest.mark.parametrize(("toml", "text"), BROKEN)
def test_a_broken_template_toml_is_named(project: Project, root: Path, toml: str, text: str) -> None:
    (root / "templates/weekly/template.toml").write_text(toml)
    with pytest.raises(TemplateError) as caught:
        project.template("weekly")
    assert message(caught) == text


def test_a_project_gives_parameters_values_of_its_own(root: Path) -> None:
    with (root / "newsletter.toml").open("a") as file:
        file.write('[templates.weekly]\naccent = "#005f73"\n')
    assert Project.open(root, {}).template("weekly").parameters == {"accent": "#005f73"}
    assert Project.open(root, {"NEWSLETTER_TEMPLATES__WEEKLY__ACCENT": "teal"}).template("weekly").parameters == {
        "accent": "teal"
    }


@pytest.mark.parametrize(
    ("toml", "environ", "text"),
    [
        (
            '[templates.weekly]\naccemt = "red"\n',
            {},
            "newsletter.toml:5: the template has no parameter `accemt`\nDid you mean `accent`? Known: accent.",
        ),
        (
            '[templates.weekly]\n\naccent = "#12"\n',
            {},
            (
                "newsletter.toml:6: the parameter `accent` cannot be '#12'\n"
                'Write a colour like "#336699", or its name in CSS.'
            ),
        ),
        (
            "",
            {"NEWSLETTER_TEMPLATES__WEEKLY__ACCENT": "#00"},
            (
                "NEWSLETTER_TEMPLATES__WEEKLY__ACCENT: the parameter `accent` cannot be '#00'\n"
                'Write a colour like "#336699", or its name in CSS.'
            ),
        ),
        (
            '[templates.weekley]\naccent = "red"\n',
            {},
            (
                "newsletter.toml:4: [templates.weekley] is about a template that is not there\n"
                "Did you mean `weekly`? Known: weekly."
            ),
        ),
    ],
)
def test_a_wrong_value_of_a_project_is_named(root: Path, toml: str, environ: dict[str, str], text: str) -> None:
    with (root / "newsletter.toml").open("a") as file:
        file.write(toml)
    with pytest.raises(ConfigError) as caught:
        Project.open(root, environ).template("weekly")
    assert str(caught.value) == text


@pytest.mark.parametrize("name", ["_shared", "..", "", "weekly/parts", "../templates/weekly"])
def test_only_the_name_of_a_template_folder_is_a_template(project: Project, name: str) -> None:
    with pytest.raises(TemplateError, match="there is no template"):
        project.template(name)


def test_a_picture_is_found_inside_its_issue_only(project: Project, root: Path, tmp_path: Path) -> None:
    start(project)
    images = root / "issues/one/images"
    (images / "map.png").write_bytes(b"x")
    (tmp_path / "out.png").write_bytes(b"x")
    (images / "out.png").symlink_to(tmp_path / "out.png")
    assert project.image_file("one", "images/map.png") == (images / "map.png").resolve()
    for src, text in {
        "images/mep.png": "issues/one/images/mep.png: there is no such picture\nDid you mean images/map.png?",
        "images/landscape.gif": "issues/one/images/landscape.gif: there is no such picture\n"
        "Put it into issues/one/images.",
        "../../newsletter.toml": "../../newsletter.toml: '../../newsletter.toml' is no picture of the issue\n"
        "Write it like images/name.jpg.",
        "images/out.png": "issues/one/images/out.png: 'images/out.png' is no picture of the issue\n"
        "Write it like images/name.jpg.",
    }.items():
        with pytest.raises(ContentError) as caught:
            project.image_file("one", src)
        assert str(caught.value) == text


def test_the_watcher_learns_what_to_look_at_even_for_a_broken_issue(project: Project, root: Path) -> None:
    start(project)
    (root / "issues/one/issue.md").write_text("broken")
    assert project.dependencies("one") == {
        project.root / "newsletter.toml",
        project.root / "issues/one",
        project.root / "templates",
    }


def test_the_public_pages_are_no_template_of_a_mail(project: Project, root: Path) -> None:
    (root / "templates/public").mkdir()
    (root / "templates/public/base.html").write_text("page")
    with pytest.raises(TemplateError) as caught:
        project.template("public")
    assert str(caught.value) == "templates: there is no template 'public'\nKnown: weekly."
