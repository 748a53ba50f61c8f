"""The machine itself: room on the disk, versions, time zones."""

import platform
import shutil
import sys
import zoneinfo
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from newsletter.doctor.base import Diagnosis, Topic, failure, passed, plural, skipped, warning
from newsletter.doctor.patient import Item, Patient
from newsletter.store.inspection import SQLITE_VERSION

LEDGER_BYTES = 2_000
"""Bytes of the database for one delivery, with its attempts and the write-ahead log; a frozen row alone takes 280."""
FLOOR_BYTES = 64 * 1024 * 1024

SAFE_PYTHON = {(3, 11): 10, (3, 12): 5}
"""First patch releases that do not turn an encoded line break of a subject into a header (CVE-2024-6923)."""

TOO_OLD_YEARS = 2


def space_needed(recipients: int, message_bytes: int, *, kept: bool) -> int:
    """Return the bytes that a mailing writes; `kept` when every message stays on this disk, as with the outbox."""
    return FLOOR_BYTES + recipients * (LEDGER_BYTES + (message_bytes if kept else 0))


def _space(it: Patient) -> Diagnosis:
    kept = it.transport == "outbox"
    message_bytes = len(it.sample().message) if kept else 0
    needed = space_needed(it.recipients(), message_bytes, kept=kept)
    free = shutil.disk_usage(it.project.root).free
    words = f"{_size(free)} are free, and a send needs {_size(needed)} at most"
    if free < needed:
        return failure(words, "Make room on the disk of the project.")
    return passed(words)


def _size(octets: int) -> str:
    return f"{octets / 1024**3:,.1f} GB" if octets >= 1024**3 else f"{octets / 1024**2:,.0f} MB"


def _python(_: Patient) -> Diagnosis:
    return python_diagnosis(sys.version_info[:3])


def python_diagnosis(version: tuple[int, int, int]) -> Diagnosis:
    """Say whether a Python is one that newsletter runs on, with the mends its e-mail package needs."""
    shown = ".".join(map(str, version))
    if version < (3, 11, 0):
        return failure(f"Python {shown} is too old", "Install Python 3.11 or newer.")
    if version[2] < SAFE_PYTHON.get(version[:2], 0):
        return warning(
            f"Python {shown} has a known fault in its e-mail package (CVE-2024-6923)",
            f"Install Python {version[0]}.{version[1]}.{SAFE_PYTHON[version[:2]]} or newer; newsletter has a guard.",
        )
    return passed(f"Python {shown} ({platform.system()}), SQLite {SQLITE_VERSION}")


def _packages(_: Patient) -> Diagnosis:
    try:
        requirements = metadata.requires("newsletter") or []
    except metadata.PackageNotFoundError:
        return skipped("newsletter runs from a folder that is not installed, so that nothing says what it needs")
    return packages_diagnosis(requirements)


def packages_diagnosis(requirements: list[str]) -> Diagnosis:
    """Compare what is installed with what is required, like `premailer==3.10.0`; extras are left out."""
    wrong, count, pinned = [], 0, []
    for requirement in map(Requirement, requirements):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        count += 1
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement.name} is {installed}, and {requirement.specifier} is needed")
        elif any(each.operator == "==" for each in requirement.specifier):
            pinned.append(f"{requirement.name} {installed}")
    if wrong:
        return failure("; ".join(wrong), "Install newsletter again: pip install --upgrade newsletter.")
    words = f", {' and '.join(pinned)} as pinned" if pinned else ""
    return passed(f"{plural(count, 'package')} as required{words}")


def _time_zones(it: Patient) -> Diagnosis:
    return zones_diagnosis(it.settings.newsletter.time_zone, _zone_release(), it.now.year)


def zones_diagnosis(zone: str, release: tuple[str, str], year: int) -> Diagnosis:
    """Say whether a zone is known and the tables are of these years; `release` is like ("2026a", "this system")."""
    version, origin = release
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return failure(f"the time zone {zone} is not known here", "Install the package tzdata: pip install tzdata.")
    if not version[:4].isdigit():
        return warning(f"{zone} is known, from tables of an unknown age", "Update the time zones of this system.")
    if int(version[:4]) < year - TOO_OLD_YEARS:
        return warning(
            f"{zone} is known, from old tables: {version}, {origin}", "Update tzdata: pip install -U tzdata."
        )
    return passed(f"{zone} is known, from tables of {version}, {origin}")


def _zone_release() -> tuple[str, str]:
    """Return release and origin of the tables that Python uses: the system's before the package's (PEP 615)."""
    for folder in map(Path, zoneinfo.TZPATH):
        if not (folder / "UTC").exists():
            continue
        for name in ("tzdata.zi", "+VERSION"):
            file = folder / name
            if file.exists():
                with file.open(encoding="ascii", errors="replace") as text:
                    return text.readline().removeprefix("# version ").strip(), "of this system"
        return "", "of this system"
    try:
        return metadata.version("tzdata"), "of the package tzdata"
    except metadata.PackageNotFoundError:
        return "", "missing"


ITEMS = (
    Item(
        id="D206",
        topic=Topic.MACHINE,
        title="there is room on the disk",
        source="about 2 KB a delivery, and with the outbox every message",
        run=_space,
    ),
    Item(
        id="D207",
        topic=Topic.MACHINE,
        title="Python is one that newsletter runs on",
        source="pyproject.toml; CVE-2024-6923",
        run=_python,
    ),
    Item(
        id="D208",
        topic=Topic.MACHINE,
        title="the packages have the versions that are required",
        source="pyproject.toml; mjml-python and premailer are pinned, because what comes out is guarded by version",
        run=_packages,
    ),
    Item(
        id="D209",
        topic=Topic.MACHINE,
        title="the time zone is known, from tables that are not too old",
        source="IANA time zone database, PEP 615",
        run=_time_zones,
    ),
)
