from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, String

from partyroom.core.errors import DomainError
from partyroom.documents.archival import make_archival, srgb_profile
from partyroom.documents.archival_check import archival_problems

_WHEN = datetime(2026, 12, 31, 8, 30)  # noqa: DTZ001 - local time, as the program's clock gives it


def _bytes(file: Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def _live(raw: bytes) -> bytes:
    """A file with all that PDF/A forbids, and all that is to stay."""
    with pikepdf.open(io.BytesIO(raw)) as file:
        page = file.pages[0].obj
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        file.Root.OpenAction = script
        file.Root.AA = Dictionary(WC=script)
        target = Array([page, Name.XYZ, 0, 500, 0])
        file.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("a"), file.make_indirect(script)])),
            Dests=Dictionary(Names=Array([String("spot"), target])),
        )
        file.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r)]))
        links = (
            Dictionary(S=Name.Launch, F=String("calc.exe")),
            Dictionary(S=Name.URI, URI=String("https://www.12371.cn/")),
            Dictionary(S=Name.GoTo, D=String("spot")),
            Dictionary(S=Name.GoToR, F=String("x.pdf"), D=Array([0, Name.Fit])),
        )
        page.Annots = Array(
            [
                file.make_indirect(
                    Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=link, F=2)
                )
                for link in links
            ]
        )
        file.attachments["a.txt"] = b"secret"
        with file.open_outline() as outline:
            outline.root.append(OutlineItem("正文", 0))
        return _bytes(file)


