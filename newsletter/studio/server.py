"""The studio as a server: an address of this machine, a token, and an end that waits for nobody."""

import errno
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

import uvicorn

from newsletter.errors import UsageError
from newsletter.project import Project
from newsletter.project.preparation import prepare_issue
from newsletter.studio.app import make_app
from newsletter.studio.gallery import Gallery
from newsletter.studio.guard import Guard
from newsletter.studio.live import Snapshot
from newsletter.studio.picture import Prepare
from newsletter.studio.session import Session, keep_session, last_session
from newsletter.studio.workshop import Workshop
from newsletter.web.fetch import Fetcher

ADDRESS = "127.0.0.1"


class StudioServer:
    """The studio of a project, bound to a port, not yet served.

    It begins at the start page, or at the issue `slug`, which is compiled at once. `tell` hears of every compilation
    after that, on the thread that runs `run`. Without a `port` it takes that of the last run if it is free, so that
    open tabs find it again. `prepare` makes another mail than that of an issue in the project, with `pictures` of its
    own, by path; then there is nothing else to see, and nothing can be changed. Raises UsageError for an issue that is
    not there and for a port that cannot be had; an issue that does not compile is no error, its page says why.
    """

    def __init__(  # noqa: PLR0913 - each says one thing about where, what and to whom
        self,
        project: Project,
        slug: str = "",
        *,
        environ: Mapping[str, str],
        tell: Callable[[Snapshot], None],
        port: int = 0,
        fetcher: Fetcher | None = None,
        prepare: Prepare | None = None,
        pictures: Mapping[str, bytes] | None = None,
    ) -> None:
        self._gallery = Gallery(project.root, environ, tell)
        self._first = self._gallery.open_now(slug, prepare or prepare_issue) if slug else None
        session = last_session(project.root / ".newsletter")
        self._socket = _bind(port) if port else _bind_again(session.port)
        self.port: int = self._socket.getsockname()[1]
        self._token = session.token
        keep_session(project.root / ".newsletter", Session(port=self.port, token=self._token))
        self._path = f"/issues/{slug}" if slug else "/"
        app = make_app(
            self._gallery,
            Workshop(project, environ),
            fetcher=fetcher or Fetcher(),
            only=slug if prepare else "",
            pictures=pictures,
            address=f"http://{ADDRESS}:{self.port}",
        )
        # one set of parts, whatever else is installed; the studio speaks through `tell`, not through logging
        config = uvicorn.Config(
            Guard(app, port=self.port, token=self._token),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config, self._gallery)

    @property
    def url(self) -> str:
        """The link that opens the studio; who has it can read and change the project's content."""
        return f"http://{ADDRESS}:{self.port}{self._path}?token={self._token}"

    @property
    def snapshot(self) -> Snapshot | None:
        """What is shown of the issue that it began with, None at the start page."""
        return self._first.snapshot if self._first else None

    def run(self) -> None:
        """Serve until Ctrl-C, which still ends in KeyboardInterrupt, SIGTERM or `stop`."""
        with self._socket:
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """Ends the event streams before it waits for connections to close: a browser never closes one by itself."""

    def __init__(self, config: uvicorn.Config, gallery: Gallery) -> None:
        super().__init__(config)
        self._gallery = gallery

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._gallery.stop()
        await super().shutdown(sockets)


def _bind_again(port: int) -> socket.socket:
    """Take the port of the last run, or any when it is in use."""
    with suppress(UsageError):
        return _bind(port)
    return _bind(0)


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((ADDRESS, port))
        bound.listen(128)
    except OSError as exc:
        bound.close()
        taken = exc.errno == errno.EADDRINUSE
        raise UsageError(
            f"port {port} is in use" if taken else f"port {port} cannot be used: {(exc.strerror or str(exc)).lower()}",
            remedy="Choose another one, or leave --port out for a free one.",
        ) from exc
    return bound
