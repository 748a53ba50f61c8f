"""A studio that runs while a test drives it."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newsletter.config import load_settings
from newsletter.project import Project
from newsletter.studio import StudioServer


@contextlib.contextmanager
def running(root: Path, slug: str = "", **what: Any) -> Iterator[StudioServer]:
    """Serve the studio of a project, at an issue or the start page."""
    project = Project(root, load_settings(root / "newsletter.toml", {}))
    server = StudioServer(project, slug, environ={}, tell=lambda _: None, **what)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(timeout=10)
    assert not thread.is_alive(), "the studio did not end"
