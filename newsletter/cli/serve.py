"""`newsletter serve`: the public pages that the links in every mail lead to."""

import contextlib
import os
import sys
from typing import Annotated

import typer

from newsletter.cli.output import note, say


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="PORT", help="Port; 0 for a free one.")
    ] = 8000,
    health_port: Annotated[
        int,
        typer.Option(
            "--health-port",
            min=-1,
            max=65535,
            metavar="PORT",
            help="Port of 127.0.0.1 for /health and /metrics; -1: none.",
        ),
    ] = 8001,
    snippet: Annotated[bool, typer.Option("--snippet", help="Print a sign-up form for other pages and leave.")] = False,
) -> None:
    """Serve the public pages: subscribe, confirm, unsubscribe, preferences, and issues that were sent.

    They stand behind a reverse proxy that speaks HTTPS: docs/deploy.md. Ctrl-C ends it.

    \b
    newsletter serve
    newsletter serve --port 8080 --health-port 9100
    newsletter serve --snippet                  # HTML of a form for your own site
    """
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    if snippet:
        from newsletter.public.snippet import form_snippet

        say(form_snippet(project.settings))
        return
    from newsletter.public import create_app
    from newsletter.public.server import PublicServer, log_to

    server = PublicServer(
        create_app(project), host=host, port=port, health_port=None if health_port < 0 else health_port
    )
    log_to(sys.stderr)
    settings = project.settings
    say(f"http://{host}:{server.port} serves {settings.public.base_url}")
    if server.health_port:
        note(f"http://127.0.0.1:{server.health_port}/health and /metrics are for this machine")
    if not settings.public.lists:
        note("nobody can sign up: `public.lists` in newsletter.toml is empty")
    note(f"confirmation mails go out by {settings.delivery.transport}; Ctrl-C ends it")
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
