"""Alembic's environment: everything is in the shared one."""

from shared.migrations import run_in_environment

run_in_environment()
