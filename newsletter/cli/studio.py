"""`newsletter studio`: compose issues in the browser, on the project's files."""

import os

import typer

from newsletter.cli.preview import OpenBrowser, Port


def studio(context: typer.Context, port: Port = 0, open_browser: OpenBrowser = True) -> None:
    """Compose issues in the browser: the inbox, the issue and the mail side by side, on the same files as ever.

    It listens on this machine only, and only with the link that it prints. Ctrl-C ends it.

    \b
    newsletter studio
    newsletter studio --no-open --port 8000
    """
    from newsletter.cli.preview import serve
    from newsletter.project import Project

    serve(Project.open(context.obj, os.environ), "", port=port, open_browser=open_browser)
