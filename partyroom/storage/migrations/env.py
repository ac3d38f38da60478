"""Alembic's entry: runs on the connection that the program hands in, never on one of its own."""

from __future__ import annotations

from alembic import context

from partyroom.storage.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
