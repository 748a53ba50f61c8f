"""Taking in events: a file of JSON lines against bare inserts of the same rows, in one run.

Run with `python benchmarks/events.py [EVENTS]`; two events a message; every hundredth message was unknown before, every
fiftieth bounces. The database is durable (SQLite, WAL, synchronous=FULL), as always. Memory is the growth of the peak.
"""

import datetime as dt
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from newsletter.feedback.intake import ingest
from newsletter.store.database import Database, open_database
from newsletter.store.schema import attempts, deliveries, mailings

NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)


def main() -> None:
    """Measure both."""
    count = int(sys.argv[1]) if sys.argv[1:] else 100_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with open_database("sqlite:///n.db", root=root) as database:
            send(database, count // 2)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            start = time.perf_counter()
            taken = ingest(database, lines(count), "benchmark", soft_bounce_limit=4)
            ours = time.perf_counter() - start
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        bare = inserts(root / "bare.db", count)
    print(f"{count:,} events in {ours:.1f} s: {count / ours:,.0f}/s, memory grew by {grown:.0f} MB")
    print(f"  {taken.settled:,} settled, {taken.suppressed:,} suppressed; a million: {1e6 / count * ours / 60:.1f} min")
    print(f"bare inserts of the same texts: {bare:.1f} s; ours takes {ours / bare:.1f} times as long")


def send(database: Database, people: int) -> None:
    """Write a mailing down as if it had been sent."""
    with database.write() as connection:
        connection.execute(
            insert(mailings).values(
                id=1, issue="clouds", subject="Clouds", sha256="", compiled={}, newsletter={}, transport="ses",
                reaches_people=True, lists=["weekly"], state="finished", reason="", created_at=NOW,
            )
        )  # fmt: skip
        for at in range(0, people, 10_000):
            numbers = range(at, min(at + 10_000, people))
            common = {"mailing_id": 1, "reason": "", "attempt_count": 1, "not_before": NOW, "updated_at": NOW}
            connection.execute(
                insert(deliveries),
                [
                    {
                        **common, "id": n + 1, "email": f"p{n}@example.com", "email_key": f"p{n}@example.com",
                        "state": "sent" if n % 100 else "unknown", "attempt_id": attempt(n), "code": "", "text": "",
                    }
                    for n in numbers
                ],
            )  # fmt: skip
            connection.execute(
                insert(attempts),
                [
                    {
                        "id": attempt(n), "delivery_id": n + 1, "worker": "w", "started_at": NOW, "code": "",
                        "text": "", "outcome": "accepted" if n % 100 else "ambiguous",
                    }
                    for n in numbers
                ],
            )  # fmt: skip


def attempt(number: int) -> str:
    """Return an id as scattered as a real one."""
    return f"{number * 2654435761 % 2**32:08x}{number:024x}"


def lines(count: int) -> Iterator[str]:
    """Yield events as SES writes them."""
    for number in range(count):
        person = number // 2
        email = f"p{person}@example.com"
        mail = {
            "timestamp": "2026-11-27T09:00:00.000Z", "messageId": f"0100018f{person:012x}-000000",
            "source": "news@example.com", "destination": [email],
            "headers": [{"name": "Subject", "value": "Clouds"}], "tags": {"attempt": [attempt(person)]},
        }  # fmt: skip
        event: dict[str, Any]
        if number % 2 == 0:
            event = {"eventType": "Send", "mail": mail, "send": {}}
        elif person % 50:
            told = {"timestamp": "2026-11-27T09:00:03.000Z", "recipients": [email], "smtpResponse": "250 2.6.0 ok"}
            event = {"eventType": "Delivery", "mail": mail, "delivery": told}
        else:
            bounced = [{"emailAddress": email, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 unknown"}]
            bounce = {"bounceType": "Permanent", "timestamp": "2026-11-27T09:00:03.000Z", "bouncedRecipients": bounced}
            event = {"eventType": "Bounce", "mail": mail, "bounce": bounce}
        yield json.dumps(event) + "\n"


def inserts(file: Path, count: int) -> float:
    """Return the seconds that the same texts take as rows of one table, 2,000 a transaction."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE e (id TEXT PRIMARY KEY, body TEXT)")
    start = time.perf_counter()
    batch: list[tuple[str, str]] = []
    for number, line in enumerate(lines(count)):
        batch.append((f"0100018f{number:012x}", line))
        if len(batch) == 2_000 or number == count - 1:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO e VALUES (?, ?)", batch)
            connection.execute("COMMIT")
            batch.clear()
    connection.close()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
