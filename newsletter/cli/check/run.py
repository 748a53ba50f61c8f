"""One run of the checks over an issue, or one after each saved file."""

import asyncio
import contextlib
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import click
import typer

import newsletter
from newsletter.checks.base import Check
from newsletter.checks.baseline import format_baseline, new_findings, parse_baseline
from newsletter.checks.formats import github_annotations, sarif
from newsletter.checks.registry import CHECKS
from newsletter.checks.report import at_or_above
from newsletter.cli.check.table import say_table_of
from newsletter.cli.issue.state import remember_check
from newsletter.cli.output import note, plural, say, say_json
from newsletter.cli.project import open_project
from newsletter.errors import ConfigError, NewsletterError
from newsletter.models import Finding, LinkResult, Place, Severity, Subscriber
from newsletter.project import Project
from newsletter.project.link_results import ask_the_web
from newsletter.project.preparation import PreparedIssue, check_again, prepare_issue, values_of
from newsletter.project.spam import spam_score
from newsletter.store.awkward import awkward_subscribers
from newsletter.store.database import open_database
from newsletter.store.history import has_database
from newsletter.studio.watch import Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line."""

    issue: str
    links: bool
    spam: bool
    form: str
    fail_on: str
    baseline: Path | None
    update: bool


def check_once(context: typer.Context, wanted: Wanted) -> int:
    """Check an issue, print what was found, and return the exit code."""
    project = open_project(context)
    prepared = _prepare(project, wanted)
    findings = prepared.findings
    remember_check(project, prepared.compiled, passed=not at_or_above(findings, Severity.ERROR))
    if wanted.baseline and wanted.update:
        _write(wanted.baseline, format_baseline(findings))
        note(f"{plural(len(findings), 'finding')} accepted in {wanted.baseline}")
        return 0
    accepted = 0
    if wanted.baseline:
        findings = new_findings(findings, parse_baseline(_read(wanted.baseline), file=str(wanted.baseline)))
        accepted = len(prepared.findings) - len(findings)
    checks = (*CHECKS, *prepared.own)
    _print(prepared, findings, checks, wanted.form, accepted)
    threshold = Severity(wanted.fail_on)
    failing = at_or_above(findings, threshold)
    if failing and wanted.form == "table":
        errors = at_or_above(findings, Severity.ERROR)
        note(
            f"{plural(errors, 'error')}: the issue cannot be sent like this."
            if errors
            else f"{plural(failing, 'finding')} at {threshold} or above."
        )
    return 1 if failing else 0


def keep_checking(context: typer.Context, wanted: Wanted) -> int:
    """Check after every save until Ctrl-C; an error of a file is shown, and the next save looks again."""
    project = Project.open(context.obj, os.environ)
    project.issue_file(wanted.issue)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(context, wanted, project.root))
    return 0


async def _watch(context: typer.Context, wanted: Wanted, root: Path) -> None:
    changed = asyncio.Event()
    watcher = Watcher(root, wanted.issue, changed.set)
    running = asyncio.create_task(watcher.run())
    changed.set()
    try:
        while not running.done():
            await changed.wait()
            changed.clear()
            click.clear()
            note(f"{dt.datetime.now().astimezone():%H:%M:%S}  Ctrl-C ends it")
            await asyncio.to_thread(_show, context, wanted)
    finally:
        watcher.stop()
        await running


def _show(context: typer.Context, wanted: Wanted) -> None:
    try:
        check_once(context, wanted)
    except NewsletterError as error:
        where = f"{error.place}: " if error.place else ""
        note(f"error: {where}{error.what}\n  {error.remedy}")


def _prepare(project: Project, wanted: Wanted) -> PreparedIssue:
    prepared = prepare_issue(project, wanted.issue, past_issues=True, people=_people(project))
    links = spam = None
    if wanted.links:
        links = ask_the_web(project, prepared.subject, now=dt.datetime.now(dt.UTC), progress=_tell)
    if wanted.spam:
        spam = spam_score(prepared.message)
    if wanted.links or wanted.spam:
        prepared = check_again(project, prepared, links=links, spam=spam)
    return prepared


def _people(project: Project) -> tuple[Subscriber, ...]:
    """Return the most awkward of the real subscribers; a project that has none yet gets no database by this."""
    url = project.settings.store.url
    if not has_database(url, project.root):
        return ()
    with open_database(url, root=project.root) as database:
        return awkward_subscribers(database)


def _tell(done: int, of: int, result: LinkResult) -> None:
    note(f"link {done} of {of}: {result.verdict} {result.url[:100]}")


def _print(
    prepared: PreparedIssue, findings: tuple[Finding, ...], checks: tuple[Check, ...], form: str, accepted: int
) -> None:
    if form == "json":
        say_json([values_of(finding) for finding in findings])
    elif form == "sarif":
        say_json(sarif(findings, checks, newsletter.__version__))
    elif form == "github":
        for line in github_annotations(findings, checks):
            say(line)
    else:
        say_table_of(findings, prepared.assembled, checks, accepted=accepted)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"the baseline cannot be read: {exc.strerror if isinstance(exc, OSError) else 'no UTF-8'}",
            place=Place(file=str(file)),
            remedy="Make it first, with --update-baseline.",
        ) from exc


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise ConfigError(
            f"the baseline cannot be written: {exc.strerror}", place=Place(file=str(file)), remedy="Check the folder."
        ) from exc
