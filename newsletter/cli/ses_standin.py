"""`newsletter ses-standin`: a server that speaks Amazon SES, accepts, counts, and fails on purpose."""

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import note, plural, say


def ses_standin(
    port: Annotated[int, typer.Option("--port", metavar="PORT", help="Port of 127.0.0.1.")],
    rate: Annotated[
        float | None, typer.Option("--rate", min=0.1, metavar="N", help="Messages in any second; no limit without.")
    ] = None,
    quota: Annotated[
        int | None, typer.Option("--quota", min=0, metavar="N", help="Messages in 24 hours; no limit without.")
    ] = None,
    faults: Annotated[
        str,
        typer.Option("--faults", metavar="TEXT", help="2%, throttle=1%, reset-after@7, quota@100-120; with commas."),
    ] = "",
    log: Annotated[
        Path, typer.Option("--log", metavar="FILE", help="Where every accepted message is written down.")
    ] = (Path("ses-standin.jsonl")),
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE", help="Write the events SES would publish, as JSON lines.")
    ] = None,
    fates: Annotated[
        str, typer.Option("--fates", metavar="TEXT", help="bounced=1%,opened=30%; the rest is delivered.")
    ] = "",
    event_delay: Annotated[
        float, typer.Option("--event-delay", min=0, metavar="SECONDS", help="How long after a message its events come.")
    ] = 0.0,
    latency: Annotated[
        float, typer.Option("--latency", min=0, metavar="MS", help="Milliseconds before an answer.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same faults and fates.")] = 0,
) -> None:
    """Stand in for Amazon SES on this machine: nothing that it accepts goes anywhere.

    It speaks the calls that newsletter makes (SES v2), checks signatures, sizes, addresses and headers, keeps rate and
    quota with SES's own errors, and writes down what it accepted before it answers. Ctrl-C ends it.

    \b
    newsletter ses-standin --port 8025 --rate 14 --faults 2% --log truth.jsonl
    NEWSLETTER_TRANSPORTS__SES__ENDPOINT_URL=http://127.0.0.1:8025 newsletter send clouds --list test --transport ses

    Faults by name: throttle, quota, paused, suspended, unverified, mail-from, not-found, forbidden, expired, clock,
    rejected, bad-address, error, error-after, unavailable, hang-before, hang-after, reset-before, reset-after,
    truncated, no-id, foreign, slow. A bare percentage is a mixture. Events need a configuration set, as with SES.
    """
    import signal
    import threading

    from newsletter.rehearsal.events import parse_fates
    from newsletter.rehearsal.faults import parse_faults
    from newsletter.rehearsal.standin import SesStandIn, StandInSettings

    settings = StandInSettings(
        log=log,
        events=events,
        rate=rate,
        quota=quota,
        faults=parse_faults(faults),
        fates=parse_fates(fates),
        event_delay=event_delay,
        latency=latency / 1000,
        seed=seed,
    )
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with SesStandIn(settings, port=port) as standin:
        say(standin.url)
        note(f"what it accepts is written to {log}; Ctrl-C ends it")
        over.wait()
        counts = ", ".join(f"{count} {fault}" for fault, count in sorted(standin.injected.items()))
        note(
            f"{plural(standin.calls, 'call')}, {standin.accepted:,} accepted"
            + (f"; faults: {counts}" if counts else "")
        )
