"""A copy of the sample project, and a real studio that is spoken to over HTTP."""

import contextlib
import http.client
import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsletter.config import load_settings
from newsletter.project import Project
from newsletter.studio import Snapshot, StudioServer

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Events:
    """The event stream as a browser reads it."""

    def __init__(self, connection: http.client.HTTPConnection, cookie: str, path: str) -> None:
        self._connection = connection
        connection.request("GET", path, headers={"Cookie": cookie})
        self.response = connection.getresponse()

    def next(self) -> dict[str, Any]:
        """Wait for the next state, ten seconds at most."""
        event = ""
        while line := self.response.readline().decode():
            if line.startswith("event: "):
                event = line.removeprefix("event: ").strip()
            if event == "state" and line.startswith("data: "):
                found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return found
        raise EOFError("the preview closed the stream")

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not condition(state := self.next()):
            pass
        return state

    def close(self) -> None:
        self.response.close()
        self._connection.close()


@dataclass
class Preview:
    """A running studio at one issue, and the folder it works on."""

    root: Path
    server: StudioServer
    told: list[Snapshot]
    name: str = "first-light"
    streams: list[Events] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        return f"newsletter-studio-{self.server.port}={self.server.url.partition('token=')[2]}"

    def ask(self, path: str, method: str = "GET", data: bytes = b"", **headers: str | None) -> Answer:
        """Ask with the cookie; a header is a keyword with `_` for `-`, None leaves it out."""
        sent = {"Cookie": self.cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host="Host" in sent)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            if data and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data or None)
            response = connection.getresponse()
            return Answer(status=response.status, headers=dict(response.getheaders()), body=response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """Ask for JSON."""
        answer = self.ask(path)
        assert answer.status == 200, answer.text
        return json.loads(answer.body)

    def post(self, action: str, body: Any = None, **headers: str | None) -> Answer:
        """Change something as the page does; bytes go as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        sent = {"Origin": f"http://127.0.0.1:{self.server.port}", "Content_Type": kind, **headers}
        return self.ask(f"/api/{action}", "POST", data, **sent)

    def act(self, action: str, body: Any = None) -> Any:
        """Change something, and read what the page is told."""
        answer = self.post(action, body)
        assert answer.status == 200, answer.text
        return json.loads(answer.body)

    def refused(self, action: str, body: Any = None, status: int = 422) -> Any:
        """Try to change something, and read why it was refused."""
        answer = self.post(action, body)
        assert answer.status == status, answer.text
        return json.loads(answer.body)["error"]

    @property
    def outline(self) -> Any:
        """The issue as the page arranges it."""
        return self.get(f"/issues/{self.name}/outline")

    def base(self, **more: Any) -> dict[str, Any]:
        """Begin a change of the issue as it is now."""
        return {"issue": self.name, "base": self.outline["base"], **more}

    def events(self) -> Events:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        self.streams.append(Events(connection, self.cookie, f"/issues/{self.name}/events"))
        return self.streams[-1]

    def edit(self, file: str, old: str, new: str) -> None:
        """Save as most editors do: beside the file, then renamed over it."""
        path = self.root / file
        text = path.read_text()
        assert old in text
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text.replace(old, new))
        beside.replace(path)


def lay_down(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name in ("issues/first-light", "issues/inbox", "templates"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy(REPOSITORY / "newsletter.toml", folder)
    return folder.resolve()


def project_in(root: Path) -> Project:
    return Project(root, load_settings(root / "newsletter.toml", {}))


@contextlib.contextmanager
def running(project: Project, name: str = "first-light", **what: Any) -> Iterator[Preview]:
    told: list[Snapshot] = []
    server = StudioServer(project, name, environ={}, tell=told.append, **what)
    preview = Preview(root=project.root, server=server, told=told, name=name)
    thread = threading.Thread(target=preview.server.run)
    thread.start()
    try:
        yield preview
    finally:
        preview.server.stop()
        thread.join(timeout=5)
        for stream in preview.streams:
            stream.close()
        assert not thread.is_alive(), "the preview did not end"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_down(tmp_path)


@pytest.fixture
def project(root: Path) -> Project:
    return project_in(root)


@pytest.fixture
def serve(project: Project) -> Iterator[Callable[..., Preview]]:
    with contextlib.ExitStack() as stack:
        yield lambda *name, **what: stack.enter_context(running(project, *name, **what))


@pytest.fixture
def preview(serve: Callable[[], Preview]) -> Preview:
    return serve()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview for many questions, none of which changes the issue."""
    with running(project_in(lay_down(tmp_path_factory.mktemp("standing") / "project"))) as preview:
        yield preview
