"""What the web said of an issue's links, asked now and kept for a day in `.newsletter/links.json`."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict

from newsletter.checks.base import Subject
from newsletter.checks.links.answers import links_to_probe
from newsletter.models import LinkResult, LinkVerdict
from newsletter.project.files import replace_text
from newsletter.project.folder import Project
from newsletter.web.links import Progress, probe_links

FILE = "links.json"
KEPT = 5_000
"""Results kept at most, the newest."""


def ask_the_web(
    project: Project, subject: Subject, *, now: dt.datetime, progress: Progress | None
) -> dict[str, LinkResult]:
    """Ask what is behind every link of a mail that belongs to no reader; results of today are not asked for again.

    `now` is an aware time. Raises what `probe_links` raises.
    """
    known = _load(project)
    found: dict[str, LinkResult] = {}

    def heard(done: int, of: int, result: LinkResult) -> None:
        found[result.url] = result
        if progress:
            progress(done, of, result)

    try:
        results = probe_links(links_to_probe(subject), now=now, known=known, progress=heard)
    finally:
        _save(project, {**known, **found})
    return results


def _load(project: Project) -> dict[str, LinkResult]:
    """Read what is kept; a damaged file is as good as none, since everything can be asked again."""
    try:
        rows = json.loads((project.state_dir / FILE).read_text(encoding="utf-8"))
        results = [
            LinkResult(
                **{
                    **row,
                    "verdict": LinkVerdict(row["verdict"]),
                    "checked": dt.datetime.fromisoformat(row["checked"]),
                }
            )
            for row in rows
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return {result.url: result for result in results}


def _save(project: Project, results: Mapping[str, LinkResult]) -> None:
    dated = [result for result in results.values() if result.checked]
    newest = sorted(dated, key=lambda result: (result.checked, result.url), reverse=True)[:KEPT]
    rows = [{**asdict(result), "checked": result.checked.isoformat()} for result in newest if result.checked]
    replace_text(project.root, project.state_dir / FILE, json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
