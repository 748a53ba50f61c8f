import stat
import threading
from pathlib import Path

import pytest

from newsletter.errors import StoreError
from newsletter.message.tokens import TokenKeys
from newsletter.store.keys import load_keys


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / ".newsletter"
    keys = load_keys(state, may_create=True)
    assert load_keys(state, may_create=True) == load_keys(state, may_create=False) == keys
    assert [(file.name, stat.S_IMODE(file.stat().st_mode)) for file in state.iterdir()] == [("keys.json", 0o600)]


def test_many_at_once_get_the_same_keys(tmp_path: Path) -> None:
    found: list[TokenKeys] = []
    threads = [threading.Thread(target=lambda: found.append(load_keys(tmp_path, may_create=True))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({keys.keys["k1"] for keys in found}) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": "k1", "keys": {"k1": "short"}}', '{"keys": {"k1": 5}}'])
def test_damaged_keys_are_never_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(StoreError, match="the keys of the unsubscribe links cannot be read"):
        load_keys(tmp_path, may_create=True)
    assert (tmp_path / "keys.json").read_text() == text


def test_lost_keys_are_not_made_again_when_links_are_out_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        load_keys(tmp_path, may_create=False)
    assert error.value.what == "the keys of the unsubscribe links are gone"
