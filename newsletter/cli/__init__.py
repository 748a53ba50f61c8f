"""The command line: parse, call one function, print. The only room that prints.

Modules here import nothing heavier than Typer at the top: what a command needs it imports itself, so that
`newsletter --help` stays quick (DESIGN §11).
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

import newsletter
from newsletter.cli import (
    article,
    audience,
    build,
    check,
    db,
    doctor,
    events,
    init,
    issue,
    list,  # noqa: A004 - the command is called so
    mailing,
    preview,
    rehearse,
    report,
    segment,
    send,
    serve,
    ses_standin,
    studio,
    subscriber,
    suppression,
    template,
    unknown,
)
from newsletter.cli.output import fail
from newsletter.errors import NewsletterError

app = typer.Typer(
    name="newsletter",
    help="Compose a weekly newsletter from article records and send it, with an account of every single delivery.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# in the order of the pipeline, which is the order of the help page
app.command()(init.init)
app.add_typer(article.app, name="article")
app.add_typer(issue.app, name="issue")
app.command()(studio.studio)
app.command()(preview.preview)
app.command()(check.check)
app.command()(build.build)
app.add_typer(template.app, name="template")
app.add_typer(subscriber.app, name="subscriber")
app.command()(doctor.doctor)
app.add_typer(list.app, name="list")
app.add_typer(segment.app, name="segment")
app.add_typer(suppression.app, name="suppression")
app.add_typer(audience.app, name="audience")
app.command()(rehearse.rehearse)
app.command()(send.send)
mailing.app.command()(unknown.unknown)
app.add_typer(mailing.app, name="mailing")
app.add_typer(events.app, name="events")
app.command()(report.report)
app.command()(serve.serve)
app.add_typer(db.app, name="db")
app.command("ses-standin")(ses_standin.ses_standin)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"newsletter {newsletter.__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            "-p",
            metavar="DIR",
            envvar="NEWSLETTER_PROJECT",
            help="The project folder; without it the nearest folder above with a newsletter.toml.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Compose a weekly newsletter from article records and send it, with an account of every single delivery."""
    context.obj = project


def main() -> None:
    """Run the command line; every NewsletterError ends here, as a message and an exit code."""
    try:
        app()
    except NewsletterError as error:
        fail(error)
    except BrokenPipeError:
        # `newsletter article list | head`: the reader left, which is no error
        sys.stderr.close()
        raise SystemExit(0) from None
