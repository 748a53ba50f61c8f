"""Every way in which a call of SES can end, before and after the message was accepted: row, mailing and exit code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.config import DeliverySettings, SesSettings
from newsletter.delivery.mailing import exit_code, send_mailing
from newsletter.delivery.stop import StopSignal
from newsletter.message.tokens import TokenKeys
from newsletter.models import DeliveryState, MailingState, MailingSummary
from newsletter.rehearsal.audit import audit
from newsletter.rehearsal.faults import ACCEPTS, Fault, parse_faults
from newsletter.rehearsal.standin import SesStandIn, StandInSettings
from newsletter.rehearsal.truth import read_truth
from newsletter.store.database import Database
from newsletter.store.mailings import Mailings
from newsletter.transports.ses import SesTransport

KEYS = TokenKeys(current="k1", keys={"k1": b"k" * 32})
SENT, FAILED, UNKNOWN, PENDING = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.PENDING,
)
FINISHED, PAUSED = MailingState.FINISHED, MailingState.PAUSED
# what becomes of the second of three people, whose call goes wrong, of the mailing, and the exit code of `send`
TABLE = {
    Fault.THROTTLE: (SENT, FINISHED, 0),
    Fault.SLOW: (SENT, FINISHED, 0),
    Fault.QUOTA: (PENDING, PAUSED, 4),
    Fault.PAUSED: (PENDING, PAUSED, 4),
    Fault.SUSPENDED: (PENDING, PAUSED, 4),
    Fault.UNVERIFIED: (PENDING, PAUSED, 4),
    Fault.MAIL_FROM: (PENDING, PAUSED, 4),
    Fault.NOT_FOUND: (PENDING, PAUSED, 4),
    Fault.FORBIDDEN: (PENDING, PAUSED, 4),
    Fault.EXPIRED: (PENDING, PAUSED, 4),
    Fault.CLOCK: (PENDING, PAUSED, 4),
    Fault.REJECTED: (FAILED, FINISHED, 3),
    Fault.BAD_ADDRESS: (FAILED, FINISHED, 3),
    Fault.ERROR: (UNKNOWN, FINISHED, 3),
    Fault.ERROR_AFTER: (UNKNOWN, FINISHED, 3),
    Fault.UNAVAILABLE: (UNKNOWN, FINISHED, 3),
    Fault.HANG_BEFORE: (UNKNOWN, FINISHED, 3),
    Fault.HANG_AFTER: (UNKNOWN, FINISHED, 3),
    Fault.RESET_BEFORE: (UNKNOWN, FINISHED, 3),
    Fault.RESET_AFTER: (UNKNOWN, FINISHED, 3),
    Fault.TRUNCATED: (UNKNOWN, FINISHED, 3),
    Fault.NO_ID: (UNKNOWN, FINISHED, 3),
    Fault.FOREIGN: (UNKNOWN, FINISHED, 3),
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_MAX_ATTEMPTS", "5")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setattr("newsletter.delivery.engine.BACKOFF_SECONDS", 0.001)


def test_the_table_has_every_fault() -> None:
    assert set(TABLE) == set(Fault)


@pytest.mark.parametrize("posted_by", ["lean", "client"])
@pytest.mark.parametrize("fault", list(TABLE))
def test_a_call_that_goes_wrong_ends_as_the_table_says(
    fault: Fault,
    posted_by: str,
    tmp_path: Path,
    database: Database,
    join: Callable[..., None],
    freeze: Callable[[], MailingSummary],
    ear: Any,
) -> None:
    join("anna", "ben", "cleo")
    mailing = freeze()
    log = tmp_path / "truth.jsonl"
    settings = StandInSettings(log=log, faults=parse_faults(f"{fault}@2"), hang=0.05, slow=0.05, secret="secret")
    with SesStandIn(settings) as standin:
        transport = SesTransport(SesSettings(endpoint_url=standin.url, region="us-east-1"), concurrency=1)
        if posted_by == "client":
            transport._lean = None
        sent = send_mailing(
            mailing,
            database=database,
            keys=KEYS,
            transport=transport,
            settings=DeliverySettings(concurrency=1),
            reporter=ear,
            stop=StopSignal(),
        )
        transport.close()
        calls = standin.calls
    state, mailing_state, code = TABLE[fault]
    rows = {row.email.partition("@")[0]: row for row in Mailings(database).deliveries(mailing.id)}
    assert (rows["anna"].state, rows["ben"].state) == (SENT, state)
    assert rows["cleo"].state is (SENT if mailing_state is FINISHED else PENDING)
    assert (sent.mailing.state, exit_code(sent.mailing)) == (mailing_state, code)
    assert bool(sent.end.remedy) == (mailing_state is PAUSED)
    truth = read_truth(log)
    times = [each.recipient for each in truth.accepted].count("ben@example.org")
    assert times == (1 if state is SENT or fault in ACCEPTS else 0)
    # one call an attempt: only what surely was not accepted is called for again
    assert calls == {PAUSED: 2, FINISHED: 4 if fault is Fault.THROTTLE else 3}[mailing_state]
    if mailing_state is FINISHED:
        account = audit([row.email for row in rows.values()], rows.values(), truth, lost_in_flight=0)
        assert account.problems == {}
