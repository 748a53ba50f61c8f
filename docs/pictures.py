"""Draw the pictures of the sample issues anew: `python docs/pictures.py`. Flat shapes, few colours, small files."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

ISSUES = Path(__file__).parent.parent / "issues"
FINER = 3
"""Drawn so many times larger and made smaller again, which gives smooth edges."""

Colour = str
Points = list[tuple[float, float]]
Box = tuple[float, float, float, float]


class Sheet:
    """A sheet of paper in units of the finished picture."""

    def __init__(self, width: int, height: int, paper: Colour) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * FINER, height * FINER), paper)
        self.draw = ImageDraw.Draw(self.image)

    def shape(self, points: Points, fill: Colour) -> None:
        """Fill a polygon."""
        self.draw.polygon([(x * FINER, y * FINER) for x, y in points], fill)

    def box(self, place: Box, fill: Colour, radius: float = 0) -> None:
        """Fill a rectangle: left, top, width, height."""
        x, y, width, height = place
        corners = (x * FINER, y * FINER, (x + width) * FINER - 1, (y + height) * FINER - 1)
        self.draw.rounded_rectangle(corners, radius * FINER, fill)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        self.draw.ellipse([side * FINER for side in (x - radius, y - radius, x + radius, y + radius)], fill)

    def line(self, points: Points, fill: Colour, width: float) -> None:
        """Draw a line from point to point."""
        self.draw.line([(x * FINER, y * FINER) for x, y in points], fill, round(width * FINER), joint="curve")

    def arc(
        self, middle: tuple[float, float], radius: float, degrees: tuple[int, int], fill: Colour, width: float
    ) -> None:
        """Draw a part of a circle, clockwise from three o'clock."""
        x, y = middle
        box = [side * FINER for side in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.arc(box, *degrees, fill, round(width * FINER))

    def save(self, path: Path) -> None:
        """Write the sheet as a PNG of 48 colours."""
        path.parent.mkdir(parents=True, exist_ok=True)
        small = self.image.resize(self.size, Image.Resampling.LANCZOS)
        small.quantize(48, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
        print(f"{path.relative_to(ISSUES.parent)}: {path.stat().st_size:,} bytes")


def paper_boat() -> Sheet:
    """Draw a paper boat below a large sun."""
    sheet = Sheet(1072, 560, "#cfe6da")
    sheet.disc(740, 300, 190, "#f6c667")
    sheet.box((0, 380, 1072, 180), "#2f7d6b")
    sheet.shape([(300, 350), (820, 350), (720, 450), (400, 450)], "#fdfaf2")
    sheet.shape([(430, 350), (560, 150), (560, 350)], "#ffffff")
    sheet.shape([(560, 150), (690, 350), (560, 350)], "#e4ddcd")
    sheet.shape([(300, 350), (400, 450), (450, 350)], "#e4ddcd")
    for row, shade in enumerate(("#3b8f7b", "#256a5a", "#1d5649")):
        top = 425 + row * 45
        sheet.box((0, top + 24, 1072, 560 - top), shade)
        for x in range(-40 + row * 45, 1200, 90):
            sheet.disc(x, top + 24, 45, shade)
    return sheet


def envelopes() -> Sheet:
    """Draw a drawer with a pile of envelopes and one pressed flower."""
    sheet = Sheet(1024, 480, "#efe7d8")
    sheet.box((112, 330, 800, 120), "#8a5a3c", 10)
    sheet.box((112, 330, 800, 14), "#6f452c")
    for left, top, paper, flap in (
        (210, 236, "#dfd3bd", "#cbbca1"),
        (270, 190, "#f6efe0", "#e2d6bf"),
        (240, 132, "#fffaf0", "#eadfc9"),
    ):
        sheet.box((left, top, 480, 198), paper, 4)
        sheet.line([(left + 4, top + 4), (left + 240, top + 110), (left + 476, top + 4)], flap, 6)
    sheet.box((652, 148, 50, 60), "#a23b33", 2)
    sheet.disc(677, 178, 14, "#efe7d8")
    sheet.line([(800, 330), (790, 220), (812, 130)], "#5d7448", 6)
    for x, y in ((780, 105), (812, 84), (844, 105), (832, 142), (792, 142)):
        sheet.disc(x, y, 24, "#4f6fa5")
    sheet.disc(812, 116, 16, "#f0c14b")
    sheet.box((112, 330, 800, 120), "#8a5a3c", 10)
    sheet.box((112, 330, 800, 14), "#6f452c")
    sheet.disc(512, 396, 18, "#d9b77e")
    return sheet


def reading_room() -> Sheet:
    """Draw three arched windows at night, a long table, lamps, a moon."""
    sheet = Sheet(1200, 640, "#2b2e83")
    for x in (130, 470, 810):
        sheet.disc(x + 130, 220, 130, "#151747")
        sheet.box((x, 220, 260, 230), "#151747")
        for star_x, star_y in ((60, 180), (150, 130), (200, 230), (90, 290), (180, 330)):
            sheet.disc(x + star_x, star_y, 3, "#c9ccff")
        sheet.box((x + 126, 92, 8, 358), "#2b2e83")
        sheet.box((x, 270, 260, 8), "#2b2e83")
    sheet.disc(985, 180, 38, "#ffe9b0")
    sheet.disc(1000, 170, 34, "#151747")
    sheet.box((932, 92, 16, 178), "#2b2e83")
    sheet.box((0, 500, 1200, 140), "#1a1c5c")
    for x in (260, 600, 940):
        sheet.shape([(x - 46, 392), (x + 46, 392), (x + 190, 500), (x - 190, 500)], "#474bb0")
        sheet.shape([(x - 26, 340), (x + 26, 340), (x + 66, 392), (x - 66, 392)], "#ffd166")
        sheet.box((x - 4, 392, 8, 108), "#0f1138")
        sheet.box((x - 40, 492, 80, 10), "#0f1138", 4)
    sheet.box((60, 500, 1080, 26), "#e98a5b", 6)
    for x, tint in ((390, "#ffffff"), (700, "#ffd166"), (760, "#7fd1c7"), (1030, "#ffffff")):
        sheet.shape([(x - 60, 500), (x, 486), (x, 498), (x - 60, 512)], tint)
        sheet.shape([(x + 60, 500), (x, 486), (x, 498), (x + 60, 512)], "#d7d9f7")
    for x in (120, 1060):
        sheet.box((x, 526, 20, 114), "#b9653b")
    return sheet


def headphones() -> Sheet:
    """Draw headphones and a wave of sound."""
    sheet = Sheet(640, 480, "#ffe3d3")
    sheet.arc((320, 250), 150, (180, 360), "#20226b", 26)
    for x in (150, 430):
        sheet.box((x, 240, 60, 130), "#e8694a", 26)
    for index, height in enumerate((40, 90, 140, 70, 110, 50)):
        sheet.box((236 + index * 30, 305 - height / 2, 14, height), "#3d3fc4", 7)
    return sheet


def town_map() -> Sheet:
    """Draw streets, a river and three pins."""
    sheet = Sheet(640, 480, "#dff0e6")
    sheet.line([(-20, 380), (160, 330), (300, 390), (470, 300), (660, 330)], "#8cc7e8", 74)
    for points in (
        [(0, 130), (640, 70)],
        [(0, 260), (640, 200)],
        [(150, 0), (210, 480)],
        [(420, 0), (470, 480)],
    ):
        sheet.line([(float(x), float(y)) for x, y in points], "#ffffff", 22)
    for x, y, tint in ((170, 112, "#e8694a"), (455, 216, "#3d3fc4"), (300, 330, "#20226b")):
        sheet.shape([(x - 34, y - 44), (x + 34, y - 44), (x, y + 22)], tint)
        sheet.disc(x, y - 58, 38, tint)
        sheet.disc(x, y - 58, 15, "#ffffff")
    return sheet


PICTURES: dict[str, Callable[[], Sheet]] = {
    "kept-links/images/paper-boat.png": paper_boat,
    "the-drawer/images/envelopes.png": envelopes,
    "winter-news/images/reading-room.png": reading_room,
    "winter-news/images/headphones.png": headphones,
    "winter-news/images/town-map.png": town_map,
}


if __name__ == "__main__":
    for name, paint in PICTURES.items():
        paint().save(ISSUES / name)
