"""Whatever an editor has comes out as a picture that mail clients show, and says nothing about who took it where."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from newsletter.content.images import MAX_PIXELS, image_size, prepare_image
from newsletter.errors import ContentError


def photo(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Make something with a gradient and noise, red at the top left."""
    noise = random.Random(1)
    small = Image.new("RGB", (40, 30))
    small.putdata([(noise.randrange(256), noise.randrange(256), noise.randrange(256)) for _ in range(1200)])
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    picture.paste((255, 0, 0), (0, 0, width // 4, height // 4))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def pixel(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = picture.convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return tuple(int(value) for value in found)


def is_red(value: tuple[int, ...]) -> bool:
    return value[0] > 220 and value[1] < 60 and value[2] < 60


def camera_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


def refused(data: bytes) -> str:
    with pytest.raises(ContentError) as caught:
        prepare_image(data, max_width=1200)
    assert caught.value.remedy
    return caught.value.what


# where the red corner, stored at the top left, is seen: Exif 2.32 §4.6.4
@pytest.mark.parametrize(
    ("orientation", "corner", "sideways"),
    [
        (2, (390, 5), 0),
        (3, (390, 290), 0),
        (4, (5, 290), 0),
        (5, (5, 5), 1),
        (6, (290, 5), 1),
        (7, (290, 390), 1),
        (8, (5, 390), 1),
    ],
)
def test_a_turned_photo_is_upright_and_says_nothing_of_camera_and_place(
    orientation: int, corner: tuple[int, int], sideways: int
) -> None:
    data = saved(photo(), "JPEG", exif=camera_exif(orientation), comment=b"by me")
    assert b"Exif" in data
    assert b"SecretCamera" in data
    prepared = prepare_image(data, max_width=1200)
    assert (prepared.width, prepared.height) == ((300, 400) if sideways else (400, 300))
    assert (prepared.original_width, prepared.original_height) == (prepared.width, prepared.height)
    assert prepared.notes == ("orientation fixed", "metadata removed")
    picture = opened(prepared.data)
    assert is_red(pixel(picture, *corner))
    for trace in (b"Exif", b"SecretCamera", b"by me", b"ICC_PROFILE", b"http://ns.adobe.com"):
        assert trace not in prepared.data
    assert not picture.getexif()


def test_a_wide_photo_is_brought_down_and_a_small_one_is_never_brought_up() -> None:
    prepared = prepare_image(saved(photo(1500, 1001), "JPEG"), max_width=1200)
    assert (prepared.width, prepared.height, prepared.suffix) == (1200, 801, ".jpg")
    assert (prepared.original_width, prepared.original_height, prepared.notes) == (1500, 1001, ())
    assert opened(prepared.data).info["progressive"] == 1
    assert prepare_image(saved(photo(100, 1000), "JPEG"), max_width=1200).width == 100
    assert (one := prepare_image(saved(photo(3000, 1), "JPEG"), max_width=600)).height == 1
    assert image_size(one.data) == (600, 1)


def test_the_same_bytes_give_the_same_picture() -> None:
    data = saved(photo(), "PNG")
    assert prepare_image(data, max_width=300) == prepare_image(data, max_width=300)


def test_a_photo_in_png_becomes_jpeg_and_its_texts_are_gone() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SecretAuthor")
    prepared = prepare_image(saved(photo(), "PNG", pnginfo=text), max_width=1200)
    assert (prepared.suffix, prepared.notes) == (".jpg", ("metadata removed", "PNG to JPEG"))
    assert b"SecretAuthor" not in prepared.data


def test_transparency_stays_and_a_channel_that_says_nothing_goes() -> None:
    logo = photo(mode="RGBA")
    logo.paste((0, 0, 0, 0), (200, 0, 400, 300))
    prepared = prepare_image(saved(logo, "PNG", exif=camera_exif(1)), max_width=200)
    assert (prepared.suffix, prepared.width) == (".png", 200)
    assert pixel(opened(prepared.data), 180, 20)[3] == 0
    assert pixel(opened(prepared.data), 10, 10)[3] == 255
    assert b"eXIf" not in prepared.data
    assert b"SecretCamera" not in prepared.data
    assert prepare_image(saved(photo(mode="RGBA"), "PNG"), max_width=200).suffix == ".jpg"


def test_a_drawing_of_few_colours_stays_sharp_in_a_palette() -> None:
    drawing = Image.new("RGB", (400, 300), "white")
    for number in range(20):
        drawing.paste((number * 12, 40, 200), (number * 20, 0, number * 20 + 3, 300))
    prepared = prepare_image(saved(drawing, "BMP"), max_width=1200)
    assert (prepared.suffix, prepared.notes) == (".png", ("BMP to PNG",))
    assert opened(prepared.data).mode == "P"
    assert opened(prepared.data).convert("RGB").tobytes() == drawing.tobytes()
    see_through = drawing.quantize(32)
    prepared = prepare_image(saved(see_through, "PNG", transparency=see_through.getpixel((399, 0))), max_width=1200)
    assert prepared.suffix == ".png"
    assert opened(prepared.data).mode == "P"
    assert pixel(opened(prepared.data), 399, 0)[3] == 0
    assert pixel(opened(prepared.data), 1, 0)[3] == 255


def test_colours_of_a_printer_become_those_of_a_screen() -> None:
    prepared = prepare_image(saved(photo(mode="CMYK"), "JPEG"), max_width=1200)
    assert (prepared.suffix, prepared.notes) == (".jpg", ("CMYK converted to RGB",))
    assert opened(prepared.data).mode == "RGB"
    assert is_red(pixel(opened(prepared.data), 5, 5))


def test_a_colour_profile_is_applied_and_left_out() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    standard = prepare_image(saved(photo(), "JPEG", icc_profile=profile), max_width=1200)
    assert standard.notes == ()
    assert b"ICC_PROFILE" not in standard.data
    other = profile.replace("sRGB".encode("utf-16-be"), "xxxx".encode("utf-16-be"))
    other = other.replace(b"sRGB", b"xxxx")
    converted = prepare_image(saved(photo(), "JPEG", icc_profile=other), max_width=1200)
    assert converted.notes == ("colours converted to sRGB",)
    assert is_red(pixel(opened(converted.data), 5, 5))
    broken = prepare_image(saved(photo(), "JPEG", icc_profile=b"nonsense" * 30), max_width=1200)
    assert broken.notes == ("unreadable colour profile dropped",)


def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    ramp = Image.new("I;16", (256, 64))
    for x in range(256):
        for y in range(64):
            ramp.putpixel((x, y), x * 257)
    prepared = prepare_image(saved(ramp, "PNG"), max_width=1200)
    assert [pixel(opened(prepared.data), x, 30)[0] for x in (0, 128, 255)] == [0, 128, 255]


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "TIFF"])
def test_what_outlook_does_not_show_becomes_jpeg_or_png(kind: str) -> None:
    prepared = prepare_image(saved(photo(), kind), max_width=1200)
    assert (prepared.suffix, prepared.notes) == (".jpg", (f"{kind} to JPEG",))
    logo = photo(mode="RGBA")
    logo.putalpha(Image.linear_gradient("L").resize(logo.size))
    prepared = prepare_image(saved(logo, kind), max_width=1200)
    assert (prepared.suffix, prepared.notes) == (".png", (f"{kind} to PNG",))


