"""The keys that sign unsubscribe and preference links: one file, made once, never made again by itself."""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter.errors import MessageError, StoreError
from newsletter.message.tokens import TokenKeys
from newsletter.models import Place

FILE_NAME = "keys.json"
KEY_BYTES = 32
_REMEDY = (
    "Put it back from a backup. New keys would end the unsubscribe links of every mail sent so far; "
    "only if none was ever sent, delete the file."
)


def load_keys(state_dir: Path, *, may_create: bool, keep: bool = True) -> TokenKeys:
    """Read `keys.json`, or make it when there is none and `may_create`: the caller knows whether mail went out before.

    Without `keep` new keys are made up and not written, for what is looked at and not sent.

    Raises StoreError when the file is missing, damaged or cannot be read: made anew, it would end every old link.
    """
    file = state_dir / FILE_NAME
    if may_create and not file.exists():
        if not keep:
            return TokenKeys(current="k1", keys={"k1": secrets.token_bytes(KEY_BYTES)})
        _create(file)
    try:
        return _parse(json.loads(file.read_text(encoding="ascii")))
    except FileNotFoundError as exc:
        raise StoreError(
            "the keys of the unsubscribe links are gone", place=Place(file=str(file)), remedy=_REMEDY
        ) from exc
    except (OSError, ValueError, KeyError, TypeError, AttributeError, MessageError, binascii.Error) as exc:
        reason = exc.what if isinstance(exc, MessageError) else (getattr(exc, "strerror", None) or "it is damaged")
        raise StoreError(
            f"the keys of the unsubscribe links cannot be read: {reason}", place=Place(file=str(file)), remedy=_REMEDY
        ) from exc


def _parse(value: Mapping[str, Any]) -> TokenKeys:
    keys = {key_id: base64.b64decode(text, validate=True) for key_id, text in value["keys"].items()}
    return TokenKeys(current=value["current"], keys=keys)


def _create(file: Path) -> None:
    """Write the file whole and durably under another name, then give it its name unless another process was first."""
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
    temporary = file.with_name(f".{FILE_NAME}.{secrets.token_hex(8)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as out:
                json.dump({"current": "k1", "keys": {"k1": key}}, out)
                out.flush()
                os.fsync(out.fileno())
            try:
                os.link(temporary, file)
            except FileExistsError:
                return
            folder = os.open(file.parent, os.O_RDONLY | os.O_CLOEXEC)
            os.fsync(folder)
            os.close(folder)
        finally:
            temporary.unlink()
    except OSError as exc:
        raise StoreError(
            f"the keys of the unsubscribe links cannot be written: {exc.strerror}",
            place=Place(file=str(file)),
            remedy="Check the rights of the folder and the free space.",
        ) from exc
