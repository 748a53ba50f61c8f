"""Undo and redo of files, refused wherever it could lose something."""

from pathlib import Path

import pytest

from newsletter.errors import ConflictError, ContentError
from newsletter.studio.journal import DEEPEST, Journal, contents


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "issues/x/issue.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    return path


def write(journal: Journal, path: Path, data: bytes, label: str = "Edit") -> None:
    before = contents(journal.root, [path])
    path.write_bytes(data)
    journal.record(label, before, contents(journal.root, [path]))


def test_a_change_is_taken_back_and_made_again(tmp_path: Path, file: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, file, b"two")
    file.chmod(0o640)
    assert journal.undo() == "Edit"
    assert file.read_bytes() == b"one"
    assert file.stat().st_mode & 0o777 == 0o640
    assert journal.redo() == "Edit"
    assert file.read_bytes() == b"two"


def test_what_changed_nothing_is_no_change(tmp_path: Path, file: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, file, b"one")
    with pytest.raises(ConflictError) as caught:
        journal.undo()
    assert caught.value.what == "there is nothing to undo"


def test_savings_of_one_text_are_taken_back_together_and_others_apart(tmp_path: Path, file: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, file, b"two", "Edit title")
    write(journal, file, b"three", "Edit title")
    write(journal, file, b"four", "Edit body")
    journal.undo()
    assert file.read_bytes() == b"three"
    journal.undo()
    assert file.read_bytes() == b"one"
    assert journal.done == []


def test_a_file_that_changed_since_is_left(tmp_path: Path, file: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, file, b"two")
    file.write_bytes(b"by hand")
    with pytest.raises(ConflictError) as caught:
        journal.undo()
    assert caught.value.place is not None
    assert caught.value.place.file == "issues/x/issue.md"
    assert file.read_bytes() == b"by hand"
    file.write_bytes(b"two")
    assert journal.undo() == "Edit"


def test_a_new_change_ends_what_could_be_done_again(tmp_path: Path, file: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, file, b"two")
    journal.undo()
    write(journal, file, b"three", "Other")
    with pytest.raises(ConflictError) as caught:
        journal.redo()
    assert caught.value.what == "there is nothing to do again"


def test_only_so_many_changes_are_kept(tmp_path: Path, file: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(DEEPEST + 5):
        write(journal, file, b"%d" % number, f"Edit {number}")
    assert len(journal.done) == DEEPEST
    assert journal.done[0].label == "Edit 5"


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "secret").write_text("x")
    with pytest.raises(ContentError, match="leads out of the project"):
        contents(tmp_path / "project", [tmp_path / "project/../secret"])
