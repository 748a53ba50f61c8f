"""`newsletter article`: collect article records."""

import typer

from newsletter.cli.article import collect, records

app = typer.Typer(help="Collect article records in the inbox.", no_args_is_help=True)
app.command()(collect.add)
app.command()(collect.feed)
app.command()(collect.pull)
app.command("list")(records.list_)
app.command()(records.show)
