"""`newsletter check`: what is wrong with an issue, for people and for programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsletter.errors import UsageError


class Format(StrEnum):
    """How findings are printed."""

    TABLE = "table"  # for a person, by article
    JSON = "json"  # a list of objects
    GITHUB = "github"  # annotations of GitHub's workflows
    SARIF = "sarif"  # SARIF 2.1.0, for code scanning


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"


def check(
    context: typer.Context,
    issue: Annotated[str | None, typer.Argument(metavar="ISSUE", help="The issue's folder in issues/.")] = None,
    links: Annotated[bool, typer.Option("--links", help="Ask the web what is behind every link.")] = False,
    spam: Annotated[bool, typer.Option("--spam", help="Ask SpamAssassin, if it is on this machine.")] = False,
    form: Annotated[Format, typer.Option("--format", help="table, json, github or sarif.")] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="error or warning: what makes it fail.")] = FailOn.ERROR,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="FILE", help="Accepted findings: only others are reported.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update-baseline", help="Write today's findings into the file of --baseline.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file is saved.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List all checks instead.")] = False,
    explain: Annotated[str | None, typer.Option("--explain", metavar="ID", help="Explain one check instead.")] = None,
) -> None:
    """Say what is wrong with an issue: where, in a sentence, and what to do about it.

    \b
    newsletter check clouds
    newsletter check clouds --links --fail-on warning
    newsletter check clouds --format github --baseline .newsletter-baseline.json
    newsletter check --list
    newsletter check --explain N201

    Without --links nothing leaves this machine. The checks of a project's own are Python files in its folder checks/,
    and are run.

    \b
    Exit codes: 0 nothing that fails it, 1 an error (with --fail-on warning: or a warning), 2 a wrong command.
    """
    from newsletter.cli.check.registry import explain_check, list_checks
    from newsletter.cli.check.run import Wanted, check_once, keep_checking

    form = Format.JSON if as_json else form
    if list_:
        list_checks(context, as_json=form is Format.JSON)
        return
    if explain is not None:
        explain_check(context, explain)
        return
    if issue is None:
        raise UsageError("which issue?", remedy="newsletter check ISSUE; `newsletter issue list` names them.")
    if update and baseline is None:
        raise UsageError("which baseline?", remedy="Name its file: --baseline FILE --update-baseline.")
    if watch and (form is not Format.TABLE or update):
        raise UsageError("--watch is for people", remedy="Leave out --format, --json and --update-baseline.")
    wanted = Wanted(issue=issue, links=links, spam=spam, form=form, fail_on=fail_on, baseline=baseline, update=update)
    raise typer.Exit(keep_checking(context, wanted) if watch else check_once(context, wanted))
