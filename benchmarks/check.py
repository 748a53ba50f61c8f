"""How long all offline checks of a 12-article issue take, beside compiling it.

Run `python benchmarks/check.py`. Times are CPU milliseconds (the machine may be busy), medians of warm rounds in which
one article was edited; the ratio is what to quote. The budget is 300 ms for both together.
"""

import dataclasses
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.compile import cpu_ms, issue_of, stock_template
from newsletter.checks import CHECKS, Check, Hit, Subject, check_issue
from newsletter.checks.examples import NEWSLETTER, TODAY
from newsletter.checks.facts import ImageFacts
from newsletter.checks.readers import awkward_readers, final_messages
from newsletter.message.build import MessageTemplate
from newsletter.message.reader import sample_reader
from newsletter.models import AssembledIssue, CompiledIssue, Template
from newsletter.render import compile_issue


def look(assembled: AssembledIssue, template: Template, compiled: CompiledIssue) -> Subject:
    """Merge an issue for the invented readers: all that checks see of it."""
    mail = MessageTemplate(compiled, NEWSLETTER)
    content = mail.content(sample_reader(NEWSLETTER, assembled.issue.slug))
    readers = tuple(awkward_readers(NEWSLETTER, assembled.issue.slug))
    return Subject(
        assembled=assembled,
        compiled=compiled,
        newsletter=NEWSLETTER,
        template=template,
        html=content.html,
        text=content.text,
        today=TODAY,
        images={f"images/{n}.jpg": ImageFacts(size=50_000, width=1200, height=800, format="JPEG") for n in range(12)},
        readers=readers,
        messages=tuple(final_messages(mail, readers)),
    )


def run(entry: Check, subject: Subject) -> list[Hit]:
    """Run one check to its end."""
    return list(entry.run(subject))


def main() -> None:
    """Measure and print."""
    template, assembled = stock_template(), issue_of(12)
    rounds = iter(range(10**6))

    def edited() -> AssembledIssue:
        body = f"Edition {next(rounds)}. {assembled.articles['a0'].body}"
        changed = dataclasses.replace(assembled.articles["a0"], body=body)
        return dataclasses.replace(assembled, articles={**assembled.articles, "a0": changed})

    def compiled_only() -> CompiledIssue:
        return compile_issue(edited(), template, NEWSLETTER)

    def both() -> object:
        issue = edited()
        return check_issue(look(issue, template, compile_issue(issue, template, NEWSLETTER)))

    both()
    alone, together = cpu_ms(compiled_only), cpu_ms(both)
    print(f"compile {alone:.1f} ms; compile, merge for 20 readers and run {len(CHECKS)} checks {together:.1f} ms CPU")
    print(f"ratio: checked costs {together / alone:.1f} x compiled alone")
    subject = look(assembled, template, compile_issue(assembled, template, NEWSLETTER))
    times = {entry.id: cpu_ms(partial(run, entry, subject)) for entry in CHECKS}
    slowest = sorted(times, key=lambda name: -times[name])[:5]
    print("slowest, warm: " + ", ".join(f"{name} {times[name]:.1f} ms" for name in slowest))


if __name__ == "__main__":
    main()
