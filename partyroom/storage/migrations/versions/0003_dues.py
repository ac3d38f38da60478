"""Dues: years, assessments, reliefs, receipts, closings, movements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dues_closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("received_fen", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_closings")),
        sa.UniqueConstraint("month", name=op.f("uq_dues_closings_month")),
    )
    op.create_table(
        "dues_years",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "reading",
            sa.Enum("2017", "2008", name="dues_reading", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "change",
            sa.Enum("yearly", "monthly", name="dues_change", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("rounding_fen", sa.Integer(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("farmer_fen", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column(
            "every",
            sa.Enum("month", "quarter", name="dues_every", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("base_month", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("rounding_fen IN (1, 10, 100)", name=op.f("ck_dues_years_rounding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_years")),
        sa.UniqueConstraint("year", name=op.f("uq_dues_years_year")),
    )
    op.create_table(
        "dues_movements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening",
                "grant",
                "remittance",
                "large_remittance",
                "expense",
                name="dues_movement_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=True),
        sa.Column("until_month", sa.Date(), nullable=True),
        sa.Column(
            "used_for",
            sa.Enum(
                "training",
                "reading",
                "praise",
                "hardship",
                "disaster",
                name="dues_use",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.String(length=200), nullable=False),
        sa.Column("counterpart", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("voucher", sa.String(length=200), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'expense') = (used_for IS NOT NULL)", name=op.f("ck_dues_movements_expense_has_use")
        ),
        sa.CheckConstraint(
            "amount_fen <> 0 AND (reverses_id IS NULL) = (amount_fen > 0)", name=op.f("ck_dues_movements_signed")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_dues_movements_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["dues_movements.id"], name=op.f("fk_dues_movements_reverses_id_dues_movements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_movements")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_dues_movements_kind_year_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_dues_movements_reverses_id")),
    )
    with op.batch_alter_table("dues_movements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_movements_on_day"), ["on_day"], unique=False)

    op.create_table(
        "dues_publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_publications")),
    )
    with op.batch_alter_table("dues_publications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_publications_year"), ["year"], unique=False)

    op.create_table(
        "dues_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("paid_through", sa.Date(), nullable=True),
        sa.Column("start_month", sa.Date(), nullable=True),
        sa.Column("stop_month", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dues_accounts_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_accounts")),
        sa.UniqueConstraint("member_id", name=op.f("uq_dues_accounts_member_id")),
    )
    op.create_table(
        "dues_arrears_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("until_month", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("accepted_by", sa.String(length=200), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dues_arrears_reasons_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_arrears_reasons")),
    )
    with op.batch_alter_table("dues_arrears_reasons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_arrears_reasons_member_id"), ["member_id"], unique=False)

    op.create_table(
        "dues_assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "employed",
                "annual",
                "business",
                "retired",
                "student",
                "laid_off",
                "relief",
                "farmer",
                name="dues_category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("base_fen", sa.Integer(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("before_cap_fen", sa.Integer(), nullable=False),
        sa.Column("due_fen", sa.Integer(), nullable=False),
        sa.Column("rounding_fen", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("base_fen >= 0 AND due_fen >= 0", name=op.f("ck_dues_assessments_not_negative")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dues_assessments_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_assessments")),
    )
    with op.batch_alter_table("dues_assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_assessments_from_month"), ["from_month"], unique=False)
        batch_op.create_index(batch_op.f("ix_dues_assessments_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "uq_dues_assessments_live",
            ["member_id", "from_month"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "dues_closed_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closing_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "due",
                "reduced",
                "exempt",
                "none",
                "unknown",
                name="dues_due_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("base_fen", sa.Integer(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("due_fen", sa.Integer(), nullable=False),
        sa.Column("rounding_fen", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["closing_id"], ["dues_closings.id"], name=op.f("fk_dues_closed_lines_closing_id_dues_closings")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dues_closed_lines_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_closed_lines")),
        sa.UniqueConstraint("closing_id", "member_id", name=op.f("uq_dues_closed_lines_closing_id_member_id")),
    )
    with op.batch_alter_table("dues_closed_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_closed_lines_closing_id"), ["closing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dues_closed_lines_member_id"), ["member_id"], unique=False)

    op.create_table(
        "dues_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("ordinary", "large", name="dues_purpose", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "cash",
                "transfer",
                "wechat",
                "alipay",
                "platform",
                name="dues_method",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "payer",
            sa.Enum(
                "self", "relative", "member", name="dues_payer", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("payer_name", sa.String(length=200), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("collector", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "amount_fen <> 0 AND (reverses_id IS NULL) = (amount_fen > 0)", name=op.f("ck_dues_receipts_signed")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dues_receipts_member_id_members")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["dues_receipts.id"], name=op.f("fk_dues_receipts_reverses_id_dues_receipts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_receipts")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_dues_receipts_reverses_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_dues_receipts_year_number")),
    )
    with op.batch_alter_table("dues_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_receipts_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dues_receipts_received_on"), ["received_on"], unique=False)

    op.create_table(
        "dues_reliefs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("reduced", "exempt", name="dues_relief_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("from_month", sa.Date(), nullable=False),
        sa.Column("until_month", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("branch_on", sa.Date(), nullable=True),
        sa.Column("superior_on", sa.Date(), nullable=True),
        sa.Column("superior", sa.String(length=200), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("until_month IS NULL OR until_month >= from_month", name=op.f("ck_dues_reliefs_in_order")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_dues_reliefs_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_dues_reliefs_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_reliefs")),
    )
    with op.batch_alter_table("dues_reliefs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_reliefs_member_id"), ["member_id"], unique=False)

    op.create_table(
        "dues_allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "share",
            sa.Enum(
                "due", "voluntary", "large", name="dues_share", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_dues_allocations_something")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["dues_receipts.id"], name=op.f("fk_dues_allocations_receipt_id_dues_receipts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_allocations")),
    )
    with op.batch_alter_table("dues_allocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_allocations_month"), ["month"], unique=False)
        batch_op.create_index(batch_op.f("ix_dues_allocations_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "dues_base_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column(
            "treatment",
            sa.Enum(
                "counted",
                "deducted",
                "left_out",
                name="dues_treatment",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["dues_assessments.id"], name=op.f("fk_dues_base_items_assessment_id_dues_assessments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_base_items")),
    )
    with op.batch_alter_table("dues_base_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dues_base_items_assessment_id"), ["assessment_id"], unique=False)
