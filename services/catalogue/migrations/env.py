"""What Alembic runs."""

from shared.migrations import run_in_environment

run_in_environment()
