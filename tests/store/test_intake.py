import datetime as dt
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import IngestError, UsageError
from newsletter.models import SuppressionReason
from newsletter.store.intake import ImportReport, NotTaken, detect_encoding, import_file
from newsletter.store.subscribers import Subscribers

Take = Callable[..., ImportReport]

CSV = """email,name,city
anna@EXAMPLE.org,"Bäcker, Anna",Köln
ben@example.org,Ben,
ANNA@example.org,Anna again,Bonn
no-address,Nobody,
jösé@example.org,José,
"""


@pytest.fixture
def take(people: Subscribers, tmp_path: Path, now: dt.datetime) -> Take:
    def take(text: str | bytes, **options: Any) -> ImportReport:
        file = tmp_path / "people.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        given: dict[str, Any] = {
            "list_name": "weekly",
            "consent_source": "fair",
            "report": tmp_path / "report.csv",
            "now": now,
        }
        return import_file(people, file, **{**given, **options})

    return take


def test_every_row_is_counted_once_and_those_not_taken_are_named(take: Take, tmp_path: Path) -> None:
    report = take(CSV)
    assert report.counts == {"added": 2, "duplicate": 1, "refused": 2}
    assert (report.rows, report.on_list, report.new_list, report.encoding) == (5, 2, True, "utf-8-sig")
    assert report.first[0] == NotTaken(
        line=4, value="ANNA@example.org", outcome="duplicate", reason="the same address as in line 2"
    )
    lines = (tmp_path / "report.csv").read_text().splitlines()
    assert lines[:2] == ["line,value,outcome,reason", "4,ANNA@example.org,duplicate,the same address as in line 2"]
    assert len(lines) == 4
    assert stat.S_IMODE((tmp_path / "report.csv").stat().st_mode) == 0o600


def test_the_second_time_nothing_changes(take: Take) -> None:
    take(CSV)
    report = take(CSV)
    assert report.counts == {"unchanged": 2, "duplicate": 1, "refused": 2}
    assert not report.new_list


def test_new_data_updates_and_an_empty_cell_erases_nothing(take: Take, people: Subscribers) -> None:
    take("email,name,city\nanna@example.org,Anna,Köln\n")
    assert take("email,name,city,job\nanna@example.org,,Bonn,\n").counts == {"updated": 1}
    subscriber = people.find("anna@example.org").subscriber
    assert (subscriber.name, subscriber.attributes) == ("Anna", {"city": "Bonn", "job": ""})


def test_a_known_person_joins_a_second_list(take: Take, people: Subscribers) -> None:
    take("email\nanna@example.org\n")
    assert take("email\nanna@example.org\n", list_name="press").counts == {"joined": 1}
    assert people.find("anna@example.org").subscriber.lists == ("press", "weekly")


def test_who_left_or_is_suppressed_is_kept_out(take: Take, people: Subscribers, now: dt.datetime) -> None:
    take("email\na@example.org\nb@example.org\nc@example.org\n")
    people.unsubscribe("a@example.org", list_name=None, now=now)
    people.unsubscribe("b@example.org", list_name="weekly", now=now)
    people.suppress("d@example.org", SuppressionReason.COMPLAINT, note="", now=now)
    people.remove("a@example.org")
    report = take("email\nA@example.org\nb@example.org\nc@example.org\nd@example.org\n")
    assert report.counts == {"unsubscribed": 2, "suppressed": 1, "unchanged": 1}
    assert [row.reason for row in report.first] == [
        "unsubscribed, kept out",
        "unsubscribed, kept out",
        "suppressed, kept out",
    ]


def test_a_dry_run_tells_and_changes_nothing(take: Take, people: Subscribers) -> None:
    assert take(CSV, dry_run=True).counts == {"added": 2, "duplicate": 1, "refused": 2}
    assert people.lists() == ()
    assert list(people.stream()) == []


def test_more_rows_than_a_batch_and_progress_that_ends_at_the_whole(take: Take, people: Subscribers) -> None:
    heard: list[tuple[int, int]] = []
    text = "email\n" + "".join(f"p{number}@example.org\n" for number in range(12_500))
    assert take(text, progress=lambda done, total: heard.append((done, total))).counts == {"added": 12_500}
    assert len(heard) == 3
    assert heard[-1] == (len(text), len(text))
    assert people.lists()[0].subscribers == 12_500


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("email,name\na@example.org,Zoë\n".encode("utf-8-sig"), "utf-8-sig"),
        ("email,name\na@example.org,Zoë\n".encode("cp1252"), "cp1252"),
        ("email,name\na@example.org,Zoë\n".encode("utf-16"), "utf-16"),
    ],
)
def test_encodings_are_recognised_and_told(take: Take, people: Subscribers, data: bytes, encoding: str) -> None:
    assert take(data).encoding == encoding
    assert people.find("a@example.org").subscriber.name == "Zoë"


def test_a_formula_in_the_report_is_made_harmless(take: Take, tmp_path: Path) -> None:
    take("email\n=cmd|' /C calc'!A0\na@example.org\n")
    assert "\n2,'=cmd|" in (tmp_path / "report.csv").read_text()


def test_a_file_without_people_or_that_is_not_there_is_an_error(
    take: Take, people: Subscribers, tmp_path: Path
) -> None:
    with pytest.raises(IngestError, match="no row below the headings"):
        take("email\n")
    with pytest.raises(IngestError, match="No such file or directory"):
        detect_encoding(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="cannot be the name of a list"):
        take(CSV, list_name="Weekly!")
    assert people.lists() == ()


def test_bytes_that_are_no_text_are_an_error(take: Take) -> None:
    with pytest.raises(IngestError, match="neither UTF-8 nor Windows-1252"):
        take(b"email,name\na@example.org,\x81\n")
