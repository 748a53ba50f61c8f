"""Pictures of any kind -> what a mail can show: upright, without metadata, no wider than needed, JPEG or PNG.

Outlook for Windows shows neither WebP nor AVIF nor TIFF, and hardly a client shows HEIC. Pillow takes a while to
import: import this where a picture is at hand, not at the top of a command.
"""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageCms, UnidentifiedImageError

from newsletter.errors import ContentError

MAX_PIXELS = 50_000_000
"""More is refused from the header, before anything is unpacked; telephones make up to 48 million."""

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
"""The only formats that are opened; Pillow knows dozens."""

_QUALITY = 82
_UNSEEN = 16  # of 255: a palette may differ by that much from the true colours
_ORIENTATION = 0x0112  # Exif 2.32 §4.6.4
_METADATA = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"})
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SAVE_AS = "Save it as JPEG or PNG in an image editor and give that file."
_HEIC = re.compile(rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)", re.DOTALL)

# What Pillow and its decoders raise for data that is not what its first bytes promise.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    MemoryError,
    Warning,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedImage:
    """A picture for a mail; `suffix` has its dot, sizes are in pixels, the original's as it is seen upright.

    `notes` say what was done, each in a few words.
    """

    data: bytes
    suffix: str
    width: int
    height: int
    original_width: int
    original_height: int
    notes: tuple[str, ...] = ()


def prepare_image(data: bytes, *, max_width: int) -> PreparedImage:
    """Turn a picture upright, strip its metadata, and bring it to at most `max_width` pixels, never up.

    Photographs become JPEG in sRGB; what is transparent or has at most 256 colours becomes PNG; an animated GIF stays
    as it is, byte for byte. The same bytes give the same result. Raises ContentError for everything that is no whole
    picture, for SVG and HEIC, and for more than 50 megapixels.
    """
    with _opened(data) as picture:
        if picture.format == "GIF" and getattr(picture, "n_frames", 1) > 1:
            return _animated(data, picture)
        format_, frames = picture.format or "", getattr(picture, "n_frames", 1)
        # some formats keep their metadata behind the pixels
        picture.load()
        notes = []
        turned = _upright(picture)
        if turned is not picture:
            notes.append("orientation fixed")
        if _METADATA & set(picture.info) or getattr(picture, "text", None):
            notes.append("metadata removed")
        if frames > 1 and format_ not in {"JPEG", "MPO"}:
            notes.append(f"only the first of {frames} frames")
        flat = _eight_bits(turned)
        few = format_ not in {"JPEG", "MPO"} and flat.getcolors(256) is not None
        small, colours = _standard_colours(_shrunk(flat, max_width), picture.info.get("icc_profile"))
        notes += colours
        encoded, suffix = _encoded(small, few=few)
        kind = "JPEG" if suffix == ".jpg" else "PNG"
        if format_.replace("MPO", "JPEG") != kind:
            notes.append(f"{format_} to {kind}")
        return PreparedImage(
            data=encoded,
            suffix=suffix,
            width=small.width,
            height=small.height,
            original_width=turned.width,
            original_height=turned.height,
            notes=tuple(notes),
        )


def image_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels as a picture's header states them; raises ContentError when it is none."""
    with _opened(data) as picture:
        return picture.size


