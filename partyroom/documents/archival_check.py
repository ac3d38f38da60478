"""What keeps a PDF from being PDF/A-2b, found by a cheap look at its structure.

This is no validator: it finds what scanners, office programs and printers of old really do (ISO 19005-2:2011 clauses
6.1.3, 6.2.4, 6.2.10, 6.2.11.4, 6.5 and 6.6). Unknown colours and fonts are looked for on every page, in forms and
in patterns.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

_CMYK_OPERATOR = re.compile(rb"(?:^|\s)(?:[-+]?[\d.]+\s+){4}[kK](?=\s|$)")
_SIMPLE = frozenset({"/Type1", "/MMType1", "/TrueType"})
_FORBIDDEN_NOTES = frozenset({"/3D", "/Sound", "/Screen", "/Movie", "/RichMedia", "/FileAttachment"})
_SCRIPTS = frozenset({"/JavaScript", "/Launch"})
_NEEDS_NO_LOOK = frozenset({"/Popup", "/Link"})


def archival_problems(pdf: bytes) -> list[str]:
    """Chinese sentences on what keeps this file from being PDF/A-2b as it is; empty if nothing was found.

    Sentences from `lasting_problems` say what `make_archival` cannot mend, the others what it does mend.
    """
    try:
        file = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PasswordError:
        return ["文件设有打开密码。"]
    except (pikepdf.PdfError, ValueError):
        return ["文件已损坏，不是能读出的PDF。"]
    with file:
        return [*_mendable(file), *lasting_problems(file)]


def lasting_problems(file: Pdf, first: int = 0, last: int | None = None) -> list[str]:
    """What cannot be mended on the pages `first` to `last` (indices from 0, `last` excluded)."""
    found: dict[str, int] = {}
    seen: set[tuple[int, int]] = set()
    pages = list(file.pages)[first:last]
    for number, page in enumerate(pages, 1):
        for reason in _of_page(page, seen):
            found.setdefault(reason, number)
    return [f"{reason}（第{number}页起）" for reason, number in found.items()]


def _mendable(file: Pdf) -> Iterator[str]:
    root = file.Root
    if file.is_encrypted:
        yield "文件已加密。"
    if "/Metadata" not in root or b"pdfaid:part" not in root.Metadata.read_bytes():
        yield "没有声明PDF/A的XMP元数据。"
    if not _has_intent(root):
        yield "没有输出意图（颜色说明）。"
        if any(_is_transparent(page) for page in file.pages):
            yield "有透明内容而没有输出意图。"
    names = root.get("/Names", Dictionary())
    if "/JavaScript" in names or any(_is_script(thing) for thing in file.objects):
        yield "含有脚本（JavaScript）或启动程序的动作。"
    if "/EmbeddedFiles" in names:
        yield "带有附件。"
    if "/ID" not in file.trailer:
        yield "没有文件标识（ID）。"


def _has_intent(root: Object) -> bool:
    return any(str(intent.get("/S", "")) == "/GTS_PDFA1" for intent in root.get("/OutputIntents", ()))


def _is_transparent(page: pikepdf.Page) -> bool:
    if str(page.obj.get("/Group", Dictionary()).get("/S", "")) == "/Transparency":
        return True
    if any(_is_sheer(state) for state in _entries(page.resources, "/ExtGState")):
        return True
    forms = _entries(page.resources, "/XObject")
    return any("/SMask" in form and str(form.SMask) != "/None" for form in forms if isinstance(form, Stream))


def _is_sheer(state: Object) -> bool:
    blended = str(state.get("/BM", "/Normal")) not in ("/Normal", "/Compatible")
    return blended or any(float(state.get(key, 1)) < 1 for key in ("/ca", "/CA"))


def _is_script(thing: Object) -> bool:
    if not isinstance(thing, Dictionary):
        return False
    held = (thing, thing.get("/A"), thing.get("/OpenAction"))
    return any(isinstance(action, Dictionary) and str(action.get("/S", "")) in _SCRIPTS for action in held)


def _of_page(page: pikepdf.Page, seen: set[tuple[int, int]]) -> Iterator[str]:
    held = page.obj.get("/Contents")
    streams = list(held) if isinstance(held, Array) else [held]
    parts = [_unpacked(stream) for stream in streams if isinstance(stream, Stream)]
    content = None if None in parts else b"\n".join(part for part in parts if part is not None)
    for note in page.obj.get("/Annots", ()):
        kind = str(note.get("/Subtype", ""))
        if kind in _FORBIDDEN_NOTES:
            yield "含有音频、视频、三维或附件批注"
        elif kind not in _NEEDS_NO_LOOK and "/AP" not in note:
            yield "批注或表单域没有固定的外观"
        elif "/AP" in note:
            yield from _of_appearance(note.AP, seen)
    yield from _of_content(content, page.resources, seen)


def _of_appearance(states: Object, seen: set[tuple[int, int]]) -> Iterator[str]:
    if isinstance(states, Stream):
        yield from _of_content(_unpacked(states), states.get("/Resources"), seen)
    elif isinstance(states, Dictionary):
        for _, state in states.items():  # noqa: PERF102 - a pikepdf dictionary has no values()
            yield from _of_appearance(state, seen)


def _of_content(content: bytes | None, resources: Object | None, seen: set[tuple[int, int]]) -> Iterator[str]:
    """What a content (None: it cannot be unpacked) and the resources it draws from hold."""
    if content is None:
        yield "内容已损坏"
    elif _CMYK_OPERATOR.search(content) or any(_chosen(content, name) for name in _cmyk_spaces(resources)):
        yield "使用印刷四色（CMYK）颜色"
    for font in _fresh(_entries(resources, "/Font"), seen):
        yield from _of_font(font, seen)
    for thing in _fresh(_entries(resources, "/XObject"), seen):
        if not isinstance(thing, Stream):
            continue
        if str(thing.get("/Subtype", "")) == "/Image":
            yield from _of_image(thing)
        elif "/PS" in thing or str(thing.get("/Subtype", "")) == "/PS":
            yield "含有PostScript程序"
        else:
            yield from _of_content(_unpacked(thing), thing.get("/Resources"), seen)
    for pattern in _fresh(_entries(resources, "/Pattern"), seen):
        if isinstance(pattern, Stream):
            yield from _of_content(_unpacked(pattern), pattern.get("/Resources"), seen)


def _cmyk_spaces(resources: Object | None) -> list[str]:
    """Names of colour spaces for printers' inks; some programs declare one in every file and never use it."""
    spaces = resources.get("/ColorSpace") if isinstance(resources, Dictionary) else None
    return [name for name, space in spaces.items() if _is_cmyk(space)] if isinstance(spaces, Dictionary) else []


