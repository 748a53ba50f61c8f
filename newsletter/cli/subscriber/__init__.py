"""`newsletter subscriber`: the people on the lists."""

import typer

from newsletter.cli.subscriber import change, intake, look, privacy

app = typer.Typer(help="Import, look up, change and unsubscribe the people on the lists.", no_args_is_help=True)
app.command("import")(intake.import_)
app.command()(change.add)
app.command("list")(look.list_)
app.command()(look.find)
app.command()(look.show)
app.command()(look.export)
app.command()(change.edit)
app.command()(change.tag)
app.command()(change.untag)
app.command()(change.unsubscribe)
app.command()(change.remove)
app.command("export-person")(privacy.export_person)
app.command()(privacy.forget)
