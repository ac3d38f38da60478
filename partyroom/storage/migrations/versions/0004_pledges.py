"""Public pledges: rounds with their stages, pledges with items, deeds, history, versions, papers and appraisals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pledge_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("discussed_on", sa.Date(), nullable=True),
        sa.Column("should", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("discussion", sa.Text(), nullable=False),
        sa.Column("mid_year", sa.Text(), nullable=False),
        sa.Column("year_end", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_rounds")),
        sa.UniqueConstraint("year", name=op.f("uq_pledge_rounds_year")),
    )
    op.create_table(
        "pledge_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "teacher",
                "head",
                "retired",
                "student",
                "secretary",
                "committee",
                "branch",
                name="pledge_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "study",
                "work",
                "discipline",
                "service",
                "other",
                name="template_category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("due", sa.String(length=200), nullable=False),
        sa.Column("usual", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_templates")),
    )
    op.create_table(
        "pledge_stages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "propose",
                "review",
                "publish",
                "fulfil",
                "appraise",
                name="pledge_stage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["pledge_rounds.id"], name=op.f("fk_pledge_stages_round_id_pledge_rounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_stages")),
        sa.UniqueConstraint("round_id", "stage", name=op.f("uq_pledge_stages_round_id_stage")),
    )
    with op.batch_alter_table("pledge_stages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_stages_round_id"), ["round_id"], unique=False)

    op.create_table(
        "pledges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "branch",
                "committee",
                "member",
                name="pledger_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("pledger", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("group", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("preamble", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "reviewed",
                "published",
                "fulfilling",
                "appraised",
                "withdrawn",
                name="pledge_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column(
            "opinion",
            sa.Enum(
                "agree", "amend", "return", name="pledge_opinion", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("review_remark", sa.Text(), nullable=False),
        sa.Column("published_from", sa.Date(), nullable=True),
        sa.Column("published_until", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("show_photo", sa.Boolean(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(kind = 'branch') = (member_id IS NULL)", name=op.f("ck_pledges_of_somebody")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_pledges_member_id_members")),
        sa.ForeignKeyConstraint(["round_id"], ["pledge_rounds.id"], name=op.f("fk_pledges_round_id_pledge_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledges")),
    )
    with op.batch_alter_table("pledges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledges_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledges_round_id"), ["round_id"], unique=False)
        batch_op.create_index(
            "uq_pledges_round_id_pledger_live",
            ["round_id", "pledger"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "pledge_appraisals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("self_text", sa.Text(), nullable=False),
        sa.Column("self_grade", sa.String(length=200), nullable=False),
        sa.Column("members_issued", sa.Integer(), nullable=False),
        sa.Column("members_returned", sa.Integer(), nullable=False),
        sa.Column("members_counts", sa.JSON(), nullable=False),
        sa.Column("masses_issued", sa.Integer(), nullable=False),
        sa.Column("masses_returned", sa.Integer(), nullable=False),
        sa.Column("masses_counts", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String(length=200), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column(
            "decided_by",
            sa.Enum(
                "committee", "assembly", name="pledge_decided_by", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "members_returned <= members_issued AND masses_returned <= masses_issued",
            name=op.f("ck_pledge_appraisals_returned"),
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_appraisals_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_appraisals")),
        sa.UniqueConstraint("pledge_id", name=op.f("uq_pledge_appraisals_pledge_id")),
    )
    op.create_table(
        "pledge_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "proposed",
                "reviewed",
                "returned",
                "published",
                "started",
                "appraised",
                "changed",
                "corrected",
                "withdrawn",
                "reinstated",
                "stepped_back",
                name="pledge_event",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "before",
            sa.Enum(
                "draft",
                "reviewed",
                "published",
                "fulfilling",
                "appraised",
                "withdrawn",
                name="state_before",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "draft",
                "reviewed",
                "published",
                "fulfilling",
                "appraised",
                "withdrawn",
                name="state_after",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_events_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_events")),
    )
    with op.batch_alter_table("pledge_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_events_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "pledge_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "study",
                "work",
                "discipline",
                "service",
                "other",
                name="pledge_category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=False),
        sa.Column("retired_in", sa.Integer(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_pledge_items_said")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_items_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_items")),
    )
    with op.batch_alter_table("pledge_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_items_deadline"), ["deadline"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_items_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "pledge_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("preamble", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("correction", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_versions_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_versions")),
        sa.UniqueConstraint("pledge_id", "number", name=op.f("uq_pledge_versions_pledge_id_number")),
    )
    with op.batch_alter_table("pledge_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_versions_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "pledge_deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_pledge_deeds_took_time")),
        sa.ForeignKeyConstraint(["item_id"], ["pledge_items.id"], name=op.f("fk_pledge_deeds_item_id_pledge_items")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_deeds_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_deeds")),
    )
    with op.batch_alter_table("pledge_deeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_deeds_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_deeds_on_day"), ["on_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_deeds_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "pledge_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("deed_id", sa.Integer(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "signed",
                "wall",
                "portrait",
                "evidence",
                "other",
                name="pledge_paper_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_pledge_papers_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(["deed_id"], ["pledge_deeds.id"], name=op.f("fk_pledge_papers_deed_id_pledge_deeds")),
        sa.ForeignKeyConstraint(
            ["original_id"], ["attachments.id"], name=op.f("fk_pledge_papers_original_id_attachments")
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_pledge_papers_pledge_id_pledges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_papers")),
    )
    with op.batch_alter_table("pledge_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_papers_deed_id"), ["deed_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_papers_pledge_id"), ["pledge_id"], unique=False)
