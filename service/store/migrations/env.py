"""Alembic's entry: run the steps on the connection that ``service.store.schema`` hands over."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
