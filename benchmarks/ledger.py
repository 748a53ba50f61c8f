"""What the ledger takes of the CPU for each delivery, claimed and recorded, by how many are in one commit.

Run with `python benchmarks/ledger.py [DELIVERIES]`. Every commit is durable (SQLite, WAL, synchronous=FULL); the time
of the disk is no CPU time, and depends on how many deliveries share a commit.
"""

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.merge import NEWSLETTER
from newsletter.models import CompiledIssue, Outcome, OutcomeKind
from newsletter.store.database import Database, open_database
from newsletter.store.importing import NewSubscriber
from newsletter.store.ledger import Ledger, Result
from newsletter.store.mailings import Audience, Mailings
from newsletter.store.subscribers import Subscribers

NOW = dt.datetime(2026, 11, 27, 7, 0, tzinfo=dt.UTC)
IN_A_COMMIT = (1, 2, 4, 16, 64)


def frozen(database: Database, count: int) -> int:
    """Freeze a mailing to so many people; return its number."""
    people = Subscribers(database)
    people.ensure_list("weekly", NOW)
    rows = [NewSubscriber(line=n, email=f"reader{n}@example.com", name=f"Zoë Reader {n}") for n in range(count)]
    people.take(rows, list_name="weekly", consent_source="", now=NOW, write=True)
    audience = Audience(issue="clouds", lists=("weekly",), transport="ses", reaches_people=True)
    compiled = CompiledIssue(slug="clouds", subject="", preheader="", html="", text="", sha256="")
    mailings = Mailings(database)
    number = mailings.freeze(audience, compiled, NEWSLETTER, NOW)[0].id
    mailings.start(number, NOW)
    return number


def send(database: Database, mailing: int, group: int) -> tuple[int, float, float]:
    """Claim and record everything, `group` deliveries a commit; return how many, CPU and wall seconds."""
    ledger = Ledger(database, mailing, worker="bench")
    cpu, wall, done = time.process_time(), time.perf_counter(), 0
    claims = ledger.step([], claim=group, now=NOW)
    while claims:
        done += len(claims)
        results = [
            Result(
                attempt_id=claim.attempt_id,
                outcome=Outcome(kind=OutcomeKind.ACCEPTED, message_id=f"m-{claim.attempt_id}"),
                not_before=NOW,
            )
            for claim in claims
        ]
        claims = ledger.step(results, claim=group, now=NOW)
    return done, time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    """Measure every size of a commit with a database of its own."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    print(f"{'in one commit':>14}{'deliveries':>12}{'CPU each':>12}{'wall each':>12}")
    for group in IN_A_COMMIT:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_database("sqlite:///bench.db", root=Path(folder)) as database,
        ):
            done, cpu, wall = send(database, frozen(database, count), group)
        print(f"{group:>14}{done:>12,}{cpu / done * 1e6:>9,.0f} µs{wall / done * 1e6:>9,.0f} µs", flush=True)


if __name__ == "__main__":
    main()
