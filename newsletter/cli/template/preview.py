"""`newsletter template preview`: a template in the browser while its files are edited."""

import os
from typing import Annotated

import typer

from newsletter.cli.output import note
from newsletter.cli.preview import serve
from newsletter.errors import UsageError


def preview(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", show_default=False, help="The template; the newsletter's by default.")
    ] = "",
    case: Annotated[
        str, typer.Option("--case", metavar="CASE", show_default=False, help="Which case of `template check`, by name.")
    ] = "every layout",
    language: Annotated[
        str, typer.Option("--language", metavar="TAG", show_default=False, help="Its language, like ar or pt-BR.")
    ] = "",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="PORT", show_default=False, help="Port of 127.0.0.1.")
    ] = 0,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Show a template in the browser, filled with a case of `template check`, and keep it up to date.

    \b
    newsletter template preview weekly
    newsletter template preview weekly --case "long words" --language de
    """
    from newsletter.project import Project
    from newsletter.project.preparation import PreparedIssue
    from newsletter.project.trial import prepare_case
    from newsletter.render.torture import cases, find_case, pictures

    project = Project.open(context.obj, os.environ)
    template = project.template(name or project.settings.newsletter.template)
    if find_case(template, case) is None:
        known = ", ".join(it.name for it in cases(template))
        raise UsageError(f"there is no case {case[:60]!r}", remedy=f"Known: {known}.")

    def prepare(project: Project, _slug: str) -> PreparedIssue:
        return prepare_case(project, template.name, case, language)

    note(f"{template.name}, {case}; another one with --case, another language with --language.")
    serve(
        project, f"template-{template.name}", port=port, open_browser=open_browser, prepare=prepare, pictures=pictures()
    )
