"""Write the golden mails anew: `python tests/golden/refresh.py`. Read the diff before you commit it."""

from pathlib import Path

from newsletter.config import parse_settings
from newsletter.project import Project
from newsletter.project.preparation import PreparedIssue, prepare_issue

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


SAMPLES = ("first-light", "kept-links", "the-drawer", "winter-news")
"""One issue of each stock template: weekly, digest, letter, bulletin."""


def sample(slug: str = "first-light") -> PreparedIssue:
    """Prepare a sample issue with the stock settings, whatever the environment says."""
    settings = parse_settings((REPOSITORY / "newsletter.toml").read_text(encoding="utf-8"), {})
    return prepare_issue(Project(REPOSITORY, settings), slug)


def golden(prepared: PreparedIssue) -> dict[str, str]:
    """Return the golden files by name; the HTML gets a line break before each tag, so that a diff can be read."""
    slug = prepared.compiled.slug
    files = {
        f"{slug}.html": prepared.content.html.replace("<", "\n<").lstrip("\n"),
        f"{slug}.txt": prepared.content.text,
    }
    if slug == SAMPLES[0]:  # headers do not come from the template
        headers = prepared.message.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n", "\n")
        files[f"{slug}.headers.txt"] = headers + "\n"
    return files


if __name__ == "__main__":
    for slug in SAMPLES:
        for name, text in golden(sample(slug)).items():
            (HERE / name).write_text(text, encoding="utf-8")
