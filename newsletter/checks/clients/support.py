"""What the table says of a feature, in words."""

from newsletter.checks.clients.table import CLIENTS, ROWS

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEIGHTY = 15
"""Columns from the first on whose "no" is worth a word; the three behind them are only named beside others."""


def is_known(feature: str) -> bool:
    """Say whether the table has a feature."""
    return feature in ROWS


def is_missing_somewhere(feature: str) -> bool:
    """Say whether a client with many readers does not support a feature."""
    return feature in ROWS and "n" in ROWS[feature][2][:_WEIGHTY]


def title_of(feature: str) -> str:
    """Return what Can I email calls a feature, like `display:flex`."""
    return ROWS[feature][0]


def clients_without(feature: str) -> str:
    """Return the clients that do not support a feature, and when that was last tried: `A, B and C (tested in …)`."""
    _, tested, letters = ROWS[feature]
    names = [name for name, letter in zip(CLIENTS, letters, strict=True) if letter == "n"]
    year, month = tested.split("-")[:2]
    shown = _together(names)
    words = " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
    return f"{words} (last tested in {_MONTHS[int(month) - 1]} {year})"


def _together(names: list[str]) -> list[str]:
    """Name a family once when several of its programs are among the clients: `Gmail (web, iOS)`."""
    families: dict[str, list[str]] = {}
    for name in names:
        family, _, platform = name.partition(" (")
        families.setdefault(family, []).append(platform.removesuffix(")"))
    return [
        f"{family} ({', '.join(platforms)})" if any(platforms) else family for family, platforms in families.items()
    ]


def page_of(feature: str) -> str:
    """Return the page of a feature at Can I email, with its notes."""
    return f"https://www.caniemail.com/features/{feature}/"
