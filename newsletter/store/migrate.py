"""Running the migrations that travel in the package (Alembic), by themselves at first use."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from newsletter.errors import StoreError
from newsletter.models import Place

SCRIPTS = Path(__file__).parent / "migrations"


def revision_of(connection: Connection) -> str:
    """Return the revision a database is at; "" for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def migrate(connection: Connection, file: str) -> None:
    """Run every migration the database has not seen, inside the caller's transaction.

    Raises StoreError when the database is at a revision this code does not know, or holds someone else's tables.
    """
    # imported here: a database that is up to date, the usual case, needs no Alembic
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    before = revision_of(connection)
    if before and before not in known:
        raise StoreError(
            f"the database was written by a newer version of newsletter (revision {before})",
            place=Place(file=file),
            remedy="Update newsletter on this machine; an older one must not touch it.",
        )
    if not before and inspect(connection).get_table_names():
        raise StoreError(
            "this database holds the tables of another program",
            place=Place(file=file),
            remedy="Give `store.url` in newsletter.toml a file of its own.",
        )
    command.upgrade(config, "head")
