"""`newsletter article`: collect article records, look at them, decide about them."""

import typer

from newsletter.cli.article import collect, decisions, edit, history, image, records

app = typer.Typer(help="Collect article records in the inbox, look at them, decide about them.", no_args_is_help=True)
app.command()(collect.add)
app.command()(collect.feed)
app.command()(collect.pull)
app.command("list")(records.list_)
app.command()(records.show)
app.command()(history.history)
app.command()(edit.edit)
app.command()(image.image)
app.command()(decisions.tag)
app.command()(decisions.shortlist)
app.command()(decisions.reject)
app.command()(decisions.rm)
