"""Pictures of the archive, taken by `screens.py`: its sections, forms and dialogs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

Shoot = Callable[[Any, Any, str, Callable[[], object]], None]


def photograph_archives(camera: Any, desktop: Any, shoot: Shoot, dialogs: Callable[[], list[Any]]) -> None:
    """Last year's papers from the offer to the box: every paper is filed and numbered on the way."""
    from partyroom.features.archives.page import ArchivesPage

    window = desktop.window
    window.show_page(ArchivesPage)
    page = window.page(ArchivesPage)
    page.show_year(page.year - 1)
    offers, pieces, boxes = page.sections[:3]
    camera.rest(desktop, 600)
    for number, name in enumerate(("offers", "pieces", "boxes")):
        page.show_section(number)
        camera.rest(desktop, 600)
        camera.take(window, f"archive-{name}")
    page.show_section(0)
    camera.rest(desktop)
    offered = list(offers.panel.model.ids)
    if offered:
        shoot(camera, desktop, "archive-file-one", partial(offers.file_ids, offered[:1]))
        shoot(camera, desktop, "archive-file-many", partial(offers.file_ids, offered[:9]))
        _file_all(camera, desktop, offers, dialogs)
    paper = camera.folder / "总结.docx"
    paper.write_bytes(b"PK")
    shoot(camera, desktop, "archive-outside", partial(offers.add_paths, [paper]))
    page.show_section(1)
    camera.rest(desktop)
    if any(row.number is None for row in desktop.library.read(partial(_filed, pieces.panel.model.ids))):
        shoot(camera, desktop, "archive-numbers", pieces.number)
    shoot(camera, desktop, "archive-piece", partial(pieces.open_piece, int(pieces.panel.model.ids[0])))
    shoot(camera, desktop, "archive-appraisal", pieces.show_appraisal)
    shoot(camera, desktop, "archive-box-new", boxes.create_box)
    for name, action in (
        ("fonds", page.edit_fonds),
        ("categories", page.edit_categories),
        ("retentions", page.edit_retentions),
        ("cover", boxes.print_cover),
    ):
        shoot(camera, desktop, f"archive-{name}", action)
    _handover(camera, desktop, page, shoot)


def _handover(camera: Any, desktop: Any, page: Any, shoot: Shoot) -> None:
    """迎检与移交: what is exported, closed and handed over; nothing of it is carried out here."""
    from partyroom.features.archives.handover_page import HandoverSection

    section = page.section(HandoverSection)
    page.show_section(page.sections.index(section))
    camera.rest(desktop, 600)
    camera.take(desktop.window, "archive-handover")
    for name, action in (
        ("pack", section.make_pack),
        ("copies", section.make_copies),
        ("checklists", section.edit_checklists),
        ("closing", section.close_shown_year),
        ("handing-over", section.hand_over),
    ):
        shoot(camera, desktop, f"archive-{name}", action)


def _file_all(camera: Any, desktop: Any, offers: Any, dialogs: Callable[[], list[Any]]) -> None:
    offers.file_shown()
    camera.rest(desktop, 600)
    next(one for one in dialogs() if one.objectName() == "filing_dialog").submit()
    camera.rest(desktop, 600)


def _filed(ids: Any, session: Any) -> list[Any]:
    from partyroom.features.archives.filing_service import list_piece_rows

    return list_piece_rows(session, list(ids))
