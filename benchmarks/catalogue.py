"""How quickly 10,000 articles in 500 past issues are listed and searched, against the first run that reads every file.

Run `python benchmarks/catalogue.py`. It writes a project into a temporary folder and runs the commands as a person
would, each in a process of its own; the ratio is what to quote.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ISSUES, EACH, INBOX = 500, 19, 500
WORDS = 120
ROUNDS = 7


def text(chance: random.Random, count: int) -> str:
    """Return words that look like a text to the comparison: few are shared in the same order."""
    return " ".join(f"w{chance.randrange(4000)}" for _ in range(count))


def make(root: Path) -> None:
    """Write the project."""
    chance = random.Random(7)
    (root / "newsletter.toml").write_text("")
    folders = [("", INBOX)] + [(f"issue-{number}", EACH) for number in range(ISSUES)]
    for issue, count in folders:
        folder = root / "issues" / (f"{issue}/articles" if issue else "inbox")
        folder.mkdir(parents=True)
        if issue:
            (folder.parent / "issue.md").write_text(f"---\nsubject: {issue}\ndate: 2026-01-02\n---\n")
        for number in range(count):
            slug = f"{issue or 'new'}-{number}"
            front = f"title: {text(chance, 7)}\nurl: https://example.org/{slug}\ntags: [a, b]\npublished: 2026-01-01"
            file = folder / f"{slug}.md"
            file.write_text(f"---\n{front}\n---\n\n{text(chance, WORDS)}\n")
            os.utime(file, (1_700_000_000, 1_700_000_000))


def command(root: Path, *words: str) -> tuple[float, float]:
    """Run a command and return its wall and CPU seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "newsletter", "--project", str(root), *words],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # an installed package has its bytecode beside it, whatever this shell says
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def adding(root: Path) -> tuple[float, float]:
    """Add a record of the inbox to an issue, duplicate search included; it goes back afterwards, which is not timed."""
    taken = command(root, "issue", "add", "issue-1", "new-7", "--section", "In brief")
    command(root, "issue", "remove", "issue-1", "new-7")
    return taken


def main() -> None:
    """Print the median of what each command took, and how many times the first run took as long."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root)
        cold, _ = command(root, "article", "list")
        print(f"{ISSUES * EACH + INBOX:,} articles in {ISSUES} issues and the inbox")
        print(f"first run, every file read   {cold:7.2f} s")
        runs: list[tuple[str, Callable[[], tuple[float, float]]]] = [
            ("article list", lambda: command(root, "article", "list")),
            ("article list --used", lambda: command(root, "article", "list", "--used", "--json")),
            ("article history", lambda: command(root, "article", "history", "https://example.org/issue-7-3")),
            ("issue add", lambda: adding(root)),
            ("issue suggest", lambda: command(root, "issue", "suggest", "issue-0")),
            ("issue list", lambda: command(root, "issue", "list")),
            ("newsletter --help", lambda: command(root, "--help")),
        ]
        for title, run in runs:
            run()
            taken = [run() for _ in range(ROUNDS)]
            wall, cpu = (statistics.median(values) for values in zip(*taken, strict=True))
            print(f"{title:28} {wall:7.2f} s   CPU {cpu:5.2f} s   {cold / wall:6.0f} x", flush=True)


if __name__ == "__main__":
    main()
