"""Laying one PDF page over another, upright as the reader sees the page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from partyroom.documents.geometry import A4_LONG, A4_SHORT, MM

FOOT = 18 * MM
"""What is left free at the foot of a framed page for its number."""
_NEARLY = 1 * MM
_QUARTER = 90


@dataclass(frozen=True, slots=True)
class View:
    """How a reader sees a page: width and height in points, and the matrix from there to the page's own space."""

    width: float
    height: float
    matrix: tuple[float, float, float, float, float, float]


def view_of(page: Page) -> View:
    """What is seen of a page: its crop box, turned by its /Rotate."""
    left, bottom, right, top = _box(page)
    unit = float(page.obj.get("/UserUnit", 1))
    inner = 1 / unit
    width, height = (right - left) * unit, (top - bottom) * unit
    turn = int(page.rotation) % 360 if page.rotation else 0
    if turn == _QUARTER:
        return View(height, width, (0, inner, -inner, 0, right, bottom))
    if turn == 2 * _QUARTER:
        return View(width, height, (-inner, 0, 0, -inner, right, top))
    if turn == 3 * _QUARTER:
        return View(height, width, (0, -inner, inner, 0, left, top))
    return View(width, height, (inner, 0, 0, inner, left, bottom))


def lay_over(page: Page, form: Object, x: float = 0.0, y: float = 0.0) -> None:
    """Draw a form of the same file over a page, its origin at (x, y) as the reader sees the page.

    What a content of strangers leaves open is closed first, else it would bend the form too.
    """
    a, b, c, d, e, f = view_of(page).matrix
    e, f = e + a * x + c * y, f + b * x + d * y
    forms = page.resources.get("/XObject", Dictionary())
    free = next(number for number in count() if f"/Over{number}" not in forms)
    name = page.add_resource(form, Name.XObject, Name(f"/Over{free}"))  # pikepdf's own names are random
    left_open = _left_open(page)
    page.contents_add(b"q\n", prepend=True)
    matrix = " ".join(f"{number:.4f}" for number in (a, b, c, d, e, f))
    page.contents_add(f"\n{'Q ' * (left_open + 1)}q {matrix} cm {name} Do Q\n".encode("ascii"))


def _left_open(page: Page) -> int:
    """How many graphics states a content saves without restoring them."""
    depth = 0
    try:
        for instruction in pikepdf.parse_content_stream(page, "q Q"):
            depth = depth + 1 if str(instruction.operator) == "q" else max(0, depth - 1)
    except pikepdf.PdfError:
        return 0  # nobody can tell
    return depth


def form_of(file: Pdf, page: Page) -> Object:
    """A page of another file as a form of this one; fonts it shares with others are copied once."""
    return file.copy_foreign(page.as_form_xobject(handle_transformations=False))


def is_plain_a4(page: Page) -> bool:
    """Whether a page is A4, upright or across, as our own are: neither turned nor cut."""
    left, bottom, _, _ = _box(page)
    view = view_of(page)
    sizes = sorted((view.width, view.height))
    fits = abs(sizes[0] - A4_SHORT) < _NEARLY and abs(sizes[1] - A4_LONG) < _NEARLY
    turned = bool(page.rotation) or "/UserUnit" in page.obj
    return fits and not turned and abs(left) < 0.01 and abs(bottom) < 0.01


def framed(file: Pdf, page: Page) -> Page:
    """A new page of `file`: A4 with the orientation of `page`, which stands on it whole, above `FOOT`.

    `page` belongs to `file` too. Its annotations are left behind; flatten what should be seen.
    """
    view = view_of(page)
    across = view.width > view.height
    width, height = (A4_LONG, A4_SHORT) if across else (A4_SHORT, A4_LONG)
    scale = min(width / view.width, (height - FOOT) / view.height)
    x = (width - view.width * scale) / 2
    y = FOOT + (height - FOOT - view.height * scale) / 2
    form = page.as_form_xobject(handle_transformations=False)
    form.BBox = Array([*_box(page)])
    matrix = (
        pikepdf.Matrix(*view.matrix).inverse()
        @ pikepdf.Matrix().scaled(scale, scale)
        @ pikepdf.Matrix(1, 0, 0, 1, x, y)
    )
    numbers = " ".join(f"{number:.5f}" for number in matrix.shorthand)
    content = Stream(file, f"q {numbers} cm /Fx0 Do Q".encode("ascii"))
    resources = Dictionary(XObject=Dictionary(Fx0=form))
    box = Array([0, 0, round(width, 4), round(height, 4)])
    sheet = Dictionary(Type=Name.Page, MediaBox=box, Resources=resources, Contents=file.make_indirect(content))
    return Page(file.make_indirect(sheet))


def _box(page: Page) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(number) for number in page.cropbox)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
