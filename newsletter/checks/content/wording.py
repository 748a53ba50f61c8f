"""Wording: slips that a spelling checker of no language needs to know about."""

import re
from collections.abc import Iterator

from rapidfuzz.distance import DamerauLevenshtein

from newsletter.checks.base import Example, Family, Hit, Subject, check
from newsletter.checks.content.passages import GAP, Passage, passages
from newsletter.models import Severity

_WORD = re.compile(r"\w+(?:['’-]\w+)*")  # noqa: RUF001 - the apostrophe that people write
_TWICE = re.compile(r"(?<![\w'’-])(\w+)[ \t]*(?:\n[ \t>]*)?(?<=\s)(\1)(?![\w'’-])", re.IGNORECASE)  # noqa: RUF001
_LEGITIMATE = frozenset(
    {
        *(
            "had",
            "that",
            "is",
            "was",
            "do",
            "can",
            "ha",
            "haha",
            "ho",
            "no",
            "yes",
            "bye",
            "so",
            "very",
            "really",
            "much",
        ),
        *(
            "many",
            "more",
            "again",
            "blah",
            "tick",
            "knock",
            "there",
            "now",
            "long",
            "far",
            "on",
            "in",
            "up",
            "her",
            "you",
        ),
        *("die", "der", "das", "den", "dem", "sie", "ihr", "es", "nous", "vous", "se", "si", "que", "di", "ja", "nein"),
        *("well", "chop", "hush", "pom", "cha", "go", "night", "couscous", "bis", "coucou", "tam", "tuk", "yo", "wah"),
    }
)
"""Words that people repeat on purpose, or that grammar repeats, in the languages we could read."""
_QUOTES = '"“”„‟«»'
_PARAGRAPH = re.compile(r"(?:[^\n]|\n(?![ \t>]*(?:\n|\Z)))+")
_INCHES = re.compile(r"(?<=\d)(?:\"|”)|(?<=')\"")


@check(
    id="N531",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="name nearly as you spell it",
    source="`names` in [checks] of newsletter.toml",
    bad=Example(facts={"names": ("Mara Lindt",)}, about='`names = ["Mara Lindt"]`, and an article by Mara Lind'),
    good=Example(facts={"names": ("Mara Lind",)}, about='`names = ["Mara Lind"]`, and an article by Mara Lind'),
)
def misspelt(it: Subject) -> Iterator[Hit]:
    """Nothing annoys like one's own name misspelt: a letter off, two swapped or a wrong capital, is reported."""
    names = {name: [word.group() for word in _WORD.finditer(name)] for name in it.names}
    right = {name.casefold() for name in it.names}
    for passage in passages(it):
        told: set[str] = set()
        for name, words in names.items():
            for index, written in _runs(passage, len(words)):
                if written in told or written == name or written.casefold() in right - {name.casefold()}:
                    continue
                if _near(written, name):
                    told.add(written)
                    yield Hit(
                        message=f"{passage.name} has {written!r}; your list has {name!r}",
                        remedy="Spell it as in your list, or add this name to `names` in [checks] of newsletter.toml.",
                        place=passage.place(index),
                    )


def _runs(passage: Passage, length: int) -> Iterator[tuple[int, str]]:
    """Yield every run of so many words that begins with a capital, as in names, with its index."""
    found = list(_WORD.finditer(passage.text))
    for index in range(len(found) - length + 1):
        run = found[index : index + length]
        text = passage.text[run[0].start() : run[-1].end()]
        if text[:1].isupper() and GAP not in text:
            yield run[0].start(), " ".join(text.split())


def _near(written: str, name: str) -> bool:
    """Say whether a text is a slip for a name: never for a possessive or plural, nor for short words."""
    bare = re.sub(r"['’]s?$", "", written)  # noqa: RUF001
    if bare == name or len(name) < 5 or bare == f"{name}s" or name == f"{bare}s":
        return False
    if bare.casefold() == name.casefold():
        return not bare.isupper()
    ones, twos = bare.split(), name.split()
    if len(ones) != len(twos):
        return False  # something else than a space stands between two of the words
    pairs = list(zip(ones, twos, strict=True))
    slips = [DamerauLevenshtein.distance(one, two, score_cutoff=1) for one, two in pairs]
    # another first letter or two other letters in a word make another name: Port Berlin is not Port Merrin
    return max(slips) == 1 and sum(slips) <= 2 and all(one[0].casefold() == two[0].casefold() for one, two in pairs)


@check(
    id="N532",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="word written twice",
    source="the commonest slip after a line was edited",
    bad=Example(article={"body": "The lamp on the the pier burns again."}),
    good=Example(article={"body": "All that they had had was a lamp, and a very very old one."}),
)
def doubled(it: Subject) -> Iterator[Hit]:
    """Also across the end of a line, where nobody sees it; what people repeat on purpose is left alone."""
    for passage in passages(it):
        for match in _TWICE.finditer(passage.text):
            word = match[1]
            named = match[1][0].isupper() and match[2][0].isupper()
            if word.isdecimal() or len(word) < 2 or named or word.casefold() in _LEGITIMATE:
                continue
            yield Hit(
                message=f"{passage.name} says {' '.join(match[0].split())!r}",
                remedy="Delete one of the two.",
                place=passage.place(match.start(2)),
            )


@check(
    id="N533",
    family=Family.CONTENT,
    severity=Severity.WARNING,
    title="quotation marks that do not close",
    source="every quotation has an end",
    bad=Example(article={"body": "“Nobody asked us, says the harbour master.\n\nThe lamp burns."}),
    good=Example(
        article={
            "body": '“Nobody asked us,” says the harbour master of the 9" pipe.\n\n“It is out.\n\n“It is on again.”'
        }
    ),
)
def unclosed(it: Subject) -> Iterator[Hit]:
    """Counted in each paragraph; one that goes on in the next paragraph may stay open, as printers do it."""
    for passage in passages(it):
        if not set(_QUOTES) & set(passage.text):
            continue
        paragraphs = list(_PARAGRAPH.finditer(passage.text))
        for number, paragraph in enumerate(paragraphs):
            marks = [mark for mark in _INCHES.sub(" ", paragraph[0]) if mark in _QUOTES]
            follows = paragraphs[number + 1][0].lstrip(" \t\n>*_")[:1] if number + 1 < len(paragraphs) else ""
            if len(marks) % 2 == 0 or (follows and follows in _QUOTES):
                continue
            yield Hit(
                message=f"{passage.name} has a quotation mark without its other half: "
                f"{' '.join(paragraph[0].split())[:60]!r}",
                remedy="Put the missing one.",
                place=passage.place(paragraph.start() + len(paragraph[0]) - len(paragraph[0].lstrip())),
            )
