"""How many fields of saved pages come out as a careful person would write them.

`python benchmarks/extraction.py` reads tests/ingest/pages and prints a line a field; `--wrong` also what went wrong.
"""

import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newsletter.ingest.charset import decode_page
from newsletter.ingest.page import parse_page
from newsletter.models import Image

FOLDER = Path(__file__).parent.parent / "tests/ingest"
FIELDS = ("title", "url", "source", "author", "published", "summary", "image", "alt", "credit", "has", "lacks")


def judge() -> Iterator[tuple[str, str, bool, str]]:
    """Yield page, field, whether it came out right, and what came out instead."""
    for name, label in tomllib.loads((FOLDER / "labels.toml").read_text()).items():
        text, _ = decode_page((FOLDER / "pages" / f"{name}.html").read_bytes())
        article = parse_page(text, url=label["fetched"], file=name).article
        image = article.image or Image(src="")
        values: dict[str, Any] = {field: getattr(article, field, None) for field in FIELDS}
        values |= {"image": image.src, "alt": image.alt, "credit": image.credit}
        for field in FIELDS:
            if field in {"has", "lacks"}:
                wrong = [part for part in label[field] if (part in article.body) != (field == "has")]
                yield name, field, not wrong, repr(wrong)
            else:
                yield name, field, values[field] == label[field], repr(values[field])


def main() -> None:
    """Print the figures."""
    start = time.perf_counter()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for name, field, fine, value in judge():
        total[field] += 1
        right[field] += fine
        if not fine and "--wrong" in sys.argv:
            print(f"{name}: {field}: {value}")
    seconds = time.perf_counter() - start
    for field in FIELDS:
        print(f"{field:10} {right[field]:3} of {total[field]}")
    print(f"{'all':10} {right.total():3} of {total.total()}, {seconds / total['title'] * 1000:.0f} ms a page")


if __name__ == "__main__":
    main()
