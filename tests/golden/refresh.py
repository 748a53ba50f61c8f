"""Write the golden mail anew: `python tests/golden/refresh.py`. Read the diff before you commit it."""

from pathlib import Path

from newsletter.config import parse_settings
from newsletter.project import Project
from newsletter.project.preparation import PreparedIssue, prepare_issue

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


def sample() -> PreparedIssue:
    """Prepare the sample issue with the stock settings, whatever the environment says."""
    settings = parse_settings((REPOSITORY / "newsletter.toml").read_text(encoding="utf-8"), {})
    return prepare_issue(Project(REPOSITORY, settings), "first-light")


def golden(prepared: PreparedIssue) -> dict[str, str]:
    """Return the golden files by name; the HTML gets a line break before each tag, so that a diff can be read."""
    return {
        "first-light.html": prepared.content.html.replace("<", "\n<").lstrip("\n"),
        "first-light.txt": prepared.content.text,
        "first-light.headers.txt": prepared.message.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n", "\n")
        + "\n",
    }


if __name__ == "__main__":
    for name, text in golden(sample()).items():
        (HERE / name).write_text(text, encoding="utf-8")
