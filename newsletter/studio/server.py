"""The preview as a server: an address of this machine, a token, and an end that waits for nobody."""

import errno
import secrets
import socket
from collections.abc import Callable, Mapping

import uvicorn

from newsletter.errors import UsageError
from newsletter.project import Project
from newsletter.project.preparation import prepare_issue
from newsletter.studio.app import make_app
from newsletter.studio.guard import Guard
from newsletter.studio.live import Live, Snapshot
from newsletter.studio.picture import Prepare

ADDRESS = "127.0.0.1"


class PreviewServer:
    """A preview of one issue, compiled and bound to a port, not yet served.

    `tell` hears of every compilation after the first, on the thread that runs `run`. Raises UsageError for an issue
    that is not there and for a port that cannot be had; an issue that does not compile is no error, its page says why.
    `prepare` makes another mail than that of an issue in the project, with `pictures` of its own, by path.
    """

    def __init__(  # noqa: PLR0913 - each says one thing about where, what and to whom
        self,
        project: Project,
        slug: str,
        *,
        environ: Mapping[str, str],
        tell: Callable[[Snapshot], None],
        port: int = 0,
        prepare: Prepare = prepare_issue,
        pictures: Mapping[str, bytes] | None = None,
    ) -> None:
        self._live = Live(project.root, environ, slug, tell, prepare)
        self._socket = _bind(port)
        self.port: int = self._socket.getsockname()[1]
        self._token = secrets.token_urlsafe(16)
        app = Guard(make_app(self._live, project, pictures or {}), port=self.port, token=self._token)
        # one set of parts, whatever else is installed; the preview speaks through `tell`, not through logging
        config = uvicorn.Config(
            app,
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
        self._server = _Server(config, self._live)

    @property
    def url(self) -> str:
        """The link that opens the preview; who has it can read it."""
        return f"http://{ADDRESS}:{self.port}/?token={self._token}"

    @property
    def snapshot(self) -> Snapshot:
        """What is shown now."""
        return self._live.snapshot

    def run(self) -> None:
        """Serve until Ctrl-C, which still ends in KeyboardInterrupt, SIGTERM or `stop`."""
        with self._socket:
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """Ends the event streams before it waits for connections to close: a browser never closes one by itself."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.stop()
        await super().shutdown(sockets)


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
