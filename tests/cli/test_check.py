"""`newsletter check` as somebody types it: for a person, for programs, with baselines and a project's own checks."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
BAD = Path(__file__).parent.parent / "checks" / "bad-issue"
LAMP = "issues/bad-issue/articles/lamp-on-the-pier.md"


@pytest.fixture
def project(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project with the deliberately bad issue beside the sample."""
    folder = tmp_path / "project"
    assert run("init", str(folder))[0] == 0
    shutil.copytree(BAD, folder / "issues/bad-issue")
    monkeypatch.chdir(folder)
    return folder


def test_the_sample_has_no_error(project: Path, run: Run) -> None:
    code, out, err = run("check", "first-light")
    assert code == 0
    assert "error" not in out
    assert re.search(r"^clean: subject and preheader, size, .*final form", out, re.MULTILINE)
    assert err == ""


def test_a_person_gets_one_screen_by_article_with_the_worst_first(project: Path, run: Run) -> None:
    code, out, err = run("check", "bad-issue")
    assert code == 1
    assert re.match(
        r"bad-issue: 4 errors, \d+ warnings, \d+ notes\n\nthe issue bad-issue  issues/bad-issue/issue.md\n", out
    )
    heads = [line for line in out.splitlines() if line.endswith(".md")]
    assert [head.split("/")[-1] for head in heads] == ["issue.md", "lamp-on-the-pier.md", "market.md", "turbines.md"]
    for group in out.split("\n\n"):
        words = re.findall(r"^ +\d* +(error|warning|info) ", group, re.MULTILINE)
        assert words == sorted(words, key=["error", "warning", "info"].index)
    assert "   13  error   N543  the text of 'Lamp &amp; pier' still has 'TODO:'\n" in out
    assert re.search(r"^and \d+ more, none worse: --format json names them all$", out, re.MULTILINE)
    assert "more about one: newsletter check --explain N" in out
    assert len(out.splitlines()) < 45
    assert err == "4 errors: the issue cannot be sent like this.\n"


def test_the_bad_issue_shows_what_it_was_made_to_show(project: Path, run: Run) -> None:
    found = {(each["id"], each["severity"]) for each in json.loads(run("check", "bad-issue", "--json")[1])}
    assert {
        *(("N113", "error"), ("N303", "error"), ("N511", "error"), ("N543", "error")),
        *((name, "warning") for name in ("N107", "N108", "N109", "N111", "N114", "N302", "N404", "N501", "N504")),
        *((name, "warning") for name in ("N505", "N512", "N532", "N533", "N541", "N542", "N544", "N801")),
        *((name, "info") for name in ("N403", "N502", "N513", "N521", "N701")),
    } <= found


def test_few_findings_come_with_their_remedies_each_once(project: Path, run: Run) -> None:
    record = project / "issues/first-light/articles/chess-club-needs-boards.md"
    record.write_text(
        record.read_text().replace("visit", "visit &amp; talk", 1).replace("Chess club", "Chess &amp; club")
    )
    out = run("check", "first-light")[1]
    assert out.count("N541") == 2
    assert out.count("Write the character itself.") == 1


def test_warnings_fail_it_when_asked(project: Path, run: Run) -> None:
    record = project / "issues/first-light/articles/chess-club-needs-boards.md"
    record.write_text(record.read_text().replace("Old ones", "Old old ones"))
    assert run("check", "first-light")[0] == 0
    code, out, err = run("check", "first-light", "--fail-on", "warning")
    assert code == 1
    assert "warning N532  `summary` of 'Chess club needs boards' says 'Old old'" in out
    assert err.endswith(" at warning or above.\n")


def test_annotations_for_github(project: Path, run: Run) -> None:
    code, out, err = run("check", "bad-issue", "--format", "github")
    assert (code, err) == (1, "")
    assert (
        f"::error file={LAMP},line=13,title=N543 text of a draft::"
        "the text of 'Lamp &amp; pier' still has 'TODO:'. Write what belongs there.\n"
    ) in out
    assert all(re.match(r"::(error|warning|notice) ", line) for line in out.splitlines())


def test_sarif_names_every_rule_and_place(project: Path, run: Run) -> None:
    code, out, _ = run("check", "bad-issue", "--format", "sarif")
    log = json.loads(out)
    (results,) = (each["results"] for each in log["runs"])
    assert (code, log["version"]) == (1, "2.1.0")
    assert {"N113", "N543"} <= {each["ruleId"] for each in results}


def test_a_baseline_accepts_today_s_findings_and_reports_new_ones(project: Path, run: Run) -> None:
    accept = ("check", "bad-issue", "--baseline", "accepted.json")
    assert run(*accept) == (
        1,
        "",
        (
            "error: accepted.json: the baseline cannot be read: No such file or directory\n"
            "  Make it first, with --update-baseline.\n"
        ),
    )
    code, out, err = run(*accept, "--update-baseline")
    assert (code, out) == (0, "")
    assert re.fullmatch(r"\d+ findings accepted in accepted.json\n", err)
    code, out, err = run(*accept)
    assert (code, err) == (0, "")
    assert re.match(r"bad-issue: nothing found \(\d+ accepted findings of the baseline left out\)\n", out)
    # lines move, findings stay accepted
    record = project / LAMP
    record.write_text(record.read_text().replace("TODO:", "\n\nTODO:"))
    assert run(*accept)[0] == 0
    record.write_text(record.read_text() + "\nFIXME\n")
    code, out, _ = run(*accept)
    assert code == 1
    assert out.count("error") == 2
    assert "N543  the text of 'Lamp &amp; pier' still has 'FIXME'" in out


