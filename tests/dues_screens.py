"""Pictures of the dues: sections, dialogs, forms and papers; part of `python tests/screens.py OUT`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

Shoot = Callable[[Any, Any, str, Callable[[], object]], None]
"""Photographs the dialogs that an action opens: camera, desktop, name, action."""


def photograph_dues(camera: Any, desktop: Any, shoot: Shoot) -> None:
    """The sections of the dues with their dialogs, with whatever the sample branch has of them."""
    from partyroom.core.calendar import today
    from partyroom.features.dues.page import DuesPage
    from partyroom.features.dues.payment_dialog import Wanted

    window = desktop.window
    window.show_page(DuesPage)
    page = window.page(DuesPage)
    camera.rest(desktop, 600)
    for number, name in enumerate(("ledger", "bases", "receipts", "funds", "charts")):
        page.show_section(number)
        camera.rest(desktop, 600)
        camera.take(window, f"dues-{name}")
    page.show_section(0)
    camera.rest(desktop)
    ledger = page.ledger
    for name, action in (
        ("choices", ledger.show_choices),
        ("reliefs", ledger.show_reliefs),
        ("arrears", ledger.show_arrears),
        ("closing", ledger.close_month),
        ("collect", ledger.collect_this_month),
        ("sheet", ledger.print_month),
    ):
        shoot(camera, desktop, f"dues-{name}", action)
    lines = ledger.grid.model.lines
    if not lines:
        return
    ledger.grid.view.setCurrentIndex(ledger.grid.model.index(0, today().month - 1))
    shoot(camera, desktop, "dues-payment", partial(ledger._pay, lines[0], Wanted()))
    shoot(camera, desktop, "dues-account", ledger.show_account)
    shoot(camera, desktop, "dues-month", partial(ledger.open_cell, lines[0].id, None))
    for name, action in (("ledger", ledger.print_year), ("person", ledger.print_person)):
        shoot(camera, desktop, f"preview-dues-{name}", action)
    _forms(camera, desktop, page, shoot)


def _forms(camera: Any, desktop: Any, page: Any, shoot: Shoot) -> None:
    """The forms of bases, receipts and purse, and their papers."""
    from partyroom.features.dues.ledger import MovementKind
    from partyroom.features.dues.movement_dialog import ask_movement, ask_reversal

    bases, receipts, funds = page.assessments, page.receipts, page.funds
    for number in (1, 2, 3):
        page.show_section(number)
        camera.rest(desktop)
    base, receipt = bases.panel.model.ids[:1], receipts.panel.model.ids[:1]
    for name, action in (
        ("base", partial(bases._on_edit_asked, base)),
        ("pay-import", partial(bases.import_file, pay_list(camera.folder))),
        ("base-list", bases._on_print_triggered),
        ("base-slip", partial(bases._on_print_asked, base)),
        ("receipt", partial(receipts.open_receipt, receipt[0])),
        ("receipt-paper", partial(receipts._on_print_asked, receipt)),
        ("reversal", partial(receipts._on_reverse_asked, receipt)),
        ("remittance", funds.record_remittance),
        ("expense", partial(ask_movement, desktop.desk, page, MovementKind.EXPENSE, page.year)),
        ("correction", partial(ask_reversal, desktop.desk, page, funds.panel.model.ids[0], "上交2026-01")),
        ("publication", funds.print_publication),
    ):
        shoot(camera, desktop, f"dues-{name}", action)


def pay_list(folder: Path) -> Path:
    """A pay list with a title, a sum at the foot, and somebody the roster does not know."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (
        ["样例县第九十九中学2025年12月工资表"],
        ["姓名", "岗位工资", "薪级工资", "基础性绩效", "交通补贴", "养老保险", "住房公积金", "实发"],
        ["查无此人", 2810, 1775, 2300, 300, 480, 826, 5879],
        ["合计", 2810, 1775, 2300, 300, 480, 826, 5879],
    ):
        sheet.append(row)
    target = folder / "工资表.xlsx"
    book.save(target)
    return target
