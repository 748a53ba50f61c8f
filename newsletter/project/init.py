"""A new project: the stock files, laid into a folder without overwriting anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path

from newsletter.config import FILE_NAME
from newsletter.errors import ConflictError, UsageError
from newsletter.models import Place
from newsletter.project.files import create_file

STOCK = ("templates", "issues", "subscribers.sample.csv", FILE_NAME)
"""What a new project gets; newsletter.toml comes last, so that an interrupted start can be repeated."""

FIRST_ISSUES = ("issues/first-light/", "issues/inbox/")
"""What every project begins with; the other samples are there for those who ask."""

GITIGNORE = """\
# the ledger, keys and locks; delivered mail; built messages: no content
.newsletter/
outbox/
build/
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitResult:
    """What was made and what was there before and is left as it was, as paths inside the project."""

    created: tuple[str, ...]
    kept: tuple[str, ...]


def init_project(target: Path, *, samples: bool = False) -> InitResult:
    """Lay a project down in `target`, which is made when it is not there; with `samples` one issue of each template.

    Raises ConflictError when there is a project already, UsageError when `target` cannot be a folder.
    """
    if (target / FILE_NAME).exists():
        raise ConflictError(
            "there is a newsletter project here already",
            place=Place(file=str(target / FILE_NAME)),
            remedy="Work with it, or choose another folder.",
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise UsageError(
            f"{target} cannot be a folder: {(exc.strerror or str(exc)).lower()}", remedy="Choose another name."
        ) from exc
    root = target.resolve()
    created: list[str] = []
    kept: list[str] = []
    for name, data in ((".gitignore", GITIGNORE.encode()), *_stock_files(samples=samples)):
        path = root / name
        if path.exists():
            kept.append(name)
            continue
        create_file(root, path, data)
        created.append(name)
    return InitResult(created=tuple(created), kept=tuple(kept))


def stock_folder() -> Path:
    """Return where the stock is: inside the installed package, or at the top of a checkout."""
    package = Path(str(package_files("newsletter")))
    stock = package / "stock"
    return stock if stock.is_dir() else package.parent


def _stock_files(*, samples: bool) -> Iterator[tuple[str, bytes]]:
    stock = stock_folder()
    for name in STOCK:
        for path, data in _walk(stock / name, name):
            if samples or not path.startswith("issues/") or path.startswith(FIRST_ISSUES):
                yield path, data


def _walk(entry: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    if entry.is_dir():
        for inner in sorted(entry.iterdir(), key=lambda child: child.name):
            if not inner.name.startswith((".", "__pycache__")):
                yield from _walk(inner, f"{name}/{inner.name}")
    elif entry.is_file():
        yield name, entry.read_bytes()
