"""A stand-in of SES v2 over real HTTP, with a log of what it truly accepted: the judge of every crash test."""

import base64
import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class SesServer:
    """Accepts `POST /v2/email/outbound-emails`; the acceptance is logged `pause` seconds after the request was read,
    and answered `pause` seconds later, so that a kill can fall before, between and after. From the `hold_at`th
    acceptance on, answers wait for `release()`: what a test does meanwhile happens in the middle, on any machine.
    """

    def __init__(self, *, pause: float = 0.005) -> None:
        self.accepted: list[tuple[str, str, bytes]] = []
        self.pause = pause
        self.hold_at: int | None = None
        self._released = threading.Event()
        self._changed = threading.Condition()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """The address for `transports.ses.endpoint_url`."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def release(self) -> None:
        """Give the answers that were held, and hold none from now on."""
        self.hold_at = None
        self._released.set()

    @property
    def addresses(self) -> list[str]:
        """Whom a message was accepted for, in order, each time."""
        with self._changed:
            return [address for address, _, _ in self.accepted]

    def wait_for(self, count: int, *, process: subprocess.Popen[str] | None = None, seconds: float = 60) -> None:
        """Wait until so many messages were accepted in all, or the process that sends them has ended."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(self.accepted) < count and (process is None or process.poll() is None):
                assert time.monotonic() < deadline, f"{len(self.accepted)} of {count} after {seconds} s"
                self._changed.wait(0.02)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _accept(self, body: dict[str, object]) -> str:
        destination, content, tags = body["Destination"], body["Content"], body["EmailTags"]
        assert isinstance(destination, dict)
        assert isinstance(content, dict)
        assert isinstance(tags, list)
        (address,) = destination["ToAddresses"]
        attempt = next(tag["Value"] for tag in tags if tag["Name"] == "attempt")
        with self._changed:
            self.accepted.append((address, attempt, base64.b64decode(content["Raw"]["Data"])))
            self._changed.notify_all()
            return f"id-{len(self.accepted)}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer({"SendQuota": {"MaxSendRate": 10_000, "Max24HourSend": -1, "SentLast24Hours": 0}})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(server.pause)
                message_id = server._accept(body)
                time.sleep(server.pause)
                if server.hold_at is not None and len(server.accepted) >= server.hold_at:
                    server._released.wait(60)
                self._answer({"MessageId": message_id})

            def _answer(self, value: dict[str, object]) -> None:
                data = json.dumps(value).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except ConnectionError:
                    # the sender was killed; what was accepted stays accepted
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
