"""PDF files made fit for keeping: PDF/A-2b.

Source: ISO 19005-2:2011, level B (GB/T 23286 in China). A file becomes archival by what it must have (XMP metadata, an
output intent, an identifier) and by what it must not (encryption, scripts, links that run something, attachments).
What cannot be mended, such as a font that was never embedded, is told by `archival_check`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from partyroom.core.errors import DomainError
from partyroom.core.text import one_line
from partyroom.documents.archival_check import lasting_problems

PRODUCER = "党建活动室"
_INTENT = "sRGB IEC61966-2.1"
_DATED = 12  # twelve bytes from here on in an ICC profile are the time of making
_PRINTED, _UNSEEN = 0b100, 0b100011  # annotation flags PDF/A asks for, and forbids (hidden, invisible, no view)
_PLAIN_ACTIONS = frozenset({"/GoTo", "/URI", "/Thread"})
_PAGE_TURNERS = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said about a file in its metadata; `created` is local time where it has no zone."""

    title: str
    created: datetime
    author: str = ""
    subject: str = ""
    keywords: str = ""


def make_archival(pdf: bytes, *, title: str, author: str = "", subject: str = "", created: datetime) -> bytes:
    """The file as PDF/A-2b; bookmarks, named destinations, links inside and page labels stay.

    The same input gives the same bytes. Keywords, where our own PDFs name their fonts, are kept.

    Raises:
        DomainError: the file cannot be read, is encrypted, or holds what cannot be made archival; each reason in a
            sentence of its own.
    """
    with opened(pdf, title) as file:
        lasting = lasting_problems(file)
        if lasting:
            raise DomainError(*(f"“{one_line(title)}”不能转为长期保存格式（PDF/A）：{reason}" for reason in lasting))
        keywords = str(file.docinfo.get("/Keywords", ""))
        seal(file, Particulars(title, created, author, subject, keywords))
        return steady_bytes(file)


def opened(pdf: bytes | Path, title: str) -> Pdf:
    """Open a PDF, its bytes or its file, for changing.

    Raises:
        DomainError: it is damaged or encrypted; the sentence names `title`.
        OSError: the file cannot be read.
    """
    shown = one_line(title) or "未命名"
    try:
        file = pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf)
        count = len(file.pages)
    except pikepdf.PasswordError as error:
        raise DomainError(f"“{shown}”设有打开密码，不能使用。请先解除密码，或打印后扫描成新的文件。") from error
    except (pikepdf.PdfError, ValueError) as error:
        raise DomainError(f"“{shown}”不是能读出的PDF文件，可能已损坏，请重新导出或重新扫描。") from error
    if file.is_encrypted:
        file.close()
        raise DomainError(f"“{shown}”已加密（限制打印或编辑），不能使用。请先解除加密，或打印后扫描成新的文件。")
    if not count:
        file.close()
        raise DomainError(f"“{shown}”中没有一页内容。")
    return file


def seal(file: Pdf, particulars: Particulars, *, conforming: bool = True) -> None:
    """Give an open file metadata and output intent and take from it what PDF/A forbids.

    `conforming` False leaves out the claim to be PDF/A, for a book with a part that cannot be.
    """
    _remove_live_parts(file)
    _write_particulars(file, particulars, conforming=conforming)
    profile = Stream(file, srgb_profile())
    profile.N = 3
    profile.Alternate = Name.DeviceRGB
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(_INTENT),
        Info=String(_INTENT),
        RegistryName=String("http://www.color.org"),
        DestOutputProfile=file.make_indirect(profile),
    )
    file.Root.OutputIntents = Array([file.make_indirect(intent)])


def steady_bytes(file: Pdf) -> bytes:
    """Save with an identifier computed from the content: equal files have equal bytes."""
    buffer = io.BytesIO()
    if Name.ID in file.trailer:
        del file.trailer[Name.ID]  # else half of it would be that of the source
    file.remove_unreferenced_resources()
    file.save(
        buffer,
        force_version="1.7",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        compress_streams=True,
    )
    return buffer.getvalue()