def test_an_animated_gif_is_kept_and_a_still_one_becomes_png() -> None:
    frames = [Image.new("P", (64, 64), color) for color in range(3)]
    for number, frame in enumerate(frames):
        frame.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
        frame.putpixel((number, 0), 2)
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    prepared = prepare_image(data, max_width=32)
    assert prepared.data == data
    assert (prepared.suffix, prepared.width, prepared.notes) == (".gif", 64, ("animated, 3 frames, kept as it is",))
    still = prepare_image(saved(frames[1], "GIF"), max_width=1200)
    assert (still.suffix, still.notes) == (".png", ("GIF to PNG",))
    assert refused(data + b"<script>alert(1)</script>") == (
        "there is something behind the end of this GIF, or its end is missing"
    )
    moving = prepare_image(saved(photo(), "WEBP", save_all=True, append_images=[photo(mode="L")]), max_width=1200)
    assert moving.notes == ("only the first of 2 frames", "WEBP to JPEG")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP"])
def test_a_picture_that_ends_too_early_is_refused(kind: str) -> None:
    data = saved(photo(), kind)
    unread = "this is no whole picture of a format that can be read"
    assert refused(data[: len(data) // 2]) == (unread if kind == "AVIF" else "the picture is damaged or incomplete")


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_from_its_header() -> None:
    assert refused(png_header(10_000, 5_001)) == (
        "the picture has 10000\N{MULTIPLICATION SIGN}5001 pixels, and the limit is 50 million"
    )
    assert refused(png_header(10_000, 10_000)).startswith("the picture has far more pixels than a picture for a mail")
    assert refused(png_header(60_000, 60_000)).startswith("the picture has far more pixels than a picture for a mail")
    assert MAX_PIXELS == 50_000_000


def test_what_is_no_picture_is_named() -> None:
    assert refused(b"") == "the file is empty"
    assert refused(b"<!DOCTYPE html><title>404</title>") == "this is a web page, not a picture"
    assert refused(b"\n<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>") == (
        "this is an SVG drawing, which mail clients do not show"
    )
    assert refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") == "this is an HEIC picture, which only few programs read"
    for other in (b"%PDF-1.7\n", b"hello", b"\0" * 500, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"):
        assert refused(other) == "this is no whole picture of a format that can be read"
    ico = saved(photo(64, 64), "ICO")
    assert refused(ico) == "this is no whole picture of a format that can be read"


@pytest.mark.parametrize(
    "magic", [b"GIF89a", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"RIFF    WEBPVP8 "]
)
def test_a_page_that_begins_like_a_picture_is_refused(magic: bytes) -> None:
    page = b"/*<html><body><script>alert(document.cookie)</script></body></html>" + b"x" * 200
    refused(magic + page)


def test_a_page_hidden_behind_a_picture_does_not_come_through() -> None:
    prepared = prepare_image(saved(photo(), "JPEG") + b"<script>alert(1)</script>", max_width=1200)
    assert b"<script" not in prepared.data


def test_a_turned_tiff_is_upright_too() -> None:
    prepared = prepare_image(saved(photo(), "TIFF", exif=camera_exif(6)), max_width=1200)
    assert (prepared.width, prepared.height) == (300, 400)
    assert is_red(pixel(opened(prepared.data), 290, 5))
    assert b"SecretCamera" not in prepared.data
