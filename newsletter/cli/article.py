"""`newsletter article`: collect article records."""

import typer

app = typer.Typer(help="Collect article records in the inbox.", no_args_is_help=True)
