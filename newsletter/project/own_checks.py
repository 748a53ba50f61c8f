"""A project's own checks: Python files in its folder `checks/`, run like the program itself.

That is a decision about trust: whoever can write into the project's `checks/` can run code on the machine of everybody
who checks, previews or sends from it. Nothing is loaded from anywhere else, and no file outside the project's folder
by way of a link.
"""

import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from newsletter.checks.base import Check, Hit, Run, Subject
from newsletter.checks.registry import checks_in
from newsletter.errors import CheckError
from newsletter.models import Place
from newsletter.project.files import inside, read_text, shown

FOLDER = "checks"


def own_checks(root: Path) -> tuple[Check, ...]:
    """Load the checks of a project by id; raises CheckError with file and line for what is wrong with one."""
    folder = root / FOLDER
    if not folder.is_dir():
        return ()
    modules = [_load(root, path) for path in sorted(folder.glob("*.py")) if not path.name.startswith(("_", "."))]
    for module in modules:
        for entry in checks_in([module]):
            if not entry.id.startswith("P"):
                raise CheckError(
                    f"the check {entry.id} has an id of the program's own",
                    place=Place(file=str(module.__file__)),
                    remedy="Give it P and three digits, like P101.",
                )
    try:
        found = checks_in(modules)
    except ValueError as exc:
        raise CheckError(str(exc), place=Place(file=FOLDER), remedy="Give one of them another id.") from exc
    return tuple(replace(entry, run=_guarded(entry, root)) for entry in found)


def _load(root: Path, path: Path) -> ModuleType:
    inside(root, path)
    name = shown(root, path)
    module = ModuleType(path.stem)
    module.__file__ = name
    try:
        # not imported: no compiled files in the project's folder, and no name that could hide another module
        exec(compile(read_text(root, path), str(path), "exec"), vars(module))  # noqa: S102 - the docstring above
    except SyntaxError as exc:
        place = Place(file=name, line=exc.lineno, column=exc.offset)
        raise CheckError(f"this is no Python: {exc.msg}", place=place, remedy="Mend that line.") from exc
    except Exception as exc:  # whatever a file of the project does at its top
        raise _failed("the check cannot be loaded", exc, path, name) from exc
    return module


def _guarded(entry: Check, root: Path) -> Run:
    """Wrap a check so that a fault of it becomes an error with file and line."""
    run = entry.run
    path = Path(run.__code__.co_filename) if hasattr(run, "__code__") else root / FOLDER

    def guarded(it: Subject) -> Iterator[Hit]:
        try:
            for hit in run(it):
                if not isinstance(hit, Hit):
                    raise TypeError(f"it yields a {type(hit).__name__}, not a Hit")  # noqa: TRY301 - named below
                yield hit
        except Exception as exc:  # whatever the check does
            raise _failed(f"the check {entry.id} failed", exc, path, shown(root, path)) from exc

    guarded.__doc__ = run.__doc__
    return guarded


def _failed(what: str, exc: Exception, path: Path, name: str) -> CheckError:
    frames = [frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == str(path)]
    return CheckError(
        f"{what}: {type(exc).__name__}: {exc}",
        place=Place(file=name, line=frames[-1] if frames else None),
        remedy=f"Mend it, or take {name} out of the folder for now.",
    )