def _chosen(content: bytes, name: str) -> bool:
    return re.search(re.escape(name.encode()) + rb"\s+(?:cs|CS)(?=\s|$)", content) is not None


def _of_image(image: Stream) -> Iterator[str]:
    if _is_cmyk(image.get("/ColorSpace")):
        yield "图片使用印刷四色（CMYK）颜色"
    if "/Alternates" in image or "/OPI" in image:
        yield "图片引用了文件以外的数据"


def _of_font(font: Object, seen: set[tuple[int, int]]) -> Iterator[str]:
    kind = str(font.get("/Subtype", ""))
    if kind == "/Type0":
        descendants = font.get("/DescendantFonts", Array())
        if not all(_is_embedded(below) for below in descendants):
            yield f"字体“{_name_of(font)}”没有嵌入文件"
    elif kind == "/Type3":
        yield from _of_content(b"", font.get("/Resources"), seen)
    elif kind in _SIMPLE and not _is_embedded(font):
        yield f"字体“{_name_of(font)}”没有嵌入文件"


def _is_embedded(font: Object) -> bool:
    descriptor = font.get("/FontDescriptor", Dictionary())
    return any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _name_of(font: Object) -> str:
    return str(font.get("/BaseFont", "/未命名"))[1:]


def _is_cmyk(space: Object | None) -> bool:
    """DeviceCMYK, as such or beneath an indexed, separation or pattern space; a space with a profile is all right."""
    if isinstance(space, Name):
        return str(space) == "/DeviceCMYK"
    if isinstance(space, Array) and len(space) > 1 and str(space[0]) in ("/Indexed", "/Pattern"):
        return _is_cmyk(space[1])
    if isinstance(space, Array) and len(space) > 2 and str(space[0]) in ("/Separation", "/DeviceN"):
        return _is_cmyk(space[2])
    return False


def _unpacked(stream: Object) -> bytes | None:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return None


def _entries(resources: Object | None, kind: str) -> list[Object]:
    if not isinstance(resources, Dictionary):
        return []
    table = resources.get(kind, Dictionary())
    return [thing for _, thing in table.items()] if isinstance(table, Dictionary) else []


def _fresh(things: list[Object], seen: set[tuple[int, int]]) -> Iterator[Object]:
    for thing in things:
        if thing.objgen != (0, 0):
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        yield thing
