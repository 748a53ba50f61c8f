"""What the next article of an issue could be: the unused records of the inbox, ranked, each with its reasons.

Points are added up: up to 40 for freshness, half of it a fortnight later; 25 for the shortlist; 8 for each of two tags
that readers have not seen lately, 4 for one seen once; minus 10 for each of two tags that the issue has twice; minus up
to 60 for what is like an article that was used. What is like another record of the inbox is marked, for no points.
"""

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.models import ArticleStatus, Issue
from newsletter.project.articles import INBOX
from newsletter.project.catalogue import Match
from newsletter.project.entries import CatalogueEntry
from newsletter.project.folder import Project

RECENT = 5
"""Past issues whose tags count as seen lately."""

_FRESH, _HALF_LIFE = 40.0, 14
_SHORTLISTED = 25.0
_UNSEEN, _SEEN_ONCE, _TOO_MUCH, _TAGS = 8.0, 4.0, -10.0, 2
_LIKE = -60.0
_LOOKED_AT = 3
"""Candidates for each wanted suggestion that are compared with everything that was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a score, in points and in words."""

    points: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A record of the inbox with its score and what that is made of."""

    entry: CatalogueEntry
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """The best records first, and how many were left out: rejected, expired, embargoed, used, unreadable."""

    day: dt.date
    found: tuple[Suggestion, ...]
    left_out: Mapping[str, int]


def suggest(project: Project, slug: str, *, today: dt.date, limit: int) -> Suggestions:
    """Rank the inbox for an issue; `today` stands for the date of an issue that has none.

    Other issues whose issue.md is broken count for duplicates only. Raises UsageError and ContentError for the issue.
    """
    issue = project.issue(slug)
    others, _ = project.read_issues()
    catalogue = project.catalogue()
    result = rank(
        catalogue.entries(), issue, others, day=issue.date or today, limit=limit, similar=catalogue.similar_to_each
    )
    broken = sum(str(error.place).startswith(f"issues/{INBOX}/") for error in catalogue.errors())
    return replace(result, left_out={**result.left_out, "unreadable": broken}) if broken else result


def rank(  # noqa: PLR0913 - the values that a ranking is made of, all named
    entries: Sequence[CatalogueEntry],
    issue: Issue,
    issues: Iterable[Issue],
    *,
    day: dt.date,
    limit: int,
    similar: Callable[[Sequence[CatalogueEntry]], Iterable[Sequence[Match]]],
) -> Suggestions:
    """Rank the records without an issue for `issue`, that appears on `day`; the same values give the same ranking.

    `issues` are all that are known; `similar` finds what is like each of some records, three times `limit` at most, one
    after the other as far as they are needed. Records of one score stand in the order of their names.
    """
    used = [entry for entry in entries if entry.issue]
    addresses, digests = {entry.url for entry in used} - {""}, {entry.print.digest for entry in used}
    names = {each.slug: _name(each) for each in issues} | {issue.slug: "this issue"}
    tags = _Tags(used, issue, past_issues(issue, issues, day), names)
    left_out: Counter[str] = Counter()
    ranked = []
    for entry in entries:
        if entry.issue:
            continue
        why = _unfit(entry, day) or ("used" if entry.url in addresses or entry.print.digest in digests else "")
        if why:
            left_out[why] += 1
            continue
        ranked.append(_scored(entry, [*_freshness(entry, day), *_shortlist(entry), *tags.reasons(entry)]))
    ranked.sort(key=_order)
    found: list[Suggestion] = []
    candidates = ranked[: _LOOKED_AT * limit]
    likes = iter(similar([each.entry for each in candidates]))
    for candidate in candidates:
        # likeness only takes points away: who comes later cannot get past so many that are better
        if len(found) >= limit and _order(heapq.nsmallest(limit, found, key=_order)[-1]) < _order(candidate):
            break
        found.append(_scored(candidate.entry, [*candidate.reasons, *_likes(next(likes), names)]))
    found.sort(key=_order)
    return Suggestions(day=day, found=tuple(found[:limit]), left_out=dict(sorted(left_out.items())))


def past_issues(issue: Issue, issues: Iterable[Issue], day: dt.date) -> list[Issue]:
    """Return the issues that come before `issue`, by date or, where that does not tell, by number; the newest last."""

    def before(other: Issue) -> bool:
        if other.date is not None and other.date != day:
            return other.date < day
        return other.number is not None and issue.number is not None and other.number < issue.number

    past = [other for other in issues if other.slug != issue.slug and before(other)]
    return sorted(past, key=lambda it: (it.date or day, it.number or 0, it.slug))


class _Tags:
    """Which tags readers have seen: in this issue, in the last ones, and when last."""

    def __init__(
        self, used: Iterable[CatalogueEntry], issue: Issue, past: Sequence[Issue], names: Mapping[str, str]
    ) -> None:
        order = {each.slug: position for position, each in enumerate(past)}
        self._here: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        seen: dict[str, set[str]] = {}
        recent = {each.slug for each in past[-RECENT:]}
        for entry in used:
            for tag in {tag.casefold() for tag in entry.tags}:
                if entry.issue == issue.slug:
                    self._here[tag] += 1
                elif entry.issue in order:
                    self._last[tag] = max(self._last.get(tag, 0), order[entry.issue])
                    if entry.issue in recent:
                        seen.setdefault(tag, set()).add(entry.issue)
        self._seen = {tag: len(issues) for tag, issues in seen.items()}
        self._past = [names[each.slug] for each in past]

    def reasons(self, entry: CatalogueEntry) -> list[Reason]:
        """Return the best two bonuses and the first two deductions for the tags of a record."""
        bonuses, deductions = [], []
        for key, tag in {tag.casefold(): tag for tag in entry.tags}.items():
            here = self._here[key]
            if here >= 2:
                times = "twice" if here == 2 else f"{here} times"
                deductions.append(Reason(points=_TOO_MUCH, words=f"{tag} {times} in this issue already"))
            elif not here and self._past:
                bonuses += self._rare(key, tag)
        bonuses.sort(key=lambda reason: (-reason.points, reason.words))
        return [*bonuses[:_TAGS], *sorted(deductions, key=lambda reason: reason.words)[:_TAGS]]

    def _rare(self, key: str, tag: str) -> list[Reason]:
        if key not in self._last:
            return [Reason(points=_UNSEEN, words=f"nothing on {tag} in any issue before")]
        if key not in self._seen:
            return [Reason(points=_UNSEEN, words=f"nothing on {tag} since {self._past[self._last[key]]}")]
        if self._seen[key] == 1 and len(self._past) >= RECENT:
            return [Reason(points=_SEEN_ONCE, words=f"{tag} in one of the last {RECENT} issues only")]
        return []


def _unfit(entry: CatalogueEntry, day: dt.date) -> str:
    if entry.status is ArticleStatus.REJECTED:
        return "rejected"
    if entry.expired(day):
        return "expired"
    return "embargoed" if entry.embargoed(day) else ""


def _freshness(entry: CatalogueEntry, day: dt.date) -> list[Reason]:
    date = entry.published or entry.collected
    if date is None:
        return [Reason(points=0.0, words="no date")]
    age = max(0, (day - date).days)
    points = round(_FRESH * 0.5 ** (age / _HALF_LIFE), 1)
    if entry.published is None:
        return [Reason(points=points, words=f"collected {_days(age)} before" if age else "just collected")]
    return [Reason(points=points, words=f"{_days(age)} old" if age else "new on the day")]


def _days(age: int) -> str:
    return "1 day" if age == 1 else f"{age:,} days"


def _shortlist(entry: CatalogueEntry) -> list[Reason]:
    if entry.status is ArticleStatus.SHORTLISTED:
        return [Reason(points=_SHORTLISTED, words="shortlisted")]
    return []


def _likes(matches: Sequence[Match], names: Mapping[str, str]) -> list[Reason]:
    """Say what of the issues, and what of the inbox, a record is like; only what readers have had costs points."""
    reasons = []
    used = next((match for match in matches if match.entry.issue), None)
    if used is not None:
        where = names.get(used.entry.issue, f"the issue {used.entry.issue}")
        words = f"looks like {used.entry.slug} in {where}: {used.reason}"
        reasons.append(Reason(points=round(_LIKE * used.score, 1), words=words))
    waiting = next((match for match in matches if not match.entry.issue), None)
    if waiting is not None:
        rejected = " that was rejected" if waiting.entry.status is ArticleStatus.REJECTED else ""
        words = f"looks like {waiting.entry.slug}{rejected} in the inbox: {waiting.reason}"
        reasons.append(Reason(points=0.0, words=words))
    return reasons


def _name(issue: Issue) -> str:
    return f"the issue {issue.slug}" if issue.number is None else f"issue {issue.number}"


def _scored(entry: CatalogueEntry, reasons: Sequence[Reason]) -> Suggestion:
    score = round(sum(reason.points for reason in reasons), 1)
    return Suggestion(entry=entry, score=score, reasons=tuple(reasons))


def _order(suggestion: Suggestion) -> tuple[float, str]:
    return (-suggestion.score, suggestion.entry.file)
