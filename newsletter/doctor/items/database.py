"""The database of people and deliveries, and the keys of the links."""

from newsletter.doctor.base import Diagnosis, Topic, failure, passed, warning
from newsletter.doctor.filesystem import REMOTE, mount_of
from newsletter.doctor.patient import Item, Patient
from newsletter.store.inspection import database_file, loose_files
from newsletter.store.keys import load_keys


def _integrity(it: Patient) -> Diagnosis:
    state = it.database()
    if not state.exists:
        return passed("there is no database yet; the first command that needs it makes it")
    if state.complaints:
        return failure(
            f"the database is damaged: {state.complaints[0]}",
            "Put it back from a backup; `sqlite3 FILE .recover` saves what can be read.",
        )
    return passed(f"the database is whole ({state.size / 1024 / 1024:,.1f} MB)")


def _revision(it: Patient) -> Diagnosis:
    state = it.database()
    if not state.exists:
        return passed(f"the first command that needs the database makes it at revision {state.head}")
    if state.revision == state.head:
        return passed(f"the database is at the revision of this version, {state.head}")
    if state.revision > state.head:
        return failure(
            f"the database is at revision {state.revision}, and this version knows {state.head}",
            "Update newsletter on this machine; an older one must not touch it.",
        )
    return warning(
        f"the database is at revision {state.revision or 'none'}, and this version needs {state.head}",
        "Back the database up, then run newsletter db upgrade; the next send would do it too.",
    )


def _keys(it: Patient) -> Diagnosis:
    if it.keys_file.exists():
        load_keys(it.state_dir, may_create=False)
        return passed("the keys of the unsubscribe links are there")
    if it.people().reached_people:
        return failure(
            "the keys of the unsubscribe links are gone, and mail that carries such links is out",
            f"Put {it.keys_file.relative_to(it.project.root)} back from a backup.",
        )
    return passed("there are no keys of unsubscribe links yet; the first send makes them")


def _modes(it: Patient) -> Diagnosis:
    database = database_file(it.settings.store.url, it.project.root)
    files = (
        it.state_dir,
        database,
        database.with_name(f"{database.name}-wal"),
        database.with_name(f"{database.name}-shm"),
        it.keys_file,
    )
    loose = loose_files(files)
    if loose:
        named = ", ".join(f"{_shown(it, file)} ({mode})" for file, mode in loose)
        commands = " && ".join(f"chmod go= {_shown(it, file)}" for file, _ in loose)
        return warning(f"others on this machine may read {named}", f"Run: {commands}")
    return passed("only you can read the database and the keys")


def _local(it: Patient) -> Diagnosis:
    folder = database_file(it.settings.store.url, it.project.root).parent
    mount = mount_of(folder.resolve(), it.mounts)
    if mount is None:
        return warning(
            "this system does not say which file system the database is on",
            "Make sure that it is a disk of this machine: on a network folder the database can be damaged.",
        )
    point, kind = mount
    if kind in REMOTE:
        return failure(
            f"the database is on {point}, a network file system ({kind}), where it can be damaged",
            "Set store.url in newsletter.toml to a folder on a disk of this machine.",
        )
    return passed(f"the database is on a file system of this machine ({kind})")


def _shown(it: Patient, file: object) -> str:
    return str(file).removeprefix(f"{it.project.root}/")


ITEMS = (
    Item(
        id="D201",
        topic=Topic.MACHINE,
        title="the database is whole",
        source="SQLite, PRAGMA quick_check",
        run=_integrity,
    ),
    Item(
        id="D202",
        topic=Topic.MACHINE,
        title="the database is of this version",
        source="the migrations that travel with newsletter",
        run=_revision,
    ),
    Item(
        id="D203",
        topic=Topic.MACHINE,
        title="the keys of the unsubscribe links are there",
        source="CASL: an unsubscribe link works for at least 60 days",
        run=_keys,
    ),
    Item(
        id="D204",
        topic=Topic.MACHINE,
        title="nobody else can read the database and the keys",
        source="they hold people's addresses: mode 0600, folder 0700",
        run=_modes,
    ),
    Item(
        id="D205",
        topic=Topic.MACHINE,
        title="the database is on a local file system",
        source="sqlite.org/wal.html: WAL does not work over a network file system",
        run=_local,
    ),
)
