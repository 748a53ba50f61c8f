"""Looking into everything: order, what is left out, what hangs, and the answer at the end."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from newsletter.doctor.answer import answer, exit_code, ready
from newsletter.doctor.base import Diagnosis, Topic, Verdict, duration, failure, passed, skipped, unknown, warning
from newsletter.doctor.items.bulk import judge
from newsletter.doctor.patient import Item, Patient
from newsletter.doctor.registry import ITEMS, Report, examine
from newsletter.errors import ExaminationError, UsageError

PatientOf = Callable[..., Patient]


def item(run: Callable[[Patient], Diagnosis], **changes: Any) -> Item:
    return replace(Item(id="D999", topic=Topic.MACHINE, title="a thing", source="here", run=run), **changes)


def test_every_item_has_an_id_of_its_own_a_title_and_a_source() -> None:
    assert len({each.id for each in ITEMS}) == len(ITEMS)
    assert all(re.fullmatch(r"D[1-9]\d\d", each.id) for each in ITEMS)
    assert all(each.title and each.source for each in ITEMS)
    assert [each.id for each in ITEMS] == sorted(each.id for each in ITEMS)


def test_an_item_of_another_transport_or_of_the_network_is_left_out(patient_of: PatientOf) -> None:
    found = examine(patient_of(people=0, options={"transport": "outbox", "offline": True}))
    messages = {report.item.id: report.diagnosis.message for report in found}
    assert messages["D301"] == "the transport is outbox"
    assert messages["D201"].startswith("there is no database yet")
    found = examine(patient_of(people=0, options={"offline": True}))
    assert {report.diagnosis for report in found if report.item.network and report.item.topic is not Topic.LIVE} == {
        skipped("--offline"),
        skipped("the transport is ses"),
    }


def test_an_item_that_hangs_ends_and_those_that_need_the_same_do_not_wait(patient_of: PatientOf) -> None:
    patient = patient_of(people=0)
    held = threading.Event()
    patient.people._ask = lambda: held.wait(20)  # type: ignore[assignment,return-value]

    def ask(it: Patient) -> Diagnosis:
        it.people()
        return passed("fine")

    reports = examine(patient, items=[item(ask, seconds=0.2), item(ask, seconds=5)])
    held.set()
    assert reports[0].diagnosis == unknown("no answer within 0.2 s", "Look at what it asks; see docs/doctor.md.")
    assert reports[1].diagnosis == unknown("an answer was still being waited for", "See the first item of this kind.")


def test_the_same_trouble_is_told_once(patient_of: PatientOf) -> None:
    trouble = ExaminationError("the line is dead", remedy="Call somebody.")

    def ask(_: Patient) -> Diagnosis:
        raise trouble

    reports = examine(patient_of(people=0), items=[item(ask, id="D991"), item(ask, id="D992")])
    assert [report.diagnosis for report in reports] == [
        unknown("the line is dead", "Call somebody."),
        skipped("see D991"),
    ]


def test_a_file_that_cannot_be_seen_is_unknown_and_a_mistake_of_ours_is_not_hidden(patient_of: PatientOf) -> None:
    def denied(_: Patient) -> Diagnosis:
        raise PermissionError(13, "Permission denied", "secret")

    def wrong(_: Patient) -> Diagnosis:
        raise KeyError("x")

    reports = examine(patient_of(people=0), items=[item(denied)])
    assert reports[0].diagnosis == unknown(
        "this machine does not let it be seen: [Errno 13] Permission denied: 'secret'",
        "Check the rights of the project's folder.",
    )
    with pytest.raises(KeyError):
        examine(patient_of(people=0), items=[item(wrong)])


def test_a_list_that_does_not_exist_is_refused_at_once(patient_of: PatientOf) -> None:
    with pytest.raises(UsageError, match="there is no list `other`"):
        examine(patient_of(options={"list_name": "other"}))
    with pytest.raises(UsageError, match="there is no list yet"):
        examine(patient_of(people=0, options={"list_name": "other"}))


def reports_of(*diagnoses: Diagnosis, **changes: Any) -> list[Report]:
    return [Report(item=item(lambda _: passed(""), **changes), diagnosis=each) for each in diagnoses]


GOOD, LOOK, BAD, DOUBT, LEFT = passed("a"), warning("b", "c"), failure("d", "e"), unknown("f", "g"), skipped("h")


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((GOOD, LEFT), 0),
        ((GOOD, LOOK), 3),
        ((GOOD, DOUBT), 3),
        ((LOOK, DOUBT, BAD), 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst(found: tuple[Diagnosis, ...], code: int) -> None:
    assert exit_code(reports_of(*found)) == code


def test_the_answer_says_whether_to_whom_and_how_long(aws: Any, ses: Any, patient_of: PatientOf) -> None:
    patient = patient_of(people=204, endpoint=ses.url)
    assert answer(reports_of(GOOD), patient) == "This machine can send to the list weekly (204 people) in about 15 s."
    assert answer(reports_of(GOOD, LOOK), patient) == (
        "This machine can send to the list weekly (204 people) in about 15 s. 1 thing should be looked at."
    )
    assert answer(reports_of(BAD, BAD, LOOK), patient) == "No: 2 things must be mended first."
    assert answer(reports_of(DOUBT, LOOK), patient) == (
        "Not known whether this machine can send to the list weekly (204 people): 1 thing could not be found out."
    )
    assert [ready(reports_of(each), patient) for each in (GOOD, LOOK, BAD, DOUBT)] == [True, True, False, None]


def test_what_only_repeats_others_is_not_counted(aws: Any, ses: Any, patient_of: PatientOf) -> None:
    found = [*reports_of(BAD), *reports_of(BAD, derived=True)]
    assert answer(found, patient_of(endpoint=ses.url)) == "No: 1 thing must be mended first."


def test_the_answer_without_people_without_network_and_for_the_outbox(patient_of: PatientOf) -> None:
    assert answer(reports_of(GOOD), patient_of(people=0)) == (
        "Nothing stands in the way, but there is nobody to send to yet."
    )
    offline = patient_of(people=1, options={"offline": True})
    assert answer(reports_of(GOOD), offline) == (
        "Nothing on this machine stands in the way of sending to the list weekly (1 person); the network was not asked."
    )
    assert ready(reports_of(GOOD), offline) is None
    outbox = patient_of(people=2, options={"transport": "outbox"})
    assert answer(reports_of(GOOD), outbox) == (
        "This machine can send the list weekly (2 people) into the outbox, where nobody is mailed."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (15, "15 s"), (780, "13 min"), (7_500, "2 h 5 min"), (7_200, "2 h"), (300_000, "3 days")],
)
def test_a_time_is_written_as_a_person_says_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ((GOOD, GOOD), Verdict.PASS),
        ((GOOD, LOOK), Verdict.WARNING),
        ((DOUBT, LOOK), Verdict.UNKNOWN),
        ((LEFT, BAD), Verdict.FAILURE),
        ((GOOD, LEFT), Verdict.SKIPPED),
    ],
)
def test_a_rule_is_kept_when_everything_that_shows_it_is(
    patient_of: PatientOf, found: tuple[Diagnosis, ...], verdict: Verdict
) -> None:
    patient = patient_of(people=0)
    patient.seen |= {f"D{number}": each for number, each in enumerate(found)}
    judged = judge(patient, ["D0", "D1"], "mail is signed")
    assert judged.verdict is verdict


def test_an_account_domain_and_machine_in_order_pass_every_rule(
    aws: Any, ses: Any, pages: Any, patient_of: PatientOf
) -> None:
    found = {
        report.item.id: report.diagnosis.verdict
        for report in examine(patient_of(endpoint=ses.url, base_url=pages.url))
        if report.item.topic is Topic.BULK
    }
    # the pages are without TLS here
    assert found == {
        "D801": Verdict.PASS,
        "D802": Verdict.PASS,
        "D803": Verdict.SKIPPED,
        "D804": Verdict.PASS,
        "D805": Verdict.FAILURE,
        "D806": Verdict.PASS,
        "D807": Verdict.PASS,
        "D808": Verdict.PASS,
        "D809": Verdict.SKIPPED,
    }


def test_a_sender_at_a_mailbox_provider_breaks_a_rule(patient_of: PatientOf) -> None:
    (own,) = (each for each in ITEMS if each.id == "D807")
    reports = examine(patient_of(sender="weekly@gmail.com"), items=[own])
    assert reports[0].diagnosis == failure(
        "the sender is an address at gmail.com, and mail from there is refused when others send it",
        "Send from an address of your own domain; newsletter.reply_to may be elsewhere.",
    )


def test_progress_hears_every_item(patient_of: PatientOf) -> None:
    heard: list[int] = []
    examine(patient_of(people=0), lambda done, _words: heard.append(done), items=[item(lambda _: GOOD)] * 2)
    assert heard == [0, 1, 2]


def test_the_clock_of_the_caller_is_the_only_one(patient_of: PatientOf) -> None:
    then = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    (zones,) = (each for each in ITEMS if each.id == "D209")
    reports = examine(patient_of(people=0, options={"clock": lambda: then}), items=[zones])
    assert "old tables" in reports[0].diagnosis.message
