"""`newsletter article image`: the picture of a record."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, say, say_json
from newsletter.errors import ContentError, IngestError, UsageError
from newsletter.models import Place

HEAVY = 200 * 1024


def image(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Its name; the beginning is enough.")],
    file: Annotated[Path | None, typer.Argument(help="A picture on this machine.", show_default=False)] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Download the picture that the record names.")] = False,
    alt: Annotated[str | None, typer.Option("--alt", help="What the picture shows.", show_default=False)] = None,
    credit: Annotated[str | None, typer.Option("--credit", help="Who made it.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Give a record a picture that mail clients show: upright, without metadata, as large as needed, JPEG or PNG.

    It is written beside the record, images/NAME.jpg. With nothing but the name, say what the picture is.

    \b
    newsletter article image harbour ~/Pictures/IMG_2041.jpg --alt "A lamp on a pier at dusk" --credit "Jo Ek"
    newsletter article image harbour --fetch
    newsletter article image harbour
    """
    from newsletter.project import Project
    from newsletter.project.pictures import describe_in_words, describe_picture, read_picture, set_picture

    if file and fetch:
        raise UsageError("FILE and --fetch are two pictures", remedy="Give one of them.")
    project = Project.open(context.obj, os.environ)
    name = project.find_article(article).file.removesuffix(".md")
    done: dict[str, Any] = {}
    if file or fetch:
        data, origin = (read_picture(file), "") if file else _download(project, name)
        try:
            prepared = set_picture(project, name, data, origin=origin, alt=alt, credit=credit)
        except ContentError as exc:
            if exc.place is not None:
                raise
            raise ContentError(exc.what, place=Place(file=origin or str(file)), remedy=exc.remedy) from exc
        size = {"width": prepared.original_width, "height": prepared.original_height, "bytes": len(data)}
        done = {"original": size, "notes": list(prepared.notes)}
    elif alt is not None or credit is not None:
        describe_in_words(project, name, alt=alt, credit=credit)
    picture = describe_picture(project, name)
    if as_json:
        say_json(asdict(picture) | done)
    elif done:
        say(_change(picture, done["original"], done["notes"]))
    else:
        _show(picture)
    if picture.bytes > HEAVY:
        note(f"note: the picture has {_size(picture.bytes)}; up to {_size(HEAVY)} load quickly on a telephone")
    if picture.src and not picture.alt:
        note(f'note: it has no alt text: `newsletter article image {Path(name).name} --alt "What it shows"`')


def _download(project: Any, name: str) -> tuple[bytes, str]:
    """Return the picture that a record names on the web, and its address."""
    from newsletter.cli.article import intake
    from newsletter.project.pictures import MAX_SOURCE, origin_of

    article = project.find_article(name)
    origin = origin_of(article)
    if not origin:
        raise UsageError(
            "the record names no picture on the web",
            place=article.place("image"),
            remedy=f"Write its address into `image`, or give a file: `newsletter article image {article.slug} FILE`.",
        )
    try:
        return intake.make_fetcher(MAX_SOURCE).get(origin).body, origin
    except IngestError as exc:
        raise IngestError(
            f"the picture cannot be had from {origin}: {exc.what}",
            place=article.place("image"),
            remedy=f"Save it in a browser and give the file: `newsletter article image {article.slug} FILE`.",
        ) from exc


def _change(picture: Any, original: dict[str, int], notes: list[str]) -> str:
    from newsletter.content.images import dimensions

    before = f"{dimensions(original['width'], original['height'])}, {_size(original['bytes'])}"
    after = f"{dimensions(picture.width, picture.height)}, {_size(picture.bytes)}"
    return f"{picture.file}: {before} → {after}" + (f" ({', '.join(notes)})" if notes else "")


def _show(picture: Any) -> None:
    from newsletter.content.images import dimensions

    if picture.file:
        say(f"{picture.file}: {dimensions(picture.width, picture.height)}, {_size(picture.bytes)}")
    elif picture.src:
        say(picture.src)
        note("It is on the web; --fetch takes it into the project.")
    else:
        note(f"{picture.article} has no picture.")
    for label, text in (("alt", picture.alt), ("credit", picture.credit)):
        if text:
            say(f"{label}: {text}")


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(1, round(count / 1024)):,} KB"
