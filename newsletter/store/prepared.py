"""Statements that run for every delivery: put together once, then handed to the driver as they are.

SQLAlchemy takes several times as long to prepare, cache and wrap a statement as SQLite takes to run one of ours on a
few rows. The statements stay SQLAlchemy Core, so that they follow the tables; what is kept is their text.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_DIALECT = sqlite.dialect(paramstyle="named")


def given(name: str, type_: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """Return a parameter whose value comes when the statement runs."""
    # with a value, or the statement could not become text before that
    return bindparam(name, None, type_=type_)


class Prepared:
    """One statement as text with named parameters, and how a value of each becomes the driver's.

    Its parameters are made by `given`.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self._processors: dict[str, Callable[[Any], Any]] = {}
        for name, bind in compiled.binds.items():
            processor = bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
            if processor is not None:
                self._processors[name] = processor
        # the constants of the statement; what the caller gives takes the place of the rest
        self._fixed = self._of_driver(compiled.params)

    def one(self, connection: sqlite3.Connection, **values: Any) -> sqlite3.Cursor:
        """Run it once."""
        return connection.execute(self.sql, {**self._fixed, **self._of_driver(values)})

    def many(self, connection: sqlite3.Connection, rows: Sequence[Mapping[str, Any]], **common: Any) -> int:
        """Run it for every row, with what all have in common; return how many rows of the table it changed."""
        shared = {**self._fixed, **self._of_driver(common)}
        parameters = [{**shared, **self._of_driver(row)} for row in rows]
        return connection.executemany(self.sql, parameters).rowcount

    def _of_driver(self, values: Mapping[str, Any]) -> dict[str, Any]:
        known = self._processors
        return {name: known[name](value) if name in known else value for name, value in values.items()}
