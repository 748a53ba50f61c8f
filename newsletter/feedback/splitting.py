"""A stream of text into the JSON values in it: one a line, one behind the other without a line break, or indented."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

LONGEST = 1024 * 1024
"""Characters of one value: SNS and SQS carry at most 1 MiB. What does not end by then is unreadable."""

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n,\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A value with its text, or a text that is none, with the `problem`."""

    text: str
    value: Any = None
    problem: str = ""


def split(chunks: Iterable[str]) -> Iterator[Piece]:
    """Yield the values in a stream of chunks, however it is cut; what is unreadable goes up to the end of its line."""
    source = iter(chunks)
    text, start, ended = "", 0, False
    while True:
        while start < len(text) and text[start] in _SPACE:
            start += 1
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as exc:
            rest = len(text) - start
            if not ended and rest <= LONGEST:
                more = next(source, None)
                ended = more is None
                text, start = text[start:] + (more or ""), 0
                continue
            if not rest:
                return
            end = _line_end(text, start)
            deep = "it is nested too deeply"
            problem = f"it is no JSON: {exc.msg}" if isinstance(exc, json.JSONDecodeError) else deep
            yield Piece(text=text[start:end], problem=problem)
        else:
            if end == len(text) and not ended and not isinstance(value, (dict, list)):
                # a number at the end of a chunk may go on in the next one
                more = next(source, None)
                ended = more is None
                text, start = text[start:] + (more or ""), 0
                continue
            yield Piece(text=text[start:end], value=value)
        start = end


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end == -1 else end
