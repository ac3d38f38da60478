"""What a printed paper consists of, before anybody decides how to draw it.

Every class is a frozen dataclass of plain strings and numbers. All texts are taken literally: nothing in them is
markup, so whatever a user typed may be passed on as it is. `pdf.render_pdf` and `word.render_docx` draw the same
`Document`. Measures of paper are millimetres, sizes of type are points.

Sources: GB/T 9704-2012 《党政机关公文格式》 clauses 4, 5, 7 and 10.3 for the official page and its elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """A family of type as offices name it; digits and Latin letters are always Liberation Serif (Times metrics)."""

    FANGSONG = "仿宋"
    SONG = "宋体"
    TITLE = "小标宋"
    HEI = "黑体"
    KAI = "楷体"


class PageStyle(Enum):
    """The three kinds of sheet."""

    OFFICIAL = "公文"  # GB/T 9704: A4, type area 156 × 225 mm, 22 lines of 28 characters
    FORM = "表单"  # A4 record form: margins 25.4 mm above and below, 31.7 mm at the sides
    LEDGER = "台账"  # A4 landscape for wide tables


class Footer(Enum):
    """How pages are numbered."""

    DASHED = "— 1 —"  # GB/T 9704 clause 7.5: right on odd, left on even pages
    CENTRED = "— 1 — 居中"
    COUNTED = "第 1 页 共 2 页"  # centred
    NONE = ""


class Align(Enum):
    """Where a line of text stands between its margins."""

    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


@dataclass(frozen=True, slots=True)
class Masthead:
    """红色小标宋标志 of a red-headed paper or 纪要, upper edge 35 mm below the top of the type area (7.2.4, 10.3).

    The size is chosen to fit one line (at most `size` points); the upper edge is that of the em box of the type.
    Use it as the first block of a document.
    """

    text: str
    size: float = 42.0


@dataclass(frozen=True, slots=True)
class NumberLine:
    """发文字号 or 纪要期号 and date, two blank lines below the masthead, followed 4 mm lower by a red line (7.2.5-7).

    Give `centre` alone (`×校党支〔2026〕5号`), or `left` and `right`, which stand one character in from the edges.
    `signer` is the name after 签发人 and is set in 楷体 behind `right`.
    """

    centre: str = ""
    left: str = ""
    right: str = ""
    signer: str = ""
    blank_above: int = 2
    rule: bool = True


@dataclass(frozen=True, slots=True)
class Title:
    """二号小标宋 title, centred, broken into lines of a balanced shape; a newline in the text forces a break.

    On OFFICIAL pages `blank_above` lines of body pitch are left above it when something stands above it on the
    page, and `blank_below` lines follow. `size` None means 22 pt (18 pt on FORM and LEDGER pages).
    """

    text: str
    blank_above: int = 2
    blank_below: int = 1
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading: level 1 `一、` 黑体, 2 `（一）` 楷体, 3 `1.` and 4 `（1）` 仿宋, never bold (7.3.3)."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text, justified, first line indented by two characters; each newline starts another paragraph.

    `indent` False sets it flush (主送机关). `size` None is the body size of the page style. `lead` is printed in
    front of `text` in `lead_role`: the numbered first sentence of `（一）加强学习。各小组……`.
    """

    text: str
    indent: bool = True
    align: Align = Align.JUSTIFY
    role: Role = Role.FANGSONG
    size: float | None = None
    lead: str = ""
    lead_role: Role = Role.HEI


@dataclass(frozen=True, slots=True)
class Labelled:
    """`出席：张三、李四`: 黑体 label, full-width colon, text hanging at the first character after it (10.3).

    `label` comes without the colon. `role` is that of the label; use FANGSONG for 附件.
    """

    label: str
    text: str
    indent: bool = True
    role: Role = Role.HEI


@dataclass(frozen=True, slots=True)
class Closing:
    """署名 and 成文日期 of a paper without a seal, placed by 7.3.5.3: sender two characters from the right."""

    sender: str
    date: str
    blank_above: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a `FormGrid`.

    `label` cells are set in 黑体 and centred, value cells in 仿宋. `span` counts columns, `rows` the rows it covers
    downwards (the rows below then simply leave it out). `align` None means centred for labels, left for values.
    """

    text: str
    label: bool = False
    span: int = 1
    rows: int = 1
    align: Align | None = None
    indent: bool = False  # two characters at the start of each paragraph, for long texts


@dataclass(frozen=True, slots=True)
class FormRow:
    """Cells from left to right and the least height in mm."""

    cells: tuple[Cell, ...]
    min_height: float = 10.0


@dataclass(frozen=True, slots=True)
class FormGrid:
    """An office form. `columns` are relative widths; the grid fills the width of the page.

    A row higher than the rest of the page is broken between lines of its text, with its borders; the label cells are
    repeated on the next page with （续）.
    """

    columns: tuple[float, ...]
    rows: tuple[FormRow, ...]
    size: float = 12.0


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column of a ledger: heading, width in mm and the alignment of its cells."""

    title: str
    width: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """Rows of plain strings under headings that are repeated on every page.

    Widths are scaled down together if they exceed the page. A row is never split unless it is higher than a page.
    `totals` is a last row in 黑体 (empty: none), `footnote` a line of small type below the table.
    """

    columns: tuple[LedgerColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    footnote: str = ""
    size: float = 10.5
    stretch: bool = True  # widen the columns in proportion to fill the page
    least_row: float = 8.0  # mm, room enough for a pen
    keep_last: bool = False  # the last row goes to the next page with what follows, so that no signature stands alone


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """A line above a table: `填报单位：…` left, a period in the middle, `单位：元` right."""

    left: str = ""
    centre: str = ""
    right: str = ""
    size: float = 12.0


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """Places to sign, spread over one line: 主持人（签字）：, 记录人（签字）：."""

    labels: tuple[str, ...]
    blank_above: float = 1.0
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An explanation in small type (五号) below a form or table."""

    text: str
    size: float = 10.5
    keep: bool = False  # it stays on the page of what follows


@dataclass(frozen=True, slots=True)
class Blank:
    """Empty lines of body pitch; dropped at the top of a page that follows an automatic break."""

    lines: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line as wide as the type area, `above` mm below what precedes it."""

    red: bool = False
    above: float = 2.0
    thickness: float = 1.0  # points


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts on a new page."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (JPEG data goes into the PDF as it is; PNG also works) and the words below it."""

    data: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures in their order, `per_page` (2 or 4) on a page: whole, in their own shape, each above its caption."""

    items: tuple[Picture, ...]
    per_page: int = 2


Block = (
    Masthead
    | NumberLine
    | Title
    | Heading
    | Paragraph
    | Labelled
    | Closing
    | FormGrid
    | LedgerTable
    | CaptionLine
    | SignatureRow
    | Note
    | Blank
    | Rule
    | PageBreak
    | Pictures
)


@dataclass(frozen=True, slots=True)
class Document:
    """One paper. `footer` None takes the custom of the page style; `first_page` is the number of its first page."""

    title: str
    blocks: tuple[Block, ...]
    page: PageStyle = PageStyle.OFFICIAL
    footer: Footer | None = None
    author: str = ""
    subject: str = ""
    keywords: str = ""
    creator: str = "党建活动室"
    first_page: int = 1