@cache
def srgb_profile() -> bytes:
    """The sRGB profile of Little CMS without the time at which it was made."""
    from PIL import ImageCms

    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[24 : 24 + _DATED] = bytes.fromhex("07ea00010001000000000000")
    return bytes(data)


def _write_particulars(file: Pdf, particulars: Particulars, *, conforming: bool) -> None:
    moment = particulars.created.replace(microsecond=0)
    title, author = one_line(particulars.title), one_line(particulars.author)
    subject, keywords = one_line(particulars.subject), one_line(particulars.keywords)
    texts = {"/Title": title, "/Author": author, "/Subject": subject, "/Keywords": keywords}
    info = Dictionary({key: String(text) for key, text in texts.items() if text})
    info[Name.Creator] = info[Name.Producer] = String(PRODUCER)
    info[Name.CreationDate] = info[Name.ModDate] = String(_pdf_time(moment))
    file.trailer[Name.Info] = file.make_indirect(info)
    claim = "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" if conforming else ""
    named = _alternative("dc:title", title) + _alternative("dc:description", subject)
    if author:
        named += f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>"
    words = f"<pdf:Keywords>{escape(keywords)}</pdf:Keywords>" if keywords else ""
    when = moment.isoformat()
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/">\n'
        f"{claim}<dc:format>application/pdf</dc:format>{named}\n"
        f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool><xmp:CreateDate>{when}</xmp:CreateDate>"
        f"<xmp:ModifyDate>{when}</xmp:ModifyDate><xmp:MetadataDate>{when}</xmp:MetadataDate>\n"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>{words}\n"
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )
    metadata = Stream(file, packet.encode("utf-8"))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    file.Root.Metadata = file.make_indirect(metadata)


def _alternative(tag: str, text: str) -> str:
    if not text:
        return ""
    return f'<{tag}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt></{tag}>'


def _pdf_time(moment: datetime) -> str:
    zone = moment.strftime("%z")
    return f"D:{moment:%Y%m%d%H%M%S}" + (f"{zone[:3]}'{zone[3:5]}'" if zone else "")


def _remove_live_parts(file: Pdf) -> None:
    """Take out scripts, attachments, forms' machinery and actions that reach outside the file."""
    root = file.Root
    if "/OpenAction" in root and not (isinstance(root.OpenAction, Array) or _is_plain(root.OpenAction)):
        del root["/OpenAction"]
    _drop(root, "/AA", "/AF", "/Collection", "/Perms", "/Requirements", "/Threads", "/SpiderInfo")
    _drop(root.get("/Names"), "/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions")
    _drop(root.get("/AcroForm"), "/XFA", "/NeedAppearances")
    for entry in _with_actions(file):
        _drop(entry, "/AA")
        if "/A" in entry and not _is_plain(entry["/A"]):
            del entry["/A"]
    for page in file.pages:
        _drop(page.obj, "/Trans", "/AA", "/PresSteps")
        for note in page.obj.get("/Annots", ()):
            note[Name.F] = (int(note.get("/F", 0)) & ~_UNSEEN) | _PRINTED


def _drop(holder: Object | None, *keys: str) -> None:
    if isinstance(holder, Dictionary):
        for key in keys:
            if key in holder:
                del holder[key]


def _with_actions(file: Pdf) -> Iterator[Object]:
    """All bookmarks, annotations and form fields."""
    for thing in file.objects:
        if isinstance(thing, Dictionary) and ("/A" in thing or "/AA" in thing):
            yield thing
    for page in file.pages:
        yield from (note for note in page.obj.get("/Annots", ()) if isinstance(note, Dictionary))


def _is_plain(action: Object) -> bool:
    """Whether an action only moves about in the file or names a web address."""
    if not isinstance(action, Dictionary) or "/Next" in action:
        return False
    kind = str(action.get("/S", ""))
    return kind in _PLAIN_ACTIONS or (kind == "/Named" and str(action.get("/N", "")) in _PAGE_TURNERS)