def test_equal_input_gives_equal_bytes(raw_samples: dict[str, bytes]) -> None:
    made = [make_archival(raw_samples["minutes"], title="记录", created=_WHEN) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != make_archival(raw_samples["minutes"], title="记录", created=_WHEN + timedelta(seconds=1))


def test_an_archival_file_can_be_made_so_again_with_other_particulars(archival_samples: dict[str, bytes]) -> None:
    again = make_archival(archival_samples["minutes"], title="新题名", created=_WHEN)
    assert archival_problems(again) == []
    with pikepdf.open(io.BytesIO(again)) as file:
        assert file.docinfo["/Title"] == "新题名"
        assert "/Author" not in file.docinfo
        assert "小标宋" in str(file.docinfo["/Keywords"])
        assert len(file.Root.OutputIntents) == 1


def test_what_the_user_typed_is_no_markup_in_the_metadata(raw_samples: dict[str, bytes]) -> None:
    made = make_archival(raw_samples["scan"], title="a<b>&“周𬭎”\n", author="<x/>", subject="&amp;", created=_WHEN)
    with pikepdf.open(io.BytesIO(made)) as file:
        assert file.docinfo["/Title"] == "a<b>&“周𬭎”"
        with file.open_metadata() as metadata:
            assert metadata["dc:title"] == "a<b>&“周𬭎”"
            assert metadata["dc:creator"] == ["<x/>"]
            assert metadata["dc:description"] == "&amp;"
            assert metadata.pdfa_status == "2B"


def test_times_with_a_zone_keep_it(raw_samples: dict[str, bytes]) -> None:
    when = datetime(2026, 12, 31, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    with pikepdf.open(io.BytesIO(make_archival(raw_samples["scan"], title="x", created=when))) as file:
        assert file.docinfo["/CreationDate"] == "D:20261231083000+08'00'"
        assert b"<xmp:CreateDate>2026-12-31T08:30:00+08:00<" in file.Root.Metadata.read_bytes()


def test_the_profile_bears_no_time_of_today() -> None:
    assert srgb_profile()[24:36] == bytes.fromhex("07ea00010001000000000000")


def test_bookmarks_names_links_and_labels_stay_and_live_parts_go(raw_samples: dict[str, bytes]) -> None:
    live = _live(raw_samples["minutes"])
    assert "含有脚本（JavaScript）或启动程序的动作。" in archival_problems(live)
    assert "带有附件。" in archival_problems(live)
    made = make_archival(live, title="记录", created=_WHEN)
    assert archival_problems(made) == []
    with pikepdf.open(io.BytesIO(made)) as file:
        with file.open_outline() as outline:
            assert [item.title for item in outline.root] == ["会议记录", "正文"]
        assert str(file.Root.Names.Dests.Names[0]) == "spot"
        assert file.pages[0].label == "i"
        actions = [note.get("/A") for note in file.pages[0].obj.Annots]
        assert [action and str(action.S) for action in actions] == [None, "/URI", "/GoTo", None]
        assert [int(note.F) for note in file.pages[0].obj.Annots] == [4, 4, 4, 4]
        assert "/OpenAction" not in file.Root
        assert "/JavaScript" not in file.Root.Names
        assert not file.attachments


def test_a_font_that_was_never_embedded_is_named(helvetica: bytes) -> None:
    with pytest.raises(DomainError, match=r"“旧文件”不能转为.*“Helvetica”没有嵌入文件（第1页起）"):
        make_archival(helvetica, title="旧文件", created=_WHEN)
    assert "字体“Helvetica”没有嵌入文件（第1页起）" in archival_problems(helvetica)
    assert "没有声明PDF/A的XMP元数据。" in archival_problems(helvetica)


def test_a_font_hidden_in_a_form_is_found(helvetica: bytes) -> None:
    with pikepdf.open(io.BytesIO(helvetica)) as file:
        form = file.pages[0].as_form_xobject()
        page = file.add_blank_page()
        del file.pages[0]
        page.obj.Resources = Dictionary(XObject=Dictionary(Fx=form))
        page.obj.Contents = file.make_stream(b"/Fx Do")
        assert "字体“Helvetica”没有嵌入文件（第1页起）" in archival_problems(_bytes(file))


@pytest.mark.parametrize("where", ["content", "image", "separation"])
def test_printers_colours_are_found(where: str, raw_samples: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(raw_samples["scan"])) as file:
        page = file.pages[0]
        if where == "content":
            page.contents_add(b" 0 0.5 .2 1 k 0 0 9 9 re f")
        elif where == "image":
            image = Stream(file, bytes(4), Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
            image.ColorSpace, image.BitsPerComponent = Name.DeviceCMYK, 8
            page.obj.Resources.XObject.Im9 = file.make_indirect(image)
        else:
            space = Array([Name.Separation, Name.Red, Name.DeviceCMYK, Dictionary()])
            page.obj.Resources.ColorSpace = Dictionary(Cs0=space)
            assert not any("CMYK" in reason for reason in archival_problems(_bytes(file)))  # declared, not used
            page.contents_add(b"/Cs0 cs 1 scn 0 0 9 9 re f")
        assert any("CMYK" in reason for reason in archival_problems(_bytes(file)))
    assert not any("CMYK" in reason for reason in archival_problems(raw_samples["scan"]))


def test_transparency_is_told_only_while_there_is_no_output_intent(raw_samples: dict[str, bytes]) -> None:
    told = "有透明内容而没有输出意图。"
    assert told not in archival_problems(raw_samples["scan"])
    with pikepdf.open(io.BytesIO(raw_samples["scan"])) as file:
        file.pages[0].obj.Resources.ExtGState = Dictionary(G=Dictionary(ca=0.5))
        sheer = _bytes(file)
    assert told in archival_problems(sheer)
    assert archival_problems(make_archival(sheer, title="x", created=_WHEN)) == []


def test_a_content_that_cannot_be_unpacked_is_found(raw_samples: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(raw_samples["scan"])) as file:
        file.pages[0].obj.Contents = file.make_stream(b"x")
        file.pages[0].obj.Contents.write(b"no deflated data", filter=Name.FlateDecode)
        assert "内容已损坏（第1页起）" in archival_problems(_bytes(file))


def test_files_that_cannot_be_used_are_told_by_name(raw_samples: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(raw_samples["scan"])) as file:
        locked = _bytes(file, encryption=pikepdf.Encryption(owner="b", user="a"))
        restricted = _bytes(file, encryption=pikepdf.Encryption(owner="b", user=""))
    for data, words in ((locked, "打开密码"), (restricted, "已加密"), (b"%PDF-1.4 nothing", "已损坏"), (b"", "已损坏")):
        with pytest.raises(DomainError, match=f"“签到表”.*{words}"):
            make_archival(data, title="签到表", created=_WHEN)
    assert archival_problems(locked) == ["文件设有打开密码。"]
    assert archival_problems(restricted)[0] == "文件已加密。"
    assert archival_problems(b"%PDF-1.4 nothing") == ["文件已损坏，不是能读出的PDF。"]
    with Pdf.new() as empty, pytest.raises(DomainError, match="没有一页"):
        make_archival(_bytes(empty), title="空", created=_WHEN)


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG")])
def test_pictures_are_laid_flat_before_they_are_printed(
    mode: str, kind: str, picture_file: Callable[..., bytes], archival_samples: dict[str, bytes]
) -> None:
    from PIL import Image

    from partyroom.documents.printable import printable

    with Image.open(io.BytesIO(printable(picture_file(mode=mode, kind=kind)))) as image:
        assert image.mode == ("RGB")
        red, green, blue = image.getpixel((20, 20))  # type: ignore[misc]
        expected = (76, 76, 76) if mode == "LA" else (255, 0, 0)
        assert all(abs(a - b) < 12 for a, b in zip((red, green, blue), expected, strict=True))


def test_plain_pictures_are_printed_as_they_are(picture_file: Callable[..., bytes]) -> None:
    from partyroom.documents.printable import printable

    for mode, kind in (("RGB", "JPEG"), ("L", "JPEG"), ("1", "PNG")):
        data = picture_file(mode=mode, kind=kind)
        assert printable(data) is data
