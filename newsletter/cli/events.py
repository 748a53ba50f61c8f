"""`newsletter events`: what Amazon SES tells about messages after it accepted them."""

import os
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json
from newsletter.cli.progress import show_progress

app = typer.Typer(
    help="Take in what SES reports of every message: deliveries, bounces, complaints.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = 20


@app.command()
def ingest(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of events; - is standard input.")],
    as_json: AsJson = False,
) -> None:
    """Take in files of SES events: JSON lines, or as SNS, SQS, EventBridge or Firehose wrap them.

    The same event twice counts once, and the order does not matter. What cannot be read is kept aside with its reason.
    Exit code 1 when there was such.

    \b
    newsletter events ingest events.jsonl
    zcat firehose/*.gz | newsletter events ingest -
    """
    from newsletter.feedback.intake import ingest as take
    from newsletter.feedback.intake import open_events, read_chunks
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.events import Taken

    project = Project.open(context.obj, os.environ)
    limit = project.settings.feedback.soft_bounce_limit
    total = Taken()
    with ExitStack() as stack:
        piped = [path for path in files if path == Path("-")]
        opened = [
            (str(path), sys.stdin.buffer if path in piped else stack.enter_context(open_events(path))) for path in files
        ]
        sizes = [0 if path in piped else path.stat().st_size for path in files]
        database = stack.enter_context(open_database(project.settings.store.url, root=project.root))
        progress = stack.enter_context(show_progress("events", sum(sizes)))
        for number, (name, file) in enumerate(opened):
            before = sum(sizes[:number])
            chunks = read_chunks(file, lambda done, before=before: progress.update(before + done))  # type: ignore[misc]
            total.add(take(database, chunks, name, soft_bounce_limit=limit))
    say_taken(total, as_json=as_json)
    raise typer.Exit(1 if total.unreadable else 0)


@app.command()
def pull(
    context: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C, beside a send for one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take events out of the SQS queue of `[feedback] queue_url` until it is empty.

    An event leaves the queue only after it is committed here. Interrupt it whenever you like. Exit code 1 when
    something could not be read; it is kept aside with its reason.

    \b
    newsletter events pull
    newsletter events pull --follow            # beside newsletter send, in another terminal
    """
    import signal

    from newsletter.feedback.queue import EventQueue
    from newsletter.feedback.queue import pull as take
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.events import Taken

    project = Project.open(context.obj, os.environ)
    limit = project.settings.feedback.soft_bounce_limit
    total = Taken()

    def heard(taken: Taken) -> None:
        total.add(taken)
        note(f"{sum(total.new.values()):,} new events, {total.settled:,} settled, {total.suppressed:,} suppressed")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        database = stack.enter_context(open_database(project.settings.store.url, root=project.root))
        queue = EventQueue(project.settings)
        stack.callback(queue.close)
        try:
            take(database, queue, soft_bounce_limit=limit, follow=follow, tell=heard)
        except KeyboardInterrupt:
            note("stopped; what was not committed is still in the queue")
    say_taken(total, as_json=as_json)
    raise typer.Exit(1 if total.unreadable else 0)


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what events there are, and what could not be read, with the reason.

    \b
    newsletter events status
    newsletter events status --json            # the unreadable ones whole
    """
    from newsletter.project import Project
    from newsletter.store.database import open_database
    from newsletter.store.events import count_events, unreadable_ones

    project = Project.open(context.obj, os.environ)
    with open_database(project.settings.store.url, root=project.root) as database:
        counts, aside = count_events(database), unreadable_ones(database)
    if as_json:
        say_json({**asdict(counts), "unreadable": [asdict(each) for each in aside]})
        return
    for name, number in counts.by_type.items():
        say(f"{name.replace('_', ' '):18} {number:>9,}")
    if counts.newest is None:
        note("No event was taken in yet. See `newsletter events pull` and `newsletter events ingest`.")
    else:
        say(f"{'newest':18} {counts.newest:%Y-%m-%d %H:%M:%S} UTC")
    if counts.foreign:
        say(f"{plural(counts.foreign, 'event')} about messages that are not in this ledger")
    for each in aside[:SHOWN]:
        say(f"unreadable  {each.sha256[:12]}  {each.source}: {each.reason}")
    if len(aside) > SHOWN:
        note(f"and {len(aside) - SHOWN:,} more; `newsletter events status --json` shows all")


def say_taken(taken: Any, *, as_json: bool) -> None:
    """Print what events changed, and what a person should know of."""
    if as_json:
        say_json(asdict(taken))
    else:
        kinds = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in sorted(taken.new.items()))
        say(f"{plural(sum(taken.new.values()), 'new event')}" + (f": {kinds}" if kinds else ""))
        for words, number in (
            ("known before", taken.known),
            ("about messages that are not in this ledger", taken.foreign),
            ("unknown deliveries settled", taken.settled),
            ("addresses suppressed", taken.suppressed),
        ):
            if number:
                say(f"  {number:>9,} {words}")
    if taken.unattributed:
        note(f"warning: {plural(taken.unattributed, 'complaint')} without a name to it: nobody was suppressed")
    for email in taken.twice:
        note(f"warning: {email or 'somebody since forgotten'} probably received it twice: the first copy had arrived")
    for code, number in taken.refusals.most_common():
        note(f"ALARM: {plural(number, 'message')} refused with {code} because of our domain, nobody was suppressed")
    if taken.refusals:
        note("  See docs/feedback.md for what the codes mean; `newsletter mailing list` says what is still being sent.")
    if taken.unreadable:
        note(f"warning: {plural(taken.unreadable, 'event')} could not be read; see `newsletter events status`")
