"""Meetings, whole: stages, leave, make-up lessons, follow-ups, notices, versions, papers, kinds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_kinds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column(
            "attendees",
            sa.Enum(
                "party", "committee", "group", name="attendees", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "vote_rule",
            sa.Enum(
                "resolution",
                "acceptance",
                "committee",
                "election",
                name="kind_vote_rule",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("agenda", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("makes_up", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column(
            "period",
            sa.Enum(
                "month", "quarter", "year", name="kind_period", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_kinds")),
        sa.UniqueConstraint("code", name=op.f("uq_meeting_kinds_code")),
    )
    op.create_table(
        "fixed_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_fixed_actions_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixed_actions")),
    )
    with op.batch_alter_table("fixed_actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fixed_actions_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "leave_slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "sick",
                "personal",
                "official",
                "other",
                name="leave_category",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("filed_by", sa.String(length=200), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_leave_slips_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_leave_slips_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_leave_slips_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_slips")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f("uq_leave_slips_meeting_id_member_id")),
    )
    with op.batch_alter_table("leave_slips", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_slips_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_slips_member_id"), ["member_id"], unique=False)

    op.create_table(
        "make_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("teacher", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_make_ups_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_make_ups_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_ups")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f("uq_make_ups_meeting_id_member_id")),
    )
    with op.batch_alter_table("make_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_make_ups_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_make_ups_member_id"), ["member_id"], unique=False)

    op.create_table(
        "meeting_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "photo",
                "sign_in",
                "signed",
                "leave",
                "other",
                name="paper_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_meeting_papers_attachment_id_attachments")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_papers_meeting_id_meetings")),
        sa.ForeignKeyConstraint(
            ["original_id"], ["attachments.id"], name=op.f("fk_meeting_papers_original_id_attachments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_papers")),
    )
    with op.batch_alter_table("meeting_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_papers_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "minutes_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_minutes_versions_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_versions")),
    )
    with op.batch_alter_table("minutes_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_versions_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "notice_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=200), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_notice_deliveries_meeting_id_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_deliveries")),
        sa.UniqueConstraint("meeting_id", "department", name=op.f("uq_notice_deliveries_meeting_id_department")),
    )
    with op.batch_alter_table("notice_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_deliveries_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "resolution_follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["resolution_id"],
            ["resolutions.id"],
            name=op.f("fk_resolution_follow_ups_resolution_id_resolutions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution_follow_ups")),
    )
    with op.batch_alter_table("resolution_follow_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolution_follow_ups_resolution_id"), ["resolution_id"], unique=False)

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "stage",
                sa.Enum(
                    "planned", "held", "cancelled", name="stage", native_enum=False, create_constraint=True, length=24
                ),
                server_default="held",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("cancel_reason", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("finalised_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("reopen_reason", sa.String(length=200), server_default="", nullable=False))
        batch_op.create_index("ix_meetings_deleted_at_starts_at", ["deleted_at", "starts_at"], unique=False)

    with op.batch_alter_table("resolutions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
    _number_resolutions()

    op.execute("CREATE VIRTUAL TABLE minutes_search USING fts5(content, content='', contentless_delete=1)")
    _index_minutes()


def _number_resolutions() -> None:
    """Number the resolutions that are there, by the year of their meeting in order of time: 2026-01, 2026-02."""
    connection = op.get_bind()
    meetings = sa.table("meetings", sa.column("id", sa.Integer()), sa.column("starts_at", sa.DateTime()))
    decided = sa.table(
        "resolutions",
        *(sa.column(name, sa.Integer()) for name in ("id", "meeting_id", "ordinal")),
        sa.column("number", sa.String()),
    )
    found = connection.execute(
        sa.select(decided.c.id, meetings.c.starts_at)
        .join(meetings, meetings.c.id == decided.c.meeting_id)
        .order_by(meetings.c.starts_at, meetings.c.id, decided.c.ordinal)
    ).all()
    counts: dict[int, int] = {}
    for resolution_id, starts_at in found:
        counts[starts_at.year] = counts.get(starts_at.year, 0) + 1
        number = f"{starts_at.year}-{counts[starts_at.year]:02d}"
        connection.execute(sa.update(decided).where(decided.c.id == resolution_id).values(number=number))


def _index_minutes() -> None:
    """Put the minutes that are there into the index, one token per character (see features/meetings/search.py)."""
    connection = op.get_bind()
    meetings = connection.execute(sa.text("SELECT id, title, topic, place, chair, minutes FROM meetings")).all()
    for meeting_id, *texts in meetings:
        agenda = connection.execute(sa.text("SELECT title FROM agenda_items WHERE meeting_id = :m"), {"m": meeting_id})
        decided = connection.execute(sa.text("SELECT text FROM resolutions WHERE meeting_id = :m"), {"m": meeting_id})
        parts = [*texts, *agenda.scalars(), *decided.scalars()]
        content = " u0 ".join(" ".join(_token(c) for c in part.casefold() if not c.isspace()) for part in parts)
        insert = sa.text("INSERT INTO minutes_search (rowid, content) VALUES (:m, :content)")
        connection.execute(insert, {"m": meeting_id, "content": content})


def _token(character: str) -> str:
    known = character.isascii() and character.isalnum()
    return character if known or "\u4e00" <= character <= "\u9fa5" else f"u{ord(character):x}"
