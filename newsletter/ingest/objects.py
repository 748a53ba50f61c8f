"""JSON and JSON Lines -> records; one an object."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.errors import IngestError
from newsletter.ingest.fields import field_names, make_record
from newsletter.ingest.taken import Taken
from newsletter.models import Place

_LIST_KEYS = ("items", "articles", "bookmarks", "posts", "entries", "results", "data", "links")
_REMEDY = 'Each record has to be an object, like {"title": "…", "url": "https://…"}.'


def read_objects(text: str, *, file: str, mapping: Mapping[str, str]) -> Iterator[Taken | IngestError]:
    """Yield a record an object, or the error that names it; a list, one object, or one object a line.

    Raises IngestError for a text that is no JSON, and for a list of something else than objects.
    """
    objects = list(_objects(text.removeprefix("\ufeff"), file))
    for number, (value, place) in enumerate(objects, start=1):
        if not isinstance(value, dict):
            raise IngestError(
                f"record {number} is {_kind(value)}, not an object: {json.dumps(value, ensure_ascii=False)[:60]}",
                place=place,
                remedy=_REMEDY,
            )
    known = list(dict.fromkeys(key for value, _ in objects for key in value))
    if not objects:
        raise IngestError("the file has no records", place=Place(file=file), remedy=_REMEDY)
    names = field_names(known, mapping, file)
    for number, (value, place) in enumerate(objects, start=1):
        try:
            yield make_record(value, names, place)
        except IngestError as exc:
            yield IngestError(f"record {number}: {exc.what}", place=exc.place, remedy=exc.remedy)


def _objects(text: str, file: str) -> Iterator[tuple[Any, Place]]:
    try:
        value = json.loads(text)
    except RecursionError as exc:
        raise IngestError("the JSON is nested too deeply", place=Place(file=file), remedy=_REMEDY) from exc
    except ValueError as exc:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(lines) > 1 and lines[0][1].lstrip().startswith("{") and lines[0][1].rstrip().endswith("}"):
            yield from ((_line(line, number, file), Place(file=file, line=number)) for number, line in lines)
            return
        raise _no_json(exc, file, 0) from exc
    if isinstance(value, dict):
        value = next((value[key] for key in _LIST_KEYS if isinstance(value.get(key), list)), [value])
    if not isinstance(value, list):
        raise IngestError(
            f"the file holds {_kind(value)}, not a list of records", place=Place(file=file), remedy=_REMEDY
        )
    yield from ((item, Place(file=file)) for item in value)


def _line(line: str, number: int, file: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise _no_json(exc, file, number - 1) from exc


def _no_json(exc: Exception, file: str, above: int) -> IngestError:
    place = Place(file=file)
    if isinstance(exc, json.JSONDecodeError):
        place = Place(file=file, line=above + exc.lineno, column=exc.colno)
    what = exc.msg.lower() if isinstance(exc, json.JSONDecodeError) else "nested too deeply"
    return IngestError(f"this is no JSON: {what}", place=place, remedy="Export the file again, or mend that place.")


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "a text"
    return "nothing" if value is None else "a number" if isinstance(value, int | float) else "an object"
