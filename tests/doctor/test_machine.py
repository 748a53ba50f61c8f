"""The machine, the database and the mail itself, well and ill."""

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newsletter.doctor.base import Diagnosis, Verdict, failure, passed, warning
from newsletter.doctor.filesystem import mount_of
from newsletter.doctor.items.machine import packages_diagnosis, python_diagnosis, space_needed, zones_diagnosis
from newsletter.doctor.patient import Patient
from newsletter.models import SuppressionReason
from newsletter.project import Project
from newsletter.store.database import open_database
from newsletter.store.schema import HEAD
from newsletter.store.subscribers import Subscribers

PatientOf = Callable[..., Patient]
Look = Callable[[Patient, str], Diagnosis]
MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
filer:/home /home nfs4 rw 0 0
/dev/sdb1 /home/ada/my\\040disk xfs rw 0 0
"""


def database(patient: Patient) -> Path:
    return patient.project.root / ".newsletter" / "newsletter.db"


def change(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_whole_database_of_this_version_passes(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    size = database(patient).stat().st_size / 1024 / 1024
    assert look(patient, "D201") == passed(f"the database is whole ({size:.1f} MB)")
    assert look(patient, "D202") == passed(f"the database is at the revision of this version, {HEAD}")
    assert look(patient, "D204") == passed("only you can read the database and the keys")


def test_looking_makes_no_database(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of(people=0)
    assert look(patient, "D201") == passed("there is no database yet; the first command that needs it makes it")
    assert look(patient, "D202") == passed(f"the first command that needs the database makes it at revision {HEAD}")
    assert not patient.state_dir.exists()


def test_a_file_that_is_no_database_is_a_failure_with_its_place(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    database(patient).write_bytes(b"nothing of the kind" * 400)
    assert look(patient, "D201") == failure(
        f"{database(patient)}: this file is no SQLite database",
        "Check `store.url` in newsletter.toml, or put the right file back from a backup.",
    )


@pytest.mark.parametrize(
    ("revision", "verdict", "message"),
    [
        ("0000", Verdict.WARNING, f"the database is at revision 0000, and this version needs {HEAD}"),
        ("9999", Verdict.FAILURE, f"the database is at revision 9999, and this version knows {HEAD}"),
    ],
)
def test_a_database_of_another_version_is_named_and_not_migrated(
    patient_of: PatientOf, look: Look, revision: str, verdict: Verdict, message: str
) -> None:
    patient = patient_of()
    change(database(patient), f"UPDATE alembic_version SET version_num = '{revision}'")
    found = look(patient, "D202")
    assert (found.verdict, found.message) == (verdict, message)
    assert look(patient, "D103").message == f"the database is at revision {revision}, and this code needs {HEAD}"


def test_keys_that_are_gone_after_mail_went_out_are_a_failure(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    assert look(patient, "D203") == passed("there are no keys of unsubscribe links yet; the first send makes them")
    patient.people = lambda: SimpleNamespace(chosen=None, reached_people=True)  # type: ignore[assignment]
    assert look(patient, "D203") == failure(
        "the keys of the unsubscribe links are gone, and mail that carries such links is out",
        "Put .newsletter/keys.json back from a backup.",
    )


def test_damaged_keys_are_a_failure(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    patient.keys_file.write_text("{}")
    found = look(patient, "D203")
    assert found.verdict is Verdict.FAILURE
    assert found.message.endswith("the keys of the unsubscribe links cannot be read: it is damaged")


def test_files_that_others_can_read_are_named_with_the_command(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    database(patient).chmod(0o644)
    patient.keys_file.write_text("{}")
    patient.keys_file.chmod(0o640)
    assert look(patient, "D204") == warning(
        "others on this machine may read .newsletter/newsletter.db (0644), .newsletter/keys.json (0640)",
        "Run: chmod go= .newsletter/newsletter.db && chmod go= .newsletter/keys.json",
    )


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/srv/news", ("/", "ext4")),
        ("/home/ben/news", ("/home", "nfs4")),
        ("/home/ada/my disk/news", ("/home/ada/my disk", "xfs")),
        ("/homeless", ("/", "ext4")),
    ],
)
def test_a_folder_is_on_the_nearest_mount(folder: str, expected: tuple[str, str]) -> None:
    assert mount_of(Path(folder), MOUNTS) == expected


def test_a_database_on_a_network_file_system_is_a_failure(patient_of: PatientOf, look: Look) -> None:
    found = look(patient_of(options={"mounts": "filer:/ / nfs4 rw 0 0\n"}), "D205")
    assert found == failure(
        "the database is on /, a network file system (nfs4), where it can be damaged",
        "Set store.url in newsletter.toml to a folder on a disk of this machine.",
    )
    assert look(patient_of(options={"mounts": MOUNTS.replace("/home", "/x")}), "D205") == passed(
        "the database is on a file system of this machine (ext4)"
    )
    assert look(patient_of(options={"mounts": ""}), "D205").verdict is Verdict.WARNING


def test_the_outbox_needs_room_for_every_message(
    patient_of: PatientOf, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert space_needed(1_000, 40_000, kept=True) - space_needed(1_000, 40_000, kept=False) == 40_000_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10 * 1024 * 1024))
    assert look(patient_of(options={"transport": "outbox"}), "D206") == failure(
        "10 MB are free, and a send needs 64 MB at most", "Make room on the disk of the project."
    )


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 10, 14), Verdict.FAILURE),
        ((3, 11, 9), Verdict.WARNING),
        ((3, 11, 10), Verdict.PASS),
        ((3, 12, 4), Verdict.WARNING),
        ((3, 13, 0), Verdict.PASS),
    ],
)
def test_a_python_with_the_known_fault_is_a_warning(version: tuple[int, int, int], verdict: Verdict) -> None:
    assert python_diagnosis(version).verdict is verdict


def test_packages_that_are_not_as_required_are_named() -> None:
    assert packages_diagnosis(["premailer==3.10.0", "no-such-thing>=1", 'x>=1; extra == "postgres"']) == failure(
        "no-such-thing is missing", "Install newsletter again: pip install --upgrade newsletter."
    )
    assert packages_diagnosis(["premailer==1.0"]).message == "premailer is 3.10.0, and ==1.0 is needed"
    assert packages_diagnosis(["premailer==3.10.0", "rich>=1"]) == passed(
        "2 packages as required, premailer 3.10.0 as pinned"
    )


@pytest.mark.parametrize(
    ("zone", "release", "verdict"),
    [
        ("Europe/Berlin", ("2026a", "of this system"), Verdict.PASS),
        ("Europe/Berlin", ("2022g", "of this system"), Verdict.WARNING),
        ("Europe/Berlin", ("", "of this system"), Verdict.WARNING),
        ("Europe/Nowhere", ("2026a", "of this system"), Verdict.FAILURE),
    ],
)
def test_time_zone_tables_are_judged_by_their_age(zone: str, release: tuple[str, str], verdict: Verdict) -> None:
    assert zones_diagnosis(zone, release, 2026).verdict is verdict


@pytest.mark.parametrize("number", ["D207", "D208", "D209"])
def test_this_machine_gives_an_answer(patient_of: PatientOf, look: Look, number: str) -> None:
    assert look(patient_of(people=0), number).verdict in {Verdict.PASS, Verdict.WARNING, Verdict.SKIPPED}


def test_a_sender_that_nobody_can_have_is_a_failure(patient_of: PatientOf, look: Look) -> None:
    assert look(patient_of(), "D101") == passed("mail comes from The Weekly <news@weekly.com>")
    assert look(patient_of(sender="news@example.com"), "D101") == failure(
        "the sender news@example.com is of a domain that nobody can have (RFC 2606)",
        "Set newsletter.sender in newsletter.toml to an address of your own domain.",
    )
    assert look(patient_of(sender=""), "D101").message == "the newsletter has no sender"


def test_the_list_is_counted_without_those_who_may_not_be_mailed(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    assert look(patient, "D103") == passed("weekly has 3 people to mail")
    now = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    with open_database("sqlite:///.newsletter/newsletter.db", root=patient.project.root) as opened:
        people = Subscribers(opened)
        people.suppress("r0@example.org", SuppressionReason.BOUNCE, note="", now=now)
        again = Patient(patient.project, transport="ses", clock=lambda: now)
        assert look(again, "D103") == passed("weekly has 2 people to mail, and 1 suppressed")
        for number in range(1, 3):
            people.suppress(f"r{number}@example.org", SuppressionReason.COMPLAINT, note="", now=now)
    again = Patient(patient.project, transport="ses", clock=lambda: now)
    assert look(again, "D103") == failure(
        "weekly has 0 people to mail: 3 suppressed", "See newsletter subscriber list."
    )


def test_no_list_is_a_warning(patient_of: PatientOf, look: Look) -> None:
    assert look(patient_of(people=0), "D103") == warning(
        "there is no list yet", "Import people: newsletter subscriber import FILE --list NAME."
    )


def test_the_template_is_compiled_with_every_layout(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    assert look(patient, "D104").message.startswith("the template weekly makes a mail of ")
    assert look(patient, "D806") == passed("every mail has an unsubscribe link to see")


def test_a_template_that_does_not_compile_is_a_failure_with_its_line(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    (patient.project.root / "templates" / "weekly" / "email.mjml").write_text("<mjml>\n<mj-bodyy></mj-bodyy></mjml>")
    found = look(patient, "D104")
    assert found.verdict is Verdict.FAILURE
    assert found.message.startswith("templates/weekly/email.mjml:2")


def test_a_template_without_an_unsubscribe_link_breaks_a_rule(patient_of: PatientOf, look: Look) -> None:
    patient = patient_of()
    text = patient.project.root / "templates" / "_shared" / "text.txt"
    text.write_text(text.read_text().replace("[[ unsubscribe_url ]]", "by letter"))
    assert look(patient, "D806").message == "the text part of the template has no unsubscribe link"


def test_an_smtp_server_is_asked_without_a_message(project_of: Any, names: Any, look: Look, closed_port: int) -> None:
    def patient(port: int) -> Patient:
        environ = {
            "NEWSLETTER_TRANSPORTS__SMTP__HOST": "127.0.0.1",
            "NEWSLETTER_TRANSPORTS__SMTP__PORT": str(port),
            "NEWSLETTER_TRANSPORTS__SMTP__SECURITY": "none",
        }
        project = Project.open(project_of(), environ)
        return Patient(project, transport="smtp", clock=lambda: dt.datetime.now(dt.UTC), names=names)

    controller = Controller(object(), hostname="127.0.0.1", port=closed_port)
    controller.start()
    try:
        assert look(patient(closed_port), "D105") == passed(f"the SMTP server 127.0.0.1:{closed_port} answers")
    finally:
        controller.stop()
    found = look(patient(closed_port), "D105")
    assert found == failure(
        f"the SMTP server 127.0.0.1:{closed_port} cannot be used: [Errno 111] Connection refused",
        "Check [transports.smtp] in newsletter.toml, NEWSLETTER_SMTP_PASSWORD and the network.",
    )
