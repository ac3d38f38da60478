"""Archives: fonds, categories, pieces with their files, boxes, the year's book, closed years."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive_books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_books")),
        sa.UniqueConstraint("year", name=op.f("uq_archive_books_year")),
    )
    op.create_table(
        "archive_boxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "retention",
            sa.Enum(
                "Y", "D30", "D10", name="archive_box_retention", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("thickness", sa.Integer(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("arranged_by", sa.String(length=200), nullable=False),
        sa.Column("arranged_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.String(length=200), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("thickness IN (20, 30, 40, 50)", name=op.f("ck_archive_boxes_thickness")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_boxes")),
    )
    with op.batch_alter_table("archive_boxes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_boxes_year"), ["year"], unique=False)
        batch_op.create_index(
            "uq_archive_boxes_live",
            ["year", "retention", "number"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "archive_categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_archive_categories_code")),
    )
    op.create_table(
        "archive_checklists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_checklists")),
        sa.UniqueConstraint("name", name=op.f("uq_archive_checklists_name")),
    )
    op.create_table(
        "archive_fonds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_archive_fonds_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_fonds")),
    )
    op.create_table(
        "archive_retentions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column(
            "retention",
            sa.Enum(
                "Y", "D30", "D10", name="archive_part_retention", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_retentions")),
        sa.UniqueConstraint("part", name=op.f("uq_archive_retentions_part")),
    )
    op.create_table(
        "closed_years",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(), nullable=True),
        sa.Column("reopened_by", sa.String(length=200), nullable=False),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_years")),
    )
    with op.batch_alter_table("closed_years", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closed_years_year"), ["year"], unique=False)

    op.create_table(
        "archive_book_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("beside", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_archive_book_pages_attachment_id_attachments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_book_pages")),
    )
    with op.batch_alter_table("archive_book_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_book_pages_year"), ["year"], unique=False)

    op.create_table(
        "archive_closed_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_archive_closed_papers_attachment_id_attachments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_closed_papers")),
        sa.UniqueConstraint("year", "key", name=op.f("uq_archive_closed_papers_year_key")),
    )
    with op.batch_alter_table("archive_closed_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_closed_papers_year"), ["year"], unique=False)

    op.create_table(
        "archive_pieces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("own_title", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("document_number", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column(
            "secrecy",
            sa.Enum("none", "internal", name="archive_secrecy", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "retention",
            sa.Enum("Y", "D30", "D10", name="archive_retention", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("box_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["box_id"], ["archive_boxes.id"], name=op.f("fk_archive_pieces_box_id_archive_boxes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_pieces")),
    )
    with op.batch_alter_table("archive_pieces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_pieces_box_id"), ["box_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_archive_pieces_year"), ["year"], unique=False)
        batch_op.create_index(
            "uq_archive_pieces_number",
            ["year", "retention", "office", "number"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL AND number IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_archive_pieces_source",
            ["year", "source"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL AND source <> ''"),
        )

    op.create_table(
        "archive_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "original",
                "final_draft",
                "main",
                "annex",
                "copy",
                "forwarding",
                "forwarded",
                "reply",
                "incoming",
                name="archive_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("archival_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["archival_id"], ["attachments.id"], name=op.f("fk_archive_files_archival_id_attachments")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_archive_files_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(
            ["piece_id"], ["archive_pieces.id"], name=op.f("fk_archive_files_piece_id_archive_pieces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_files")),
    )
    with op.batch_alter_table("archive_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archive_files_piece_id"), ["piece_id"], unique=False)
