"""The import levels of DESIGN §4: down, or inside one package; never up, never sideways where rooms are walls."""

import ast
from pathlib import Path

import newsletter

PACKAGE = Path(newsletter.__file__).parent
LEVELS = {
    "__init__": 0,
    "errors": 0,
    "models": 0,
    "config": 1,
    "content": 1,
    "render": 1,
    "message": 1,
    "checks": 1,
    "web": 1,
    "ingest": 2,
    "project": 2,
    "store": 2,
    "transports": 2,
    "delivery": 3,
    "feedback": 3,
    "studio": 3,
    "public": 3,
    "doctor": 3,
    "rehearsal": 3,
    "archive": 3,
    "cli": 4,
    "__main__": 5,
}
PURE = {"content", "render", "message", "checks"}
IMPURE_MODULES = {"os", "pathlib", "socket", "subprocess", "sqlite3", "tempfile", "shutil", "httpx", "sqlalchemy"}
EDGES = {"transports.ses", "feedback", "web", "doctor"}
NETWORK_MODULES = {"boto3", "botocore", "httpx", "requests", "urllib3"}


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] == "stock":
            continue
        found.append((".".join(part for part in parts if part != "__init__") or "__init__", path))
    return found


def imports(path: Path) -> list[tuple[int, str]]:
    """Every imported module with its line, those inside functions included."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found.append((node.lineno, node.module or ""))
            if node.module == "newsletter":
                found += [(node.lineno, f"newsletter.{alias.name}") for alias in node.names]
    return found


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def test_every_module_lives_in_a_room_of_the_design() -> None:
    assert {room(name) for name, _ in modules()} <= set(LEVELS)


def test_imports_point_down_and_never_sideways_between_rooms_of_levels_two_and_three() -> None:
    wrong = []
    for name, path in modules():
        here = room(name)
        for line, imported in imports(path):
            if not imported.startswith("newsletter."):
                continue
            there = room(imported.removeprefix("newsletter."))
            if there == here or there.startswith("__"):
                continue
            up = LEVELS[there] > LEVELS[here]
            sideways = LEVELS[there] == LEVELS[here] and LEVELS[here] in {2, 3}
            if up or sideways:
                wrong.append(f"{path.relative_to(PACKAGE.parent)}:{line}: {here} imports {there}")
    assert wrong == []


def test_no_import_cycle_between_modules() -> None:
    graph: dict[str, set[str]] = {}
    names = {name for name, _ in modules()}
    for name, path in modules():
        wanted = {imported.removeprefix("newsletter.") for _, imported in imports(path)}
        graph[name] = {target for target in wanted if target in names and target != name}
    done: set[str] = set()

    def visit(node: str, trail: tuple[str, ...]) -> None:
        assert node not in trail, " -> ".join((*trail, node))
        if node in done:
            return
        for target in sorted(graph[node]):
            visit(target, (*trail, node))
        done.add(node)

    for name in sorted(graph):
        visit(name, ())


def test_pure_rooms_import_no_disk_network_or_database() -> None:
    wrong = [
        f"{name}:{line}: {imported}"
        for name, path in modules()
        if room(name) in PURE
        for line, imported in imports(path)
        if imported.split(".")[0] in IMPURE_MODULES
    ]
    assert wrong == []


def test_only_the_edges_import_an_http_client() -> None:
    wrong = [
        f"{name}:{line}: {imported}"
        for name, path in modules()
        for line, imported in imports(path)
        if imported.split(".")[0] in NETWORK_MODULES and not any(name == e or name.startswith(f"{e}.") for e in EDGES)
    ]
    assert wrong == []


def test_sql_stays_in_the_store() -> None:
    wrong = [
        f"{name}:{line}: {imported}"
        for name, path in modules()
        if room(name) != "store"
        for line, imported in imports(path)
        if imported.split(".")[0] in {"sqlalchemy", "sqlite3", "alembic"}
    ]
    assert wrong == []


def test_only_the_command_line_prints() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in modules()
        if room(name) != "cli"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert wrong == []


def test_no_module_outgrows_its_room() -> None:
    long = {name: count for name, path in modules() if (count := len(path.read_text().splitlines())) > 400}
    assert long == {}
