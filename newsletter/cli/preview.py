"""`newsletter preview`: the studio, at one issue."""

import contextlib
import os
from typing import Annotated, Any

import typer

from newsletter.cli.build import IssueName
from newsletter.cli.output import note, say

Port = Annotated[
    int,
    typer.Option(
        "--port",
        min=0,
        max=65535,
        metavar="PORT",
        show_default=False,
        help="Port of 127.0.0.1; that of the last time by default, or a free one.",
    ),
]
OpenBrowser = Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")]


def preview(context: typer.Context, issue: IssueName, port: Port = 0, open_browser: OpenBrowser = True) -> None:
    """Show an issue in the browser and keep it up to date while its files are edited, there or anywhere else.

    A file that does not compile shows as an error with its line, above the last picture that did. Ctrl-C ends it.

    \b
    newsletter preview clouds
    newsletter preview clouds --no-open --port 8000
    """
    from newsletter.project import Project

    serve(Project.open(context.obj, os.environ), issue, port=port, open_browser=open_browser)


def serve(project: Any, name: str, *, port: int, open_browser: bool, **what: Any) -> None:
    """Serve the studio until Ctrl-C, at an issue's page or the start page; `what` says what else is shown."""
    import threading
    import webbrowser

    from newsletter.studio import StudioServer

    server = StudioServer(
        project, name, environ=os.environ, tell=lambda snapshot: note(snapshot.line()), port=port, **what
    )
    with contextlib.suppress(KeyboardInterrupt):
        if server.snapshot:
            note(server.snapshot.line())
        say(server.url)
        note("Ctrl-C ends it.")
        if open_browser:
            # aside, because a browser in a terminal would keep the server waiting for its own first page
            threading.Thread(target=webbrowser.open, args=[server.url], daemon=True).start()
        server.run()
