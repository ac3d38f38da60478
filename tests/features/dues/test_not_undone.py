from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from partyroom.core.errors import DomainError
from partyroom.features.dues.collect_service import reverse_receipt
from partyroom.features.dues.tables import ReceiptRecord
from partyroom.storage.audit import list_change_sets
from partyroom.storage.library import Library
from partyroom.storage.undo import undo_change_set


def test_money_received_is_reversed_never_undone(library: Library, open_year, receive) -> None:
    open_year()
    receipt = receive(date(2026, 3, 5), 4000)
    collected = next(line.id for line in library.read(list_change_sets) if line.label == "收款")
    with pytest.raises(DomainError, match="冲正"):
        library.write("撤销", lambda session: undo_change_set(session, collected))
    back = library.write("冲正", lambda session: reverse_receipt(session, receipt, "收错", date(2026, 3, 6)))
    with pytest.raises(DomainError, match="冲正"):
        library.write("撤销", lambda session: undo_change_set(session, back.change_set))
    assert library.read(lambda session: session.scalar(select(func.sum(ReceiptRecord.amount_fen)))) == 0


def test_opening_a_year_can_be_undone(library: Library, open_year) -> None:
    open_year()
    opened = library.read(list_change_sets)[0].id
    assert library.write("撤销", lambda session: undo_change_set(session, opened)).result == 1
