"""The only reader and writer of `issues/` and `templates/`: a project folder as values.

Files are named in messages as a person in the project's folder would type them. Whatever is written appears whole or
not at all.
"""

from newsletter.project.catalogue import Catalogue, Match
from newsletter.project.entries import CatalogueEntry
from newsletter.project.folder import Project
from newsletter.project.init import InitResult, init_project, stock_folder
from newsletter.project.known import CatalogueCache, MemoryCache

__all__ = [
    "Catalogue",
    "CatalogueCache",
    "CatalogueEntry",
    "InitResult",
    "Match",
    "MemoryCache",
    "Project",
    "init_project",
    "stock_folder",
]