def dimensions(width: int, height: int) -> str:
    """Write a size in pixels: 1200\N{MULTIPLICATION SIGN}900."""
    return f"{width}\N{MULTIPLICATION SIGN}{height}"


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture of an allowed format and size; whatever goes wrong inside is a ContentError."""
    _refuse_other_kinds(data)
    Image.init()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # broken metadata does no harm: it is dropped anyway
        warnings.filterwarnings(
            "ignore", message=r"(?i)(possibly )?corrupt exif|metadata warning|image appears to be a m"
        )
        try:
            with Image.open(io.BytesIO(data), formats=[name for name in FORMATS if name in Image.OPEN]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise _too_large(f"{dimensions(*picture.size)} pixels")
                yield picture
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
            raise _too_large("far more pixels than a picture for a mail") from exc
        except UnidentifiedImageError as exc:
            raise ContentError(
                "this is no whole picture of a format that can be read",
                remedy="JPEG, PNG, GIF, WebP, AVIF, TIFF and BMP can.",
            ) from exc
        except _DAMAGED as exc:
            raise ContentError(
                "the picture is damaged or incomplete", remedy=f"Get it again from where it came. {_SAVE_AS}"
            ) from exc


def _too_large(size: str) -> ContentError:
    return ContentError(
        f"the picture has {size}, and the limit is {MAX_PIXELS // 1_000_000} million",
        remedy="Make it smaller in an image editor and give that file.",
    )


def _refuse_other_kinds(data: bytes) -> None:
    """Name what people take for a picture and is none, or none that a mail can show."""
    head = data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not data:
        raise ContentError("the file is empty", remedy="Get the picture again from where it came.")
    if head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in head):
        raise ContentError(
            "this is an SVG drawing, which mail clients do not show",
            remedy="Export it as PNG, twice as wide as it will appear, and give that file.",
        )
    if head.startswith(b"<"):
        raise ContentError(
            "this is a web page, not a picture",
            remedy="Open it in a browser, save the picture itself and give that file.",
        )
    # ISO/IEC 14496-12 §4.3: an AVIF names its kind at least among the compatible brands
    if _HEIC.match(data) and b"avif" not in data[8:64]:
        raise ContentError("this is an HEIC picture, which only few programs read", remedy=_SAVE_AS)


def _animated(data: bytes, picture: Image.Image) -> PreparedImage:
    """Look at every frame of an animation, and keep it."""
    frames = getattr(picture, "n_frames", 1)
    if frames * picture.width * picture.height > 10 * MAX_PIXELS:
        raise _too_large(f"{frames:,} frames of {dimensions(*picture.size)} pixels")
    if not data.endswith(b"\x3b"):  # GIF89a §27: the trailer
        raise ContentError("there is something behind the end of this GIF, or its end is missing", remedy=_SAVE_AS)
    for frame in range(frames):
        picture.seek(frame)
        picture.load()
    width, height = picture.size
    return PreparedImage(
        data=data,
        suffix=".gif",
        width=width,
        height=height,
        original_width=width,
        original_height=height,
        notes=(f"animated, {frames} frames, kept as it is",),
    )


def _upright(picture: Image.Image) -> Image.Image:
    """Turn a picture as its Exif says; a TIFF is turned by Pillow itself."""
    try:
        orientation = picture.getexif().get(_ORIENTATION)
    except _DAMAGED:
        return picture
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture as L, RGB, RGBA or CMYK; opaque ones lose their alpha channel."""
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        opaque = picture.getchannel("A").histogram()[255]
        return picture if opaque < picture.width * picture.height else picture.convert("RGB")
    if picture.mode in {"L", "RGB", "CMYK"}:
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode[0] in "IF":
        highest = 65535 if picture.mode.startswith("I;16") else _highest(picture)
        scale = 255 / max(highest, 1e-9)
        return picture.convert("F").point(lambda value: value * scale + 0.5).convert("L")
    return picture.convert("RGB")


def _highest(band: Image.Image) -> float:
    """Return the highest value in a picture of one band."""
    _, highest = band.getextrema()
    return 0.0 if isinstance(highest, tuple) else highest


def _shrunk(picture: Image.Image, max_width: int) -> Image.Image:
    if picture.width <= max_width:
        return picture
    height = max(1, round(picture.height * max_width / picture.width))
    return picture.resize((max_width, height), Image.Resampling.LANCZOS)


def _standard_colours(picture: Image.Image, profile: bytes | None) -> tuple[Image.Image, list[str]]:
    """Convert to sRGB, which is what a picture without a profile is taken for."""
    notes = []
    mode = "RGB" if picture.mode == "RGBA" else picture.mode
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(source).lower():
                opaque = picture.convert("RGB") if picture.mode == "RGBA" else picture
                target = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(opaque, source, target, outputMode="RGB") or opaque
                if picture.mode == "RGBA":
                    converted.putalpha(picture.getchannel("A"))
                return converted, ["colours converted to sRGB"]
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            notes.append("unreadable colour profile dropped")
    if mode == "CMYK":
        return picture.convert("RGB"), [*notes, "CMYK converted to RGB"]
    return picture, notes


def _encoded(picture: Image.Image, *, few: bool) -> tuple[bytes, str]:
    """Write a picture; of few colours the PNG, unless it is a photograph: then the JPEG is less than half as big."""
    picture = picture.copy()
    picture.info = {}
    if picture.mode == "RGBA":
        return _png(picture), ".png"
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    jpeg = file.getvalue()
    if few:
        png = _png(picture)
        if len(png) <= 2 * len(jpeg):
            return png, ".png"
    return jpeg, ".jpg"


def _png(picture: Image.Image) -> bytes:
    """Write a PNG, with a palette where nobody sees the difference."""
    if picture.mode != "L":
        method = Image.Quantize.FASTOCTREE if picture.mode == "RGBA" else Image.Quantize.MEDIANCUT
        reduced = picture.quantize(256, method=method, dither=Image.Dither.NONE)
        # without what lies under full transparency
        mode = "RGBa" if picture.mode == "RGBA" else "RGB"
        true = picture.convert(mode)
        seen = reduced.convert(picture.mode).convert(mode)
        differences = (ImageChops.difference(*bands) for bands in zip(true.split(), seen.split(), strict=True))
        if max(map(_highest, differences)) <= _UNSEEN:
            picture = reduced
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
