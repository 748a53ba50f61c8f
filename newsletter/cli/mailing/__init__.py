"""`newsletter mailing`: what was sent, to whom, what became of it, and a hand on what is being sent."""

import typer

from newsletter.cli.mailing import control, settle, show, watch

app = typer.Typer(
    help="See what was sent, to whom, steer what is being sent, and settle what is unknown.", no_args_is_help=True
)
app.command("list")(show.list_)
app.command()(show.show)
app.command()(watch.watch)
app.command()(control.pause)
app.command()(control.resume)
app.command()(control.rate)
app.command()(control.cancel)
app.command()(settle.resolve)
