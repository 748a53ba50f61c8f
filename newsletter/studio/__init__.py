"""The local web app: an issue in the browser, compiled anew whenever one of its files changes."""

from newsletter.studio.live import Snapshot
from newsletter.studio.server import PreviewServer

__all__ = ["PreviewServer", "Snapshot"]
