"""How a command that asks for all records opens its project: with what earlier commands learnt of them."""

import os

import typer

from newsletter.cli.output import note
from newsletter.project import Project
from newsletter.store.catalogue import CatalogueFile

_MANY = 1_000


def open_project(context: typer.Context) -> Project:
    """Open the project of a command; the first one that meets many new records says how far it is."""
    project = Project.open(context.obj, os.environ)
    project.use_cache(CatalogueFile(project.root / ".newsletter" / "catalogue.db"), _tell)
    return project


def _tell(done: int, of: int) -> None:
    if of >= _MANY and (done % _MANY == 0 or done == of):
        note(f"reading changed records: {done:,} of {of:,}")
