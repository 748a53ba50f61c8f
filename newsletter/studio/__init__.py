"""The local web app: compose an issue from articles and see the mail while its files change."""

from newsletter.studio.live import Snapshot
from newsletter.studio.server import StudioServer

__all__ = ["Snapshot", "StudioServer"]
