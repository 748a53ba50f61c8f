"""Write newsletter/checks/clients/table.py anew from the data of Can I email (https://www.caniemail.com, MIT).

    python docs/client_support.py 2.0.2
    python docs/client_support.py --json data.json

The first takes the npm package `caniemail` of that version, through npm; the second a file that was saved from
https://www.caniemail.com/api/data.json. Read the diff: a row that turns makes a check speak or fall silent.
"""

import argparse
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent.parent / "newsletter" / "checks" / "clients"

CLIENTS = {
    "Outlook 2016–2019 (Windows)": ("outlook", "windows"),  # noqa: RUF001 - a range of years
    "Outlook.com": ("outlook", "outlook-com"),
    "Outlook (macOS)": ("outlook", "macos"),
    "Outlook (iOS)": ("outlook", "ios"),
    "Outlook (Android)": ("outlook", "android"),
    "Gmail (web)": ("gmail", "desktop-webmail"),
    "Gmail (iOS)": ("gmail", "ios"),
    "Gmail (Android)": ("gmail", "android"),
    "Apple Mail (macOS)": ("apple-mail", "macos"),
    "Apple Mail (iOS)": ("apple-mail", "ios"),
    "Yahoo Mail (web)": ("yahoo", "desktop-webmail"),
    "Yahoo Mail (iOS)": ("yahoo", "ios"),
    "Yahoo Mail (Android)": ("yahoo", "android"),
    "Samsung Email": ("samsung-email", "android"),
    "Thunderbird": ("thunderbird", "macos"),
    "Proton Mail (web)": ("protonmail", "desktop-webmail"),
    "GMX (web)": ("gmx", "desktop-webmail"),
    "WEB.DE (web)": ("web-de", "desktop-webmail"),
}
"""The clients that the table keeps, in the order of its columns."""

SAME = {("thunderbird", "macos"): ("thunderbird", "windows")}
"""Columns that stand in for one that was not tested."""

MONTH = re.compile(r"20[0-9]{2}-[0-9]{2}")
YEAR = re.compile(r"\b20[0-9]{2}\b(?!-)")

HEAD = '''"""What mail clients support: a reduced copy of the data of Can I email. Written by docs/client_support.py.

Copyright (c) 2019 Rémi Parmentier, MIT licence: LICENSE-caniemail.txt beside this file.
"""

SOURCE = "{source}"
DATED = "{dated}"
"""The day of the data; every row has the day of its own last test, and most of those are years older."""

CLIENTS = (
{clients}
)
"""The columns of the table."""

# name: (what it is called there, day of the last test, a letter for each client)
# y supported, a supported in part, n not supported, u not known
ROWS: dict[str, tuple[str, str, str]] = {{
{rows}
}}
'''


def main() -> None:
    """Read the data and write the table."""
    parser = argparse.ArgumentParser(description="Refresh the table of what mail clients support.")
    parser.add_argument("version", nargs="?", default="latest", help="version of the npm package caniemail")
    parser.add_argument("--json", type=Path, help="a file saved from https://www.caniemail.com/api/data.json")
    options = parser.parse_args()
    data, source = from_file(options.json) if options.json else from_npm(options.version)
    rows = "\n".join(row(feature) for feature in sorted(data["data"], key=lambda each: str(each["slug"])))
    clients = "\n".join(f'    "{name}",' + ("  # noqa: RUF001 - a range of years" * ("–" in name)) for name in CLIENTS)  # noqa: RUF001
    text = HEAD.format(source=source, dated=data["last_update_date"][:10], clients=clients, rows=rows)
    (HOME / "table.py").write_text(text, encoding="utf-8")
    print(f"{source}: {len(data['data'])} features, data of {data['last_update_date'][:10]}")


def from_npm(version: str) -> tuple[dict[str, Any], str]:
    """Return the data in a version of the npm package, and what to call it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - npm itself, with a version that a person typed
            ["npm", "pack", "--silent", f"caniemail@{version}", "--pack-destination", folder],  # noqa: S607
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            member = packed.extractfile("package/data/caniemail.json")
            assert member is not None
            return json.load(member), f"npm {archive.stem.replace('-', ' ')}"


def from_file(path: Path) -> tuple[dict[str, Any], str]:
    """Return the data in a file."""
    return json.loads(path.read_text(encoding="utf-8")), "https://www.caniemail.com/api/data.json"


def row(feature: dict[str, Any]) -> str:
    """Write one feature as a line of the table."""
    title = str(feature["title"]).strip().replace('"', "'")
    letters = "".join(letter(feature["stats"], *column) for column in CLIENTS.values())
    return f'    "{feature["slug"]}": ("{title}", "{feature["last_test_date"]}", "{letters}"),'


def letter(stats: dict[str, dict[str, dict[str, str]]], family: str, platform: str) -> str:
    """Return what the newest version of a client supports; of Outlook for Windows the worse of 2016 and 2019."""
    versions = stats.get(family, {}).get(platform)
    if not versions:
        return letter(stats, *SAME[family, platform]) if (family, platform) in SAME else "u"
    newest = [versions[year] for year in ("2016", "2019") if year in versions] if platform == "windows" else []
    found = [value[:1].lower() for value in newest or [versions[newest_of(list(versions))]]]
    return min(found, key="nayu".index)


def newest_of(names: list[str]) -> str:
    """Return the newest of some versions: by number, or the last where months stand among version numbers."""
    if len({bool(MONTH.fullmatch(name)) for name in names}) > 1 or YEAR.search(" ".join(names)):
        return names[-1]
    return max(names, key=lambda name: [int(part) for part in re.findall(r"[0-9]+", name)])


if __name__ == "__main__":
    main()
