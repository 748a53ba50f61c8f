"""`newsletter issue`: assemble an issue from articles."""

import typer

app = typer.Typer(help="Assemble an issue from articles.", no_args_is_help=True)
