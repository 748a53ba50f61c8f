"""How long `newsletter --help` takes, as a whole process, against an empty Python and against a full command.

Run `python benchmarks/startup.py`. Wall milliseconds, medians; the ratios are what to quote.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
PROJECT = Path(__file__).parent.parent
HEAVY = ("boto3", "premailer", "sqlalchemy", "starlette", "pydantic", "mjml", "lxml", "jinja2", "rich.table")


def wall_ms(*arguments: str) -> float:
    """Return the median time of a Python process in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=PROJECT)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    empty = wall_ms("-c", "pass")
    help_page = wall_ms("-m", "newsletter", "--help")
    build = wall_ms("-m", "newsletter", "check", "first-light")
    print(f"python -c pass               {empty:6.0f} ms")
    print(f"newsletter --help            {help_page:6.0f} ms   {help_page / empty:.1f} x an empty Python")
    print(f"newsletter check first-light {build:6.0f} ms   {build / help_page:.1f} x --help")
    code = f"import sys, newsletter.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=PROJECT)
    print(f"heavy modules that --help imports: {loaded.stdout.strip()}")


if __name__ == "__main__":
    main()
