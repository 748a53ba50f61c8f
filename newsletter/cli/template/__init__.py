"""`newsletter template`: the designs of a newsletter, and the kit to make one's own."""

import typer

from newsletter.cli.template import look, new, preview, trial

app = typer.Typer(help="Look at the designs, make one of your own, and try it.", no_args_is_help=True)
app.command("list")(look.list_)
app.command()(look.show)
app.command()(new.new)
app.command()(trial.check)
app.command()(preview.preview)
