"""How long compiling a 12-article issue takes, stage by stage, against premailer's defaults on the same mail.

Run `python benchmarks/compile.py`. Times are CPU milliseconds (the machine may be busy), medians of warm rounds; the
ratio is what to quote.
"""

import dataclasses
import datetime as dt
import logging
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import premailer

from newsletter.models import Article, AssembledIssue, Image, Issue, Mailbox, Newsletter, Section, Template
from newsletter.project.templates import read_template, template_names
from newsletter.render import compile as stages
from newsletter.render import compile_issue

ROUNDS = 30
ROOT = Path(__file__).parent.parent


def stock_template() -> Template:
    """Read the stock template `weekly`."""
    return read_template(ROOT, "weekly")


def issue_of(count: int) -> AssembledIssue:
    """Make an issue: one lead, stories, briefs; each article 150 words, a quotation, a list and a picture."""
    body = "The harbour was *quiet* that week, and the [tide table](https://example.com/tides) said why. " * 10
    articles = {
        f"a{n}": Article(
            slug=f"a{n}",
            title=f"Report {n} on tides & harbours",
            url=f"https://example.com/report/{n}",
            summary="What the report found, in a sentence that is long enough for a line and a half of text.",
            body=f"{body}\n\n> Nobody had expected it.\n\n- first\n- second\n\n{body}",
            author="Mara Lind",
            source="Example Post",
            image=Image(src=f"images/{n}.jpg", alt="A harbour at night", credit="Jo Ek"),
            published=dt.date(2026, 11, 20),
        )
        for n in range(count)
    }
    slugs = list(articles)
    sections = (
        Section(title="Top", layout="lead", articles=tuple(slugs[:1])),
        Section(title="Stories", layout="story", articles=tuple(slugs[1:8]), note="Chosen *by hand*."),
        Section(title="Briefs", layout="brief", articles=tuple(slugs[8:])),
    )
    issue = Issue(
        slug="bench",
        number=1,
        subject="Tides, [[ subscriber.first_name | default('reader') ]]",
        preheader="Twelve reports",
        date=dt.date(2026, 11, 27),
        introduction='Hello [[ subscriber.first_name or "there" ]],\n\ntwelve reports this week.',
        sections=sections,
    )
    return AssembledIssue(issue=issue, articles=articles)


def cpu_ms(work: Callable[[], object]) -> float:
    """Return the median CPU time of a call in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


STAGES = {
    "Markdown and context": "build_context",
    "MJML (validate and compile)": "compile_mjml",
    "inline CSS and its guards": "inline_css",
    "tidy": "tidy",
}


def staged(work: Callable[[], object]) -> dict[str, float]:
    """Return the median CPU time of each stage within a compilation, in milliseconds."""
    spent: dict[str, list[float]] = {name: [] for name in STAGES}
    originals = {function: getattr(stages, function) for function in STAGES.values()}

    def watched(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name].append((time.process_time() - start) * 1000)

        return call

    for name, function in STAGES.items():
        setattr(stages, function, watched(name, originals[function]))
    try:
        for _ in range(ROUNDS):
            work()
    finally:
        for function, original in originals.items():
            setattr(stages, function, original)
    return {name: statistics.median(times) for name, times in spent.items()}


def tidied(template: Template, newsletter: Newsletter) -> tuple[int, int, float]:
    """Compile an issue in a template's own layouts; return its bytes before and after tidying, and warm CPU time."""
    plain = issue_of(12)
    slugs = list(plain.articles)
    sections = tuple(
        Section(title=f"In the layout {layout}", layout=layout, articles=tuple(slugs[number :: len(template.layouts)]))
        for number, layout in enumerate(template.layouts)
    )
    assembled = dataclasses.replace(plain, issue=dataclasses.replace(plain.issue, sections=sections))
    sizes: list[tuple[int, int]] = []
    tidy = getattr(stages, "tidy")  # noqa: B009 - a name of another module that is replaced for a while

    def watched(html: str, *, words: re.Pattern[str]) -> str:
        result: str = tidy(html, words=words)
        sizes.append((len(html.encode()), len(result.encode())))
        return result

    setattr(stages, "tidy", watched)  # noqa: B010 - as above
    try:
        spent = cpu_ms(lambda: compile_issue(assembled, template, newsletter))
    finally:
        setattr(stages, "tidy", tidy)  # noqa: B010 - as above
    return *sizes[-1], spent


def main() -> None:
    """Measure and print."""
    template, assembled = stock_template(), issue_of(12)
    newsletter = Newsletter(
        name="The Weekly",
        sender=Mailbox(email="news@example.com"),
        postal_address="1 Harbour Street",
        site_url="https://weekly.example.com",
        public_url="https://news.example.com",
    )
    rounds = iter(range(10**6))

    def edited() -> object:
        """Compile after an edit of one article, as while an editor works: nothing is ready from the round before."""
        changed = dataclasses.replace(
            assembled.articles["a0"], body=f"Edition {next(rounds)}. {assembled.articles['a0'].body}"
        )
        articles = {**assembled.articles, "a0": changed}
        return compile_issue(dataclasses.replace(assembled, articles=articles), template, newsletter)

    start = time.process_time()
    compiled = compile_issue(assembled, template, newsletter)
    first = (time.process_time() - start) * 1000
    warm = cpu_ms(edited)
    print(f"12 articles, {len(compiled.html):,} characters of HTML; first {first:.0f} ms, warm {warm:.1f} ms CPU")
    for name, spent in staged(edited).items():
        print(f"  {name:<28} {spent:5.1f} ms")

    print("bytes of HTML before and after the tidy step, 12 articles in the template's own layouts:")
    for name in template_names(ROOT):
        before, after, spent = tidied(read_template(ROOT, name), newsletter)
        less = 100 * (before - after) / before
        print(f"  {name:<12} {before:7,} -> {after:7,}  {less:4.1f} % less, {spent:.1f} ms in all")

    def defaults() -> object:
        return premailer.transform(compiled.html, cssutils_logging_level=logging.CRITICAL)

    inliner = cpu_ms(defaults)
    print(f"premailer.transform() with its defaults on the same mail: {inliner:.1f} ms")
    print(f"ratio: the whole compilation costs {warm / inliner:.2f} x one call of premailer with its defaults")


if __name__ == "__main__":
    main()
