"""`newsletter rehearse`: the night before, the whole send against a stand-in of SES that fails on purpose."""

import os
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli.output import note, say


def rehearse(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The issue's name.")],
    subscribers: Annotated[
        int, typer.Option("--subscribers", "-n", min=1, metavar="N", help="Made-up readers at example.com.")
    ] = 1_000,
    list_name: Annotated[
        str | None, typer.Option("--list", "-l", metavar="NAME", help="The people of a list in place of made-up ones.")
    ] = None,
    faults: Annotated[
        str,
        typer.Option("--faults", metavar="TEXT", help="2%, throttle=1%, reset-after@7, quota@100-120; with commas."),
    ] = "",
    kills: Annotated[int, typer.Option("--kills", min=0, metavar="N", help="Kill the sender so many times.")] = 0,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=256, metavar="N", help="As configured without.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", min=0.1, metavar="N", help="MaxSendRate of the stand-in; none without.")
    ] = None,
    latency: Annotated[
        float, typer.Option("--latency", min=0, metavar="MS", help="Milliseconds before an answer.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same faults.")] = 0,
) -> None:
    """Rehearse a send: the real command in a copy of the project, against a stand-in of Amazon SES on this machine.

    Nobody is mailed and nothing of the project changes. The send is resumed until it is finished; then its ledger is
    held against what the stand-in truly accepted. Exit code 1 when the account does not add up.

    \b
    newsletter rehearse clouds
    newsletter rehearse clouds --subscribers 20000 --faults 2% --kills 10 --concurrency 8
    """
    import tempfile

    from newsletter.project import Project
    from newsletter.rehearsal.audit import NAMED
    from newsletter.rehearsal.dress import describe
    from newsletter.rehearsal.dress import rehearse as run
    from newsletter.rehearsal.faults import parse_faults
    from newsletter.rehearsal.stage import SECRET_KEY, made_up_people, people_of, seat, set_stage
    from newsletter.rehearsal.standin import SesStandIn, StandInSettings
    from newsletter.store.database import utc_now

    spec = parse_faults(faults)
    project = Project.open(context.obj, os.environ)
    with tempfile.TemporaryDirectory(prefix="newsletter-rehearsal-") as folder:
        stage = Path(folder)
        set_stage(project, issue, stage)
        people = seat(
            people_of(project, list_name) if list_name else made_up_people(subscribers, stage), stage, utc_now()
        )
        log, events = stage / "truth.jsonl", stage / "events.jsonl"
        settings = StandInSettings(
            log=log, events=events, rate=rate, faults=spec, latency=latency / 1000, seed=seed, secret=SECRET_KEY
        )
        with SesStandIn(settings) as standin:
            done = run(
                stage,
                issue,
                people,
                standin,
                log=log,
                events=events,
                environ=os.environ,
                concurrency=concurrency or project.settings.delivery.concurrency,
                kills=kills,
                seed=seed,
                tell=note,
            )
    for line in describe(done):
        say(line)
    for what, emails in done.account.problems.items():
        note(f"error: {what}: {len(emails):,}: {', '.join(emails[:NAMED])}")
    raise typer.Exit(0 if done.account.adds_up else 1)
