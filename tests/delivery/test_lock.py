"""One sender a mailing, wherever it was started from."""

from pathlib import Path

import pytest

from newsletter.delivery.lock import mailing_lock
from newsletter.errors import SenderBusyError


def test_a_second_sender_is_refused_even_by_another_path_to_the_same_database(tmp_path: Path) -> None:
    database = tmp_path / "one.db"
    database.touch()
    other = tmp_path / "elsewhere"
    other.symlink_to(tmp_path)
    with mailing_lock(database, 7):
        with pytest.raises(SenderBusyError) as error, mailing_lock(other / "one.db", 7):
            pass
        assert str(error.value) == (
            "another process is sending mailing 7\nWait for it, or look: newsletter mailing show 7."
        )
        with mailing_lock(database, 8):
            pass
    with mailing_lock(database, 7):
        pass


def test_a_database_of_its_own_has_locks_of_its_own(tmp_path: Path) -> None:
    for name in ("one.db", "two.db"):
        (tmp_path / name).touch()
    with mailing_lock(tmp_path / "one.db", 7), mailing_lock(tmp_path / "two.db", 7):
        pass