def test_a_file_that_is_no_baseline_is_refused(project: Path, run: Run) -> None:
    Path("accepted.json").write_text('{"version": 2}')
    assert run("check", "bad-issue", "--baseline", "accepted.json") == (
        1,
        "",
        (
            "error: accepted.json: this is no baseline of `newsletter check`\n"
            "  Write it anew: `newsletter check ISSUE --baseline FILE --update-baseline`.\n"
        ),
    )


def test_settings_turn_a_check_off_with_a_reason(project: Path, run: Run) -> None:
    settings = project / "newsletter.toml"
    before = settings.read_text()
    settings.write_text(f'{before}\n[checks]\nN543 = {{ severity = "off", reason = "drafts are fine here" }}\n')
    assert "N543" not in run("check", "bad-issue", "--json")[1]
    listed = run("check", "--list")[1]
    assert re.search(r"^N543 +off +content +text of a draft \(drafts are fine here\)$", listed, re.MULTILINE)
    assert "here: off, drafts are fine here\n" in run("check", "--explain", "n543")[1]
    settings.write_text(f'{before}\n[checks]\nN549 = {{ severity = "off", reason = "no such check" }}\n')
    code, _, err = run("check", "bad-issue")
    line = len(before.splitlines()) + 3
    assert code == 1
    assert err.startswith(
        f"error: newsletter.toml:{line}: there is no check N549, which [checks] names\n  Did you mean N54"
    )


def test_the_list_has_every_check_and_speaks_json(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no project is needed
    code, out, _ = run("check", "--list", "--json")
    listed = json.loads(out)
    assert code == 0
    assert len(listed) >= 60
    assert set(listed[0]) == {"id", "family", "severity", "reason", "title", "why", "source"}


def test_an_explanation_says_why_from_where_and_how_to_silence_it(run: Run) -> None:
    code, out, _ = run("check", "--explain", "N532")
    assert code == 0
    assert out == (
        "N532  word written twice  (warning, content)\n\n"
        "Also across the end of a line, where nobody sees it; what people repeat on purpose is left alone.\n"
        "Source: the commonest slip after a line was edited\n\n"
        "Silence it in one record or issue, in its front matter:\n"
        "  ignore: [N532]\n"
        "or in newsletter.toml, for all:\n"
        '  [checks]\n  N532 = { severity = "off", reason = "…" }\n'
    )
    assert run("check", "--explain", "N53X")[0] == 2


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("check", "error: which issue?\n  newsletter check ISSUE; `newsletter issue list` names them.\n"),
        (
            "check x --update-baseline",
            "error: which baseline?\n  Name its file: --baseline FILE --update-baseline.\n",
        ),
        (
            "check x --watch --json",
            "error: --watch is for people\n  Leave out --format, --json and --update-baseline.\n",
        ),
    ],
)
def test_wrong_commands(run: Run, line: str, error: str) -> None:
    assert run(*line.split()) == (2, "", error)


OWN = '''from newsletter.checks import Example, Hit, Severity, Subject, check


@check(id="P101", severity=Severity.ERROR, title="full stop", source="our guide", bad=Example())
def full_stop(it: Subject):
    """Ours have none."""
    for article in it.articles():
        yield Hit(message=f"{article.slug} is looked at", remedy="Nothing.", place=article.place("title"))
'''


def test_a_project_s_own_check_runs_and_stops_a_send(project: Path, run: Run) -> None:
    folder = project / "checks"
    folder.mkdir()
    (folder / "style.py").write_text(OWN)
    code, out, _ = run("check", "first-light")
    assert code == 1
    assert "error   P101  chess-club-needs-boards is looked at" in out
    assert "P101  error" in run("check", "--list")[1]
    run("subscriber", "import", "subscribers.sample.csv", "--list", "weekly", "--consent-source", "tests")
    assert run("send", "first-light", "--list", "weekly")[0] == 1
    assert not list(folder.glob("__pycache__"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x = (\n", "error: checks/style.py:1:5: this is no Python: '(' was never closed\n  Mend that line.\n"),
        (
            "import newsletter\n\nnewsletter.nothing\n",
            (
                "error: checks/style.py:3: the check cannot be loaded: AttributeError: module 'newsletter' has no "
                "attribute 'nothing'\n  Mend it, or take checks/style.py out of the folder for now.\n"
            ),
        ),
        (
            OWN.replace("article.slug", "article.slag"),
            (
                "error: checks/style.py:8: the check P101 failed: AttributeError: 'Article' object has no attribute "
                "'slag'\n  Mend it, or take checks/style.py out of the folder for now.\n"
            ),
        ),
        (
            OWN.replace("P101", "N101"),
            (
                "error: checks/style.py: the check N101 has an id of the program's own\n"
                "  Give it P and three digits, like P101.\n"
            ),
        ),
        (
            OWN.replace("P101", "P1"),
            (
                "error: checks/style.py:4: the check cannot be loaded: ValueError: 'P1' is no id of a check: write P "
                "and three digits, like P101\n  Mend it, or take checks/style.py out of the folder for now.\n"
            ),
        ),
        (
            OWN.replace("        yield Hit(", "        yield str("),
            "error: checks/style.py",
        ),
    ],
)
def test_a_fault_in_an_own_check_is_named_with_its_line(project: Path, run: Run, text: str, error: str) -> None:
    (project / "checks").mkdir()
    (project / "checks/style.py").write_text(text)
    code, out, err = run("check", "first-light")
    assert (code, out) == (1, "")
    assert err.startswith(error)


def test_a_check_that_a_link_brings_from_outside_is_not_run(project: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("raise SystemExit('run')\n")
    (project / "checks").mkdir()
    (project / "checks/evil.py").symlink_to(tmp_path / "evil.py")
    code, _, err = run("check", "first-light")
    assert code == 1
    assert err.startswith("error: checks/evil.py: this leads out of the project, to ")
