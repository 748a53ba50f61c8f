"""`newsletter issue`: assemble an issue from articles."""

import typer

from newsletter.cli.issue import arrange, diff, folder, look, section, suggest

app = typer.Typer(help="Assemble an issue from articles.", no_args_is_help=True)
app.command()(folder.new)
app.command()(suggest.suggest)
app.command()(arrange.add)
app.command()(arrange.move)
app.command()(arrange.remove)
app.command("set")(arrange.set_)
app.add_typer(section.app, name="section")
app.command("list")(look.list_)
app.command()(look.show)
app.command()(diff.diff)
app.command()(folder.edit)
app.command()(folder.rename)
