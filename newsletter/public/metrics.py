"""What happens here, in numbers for Prometheus and for whoever watches over the machine; no address, no person."""

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsletter.errors import NewsletterError


class Metrics:
    """The counters of one app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "newsletter_public_requests", "Answers", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "newsletter_public_request_seconds", "Time to an answer", ["route"], registry=self.registry
        )
        self.actions = Counter("newsletter_public_actions", "What visitors did", ["action"], registry=self.registry)
        self.mails = Counter(
            "newsletter_public_mails", "Confirmation mails by outcome", ["outcome"], registry=self.registry
        )


def make_health_app(metrics: Metrics, probe: Callable[[], object]) -> Starlette:
    """Return the app for the local port: `/health`, which is 200 while `probe` does not raise, and `/metrics`."""

    async def health(_request: Request) -> Response:
        try:
            await run_in_threadpool(probe)
        except NewsletterError as exc:
            return PlainTextResponse(f"{exc.what}\n", 503)
        return PlainTextResponse("ok\n")

    async def numbers(_request: Request) -> Response:
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Starlette(routes=[Route("/health", health), Route("/metrics", numbers)])
