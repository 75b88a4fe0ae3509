"""Alembic's entry: runs the migrations on the connection, inside the transaction, that `migrate` holds open."""

from __future__ import annotations

from alembic import context

from companion.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
