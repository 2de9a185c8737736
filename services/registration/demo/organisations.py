"""The demo's directory: forty made-up organisations of people who came from elsewhere, in several scripts."""

from pathlib import Path

from services.registration.entries import Wanted, entries_page
from services.registration.organisation_table import carry_out, plan
from shared.audit import by_command
from shared.clock import Clock
from shared.database import Database
from shared.spreadsheet_reading import rows_of

FILE = Path(__file__).parent / "organisations.csv"


def load(database: Database, clock: Clock) -> list[str]:
    """Fill an empty directory; lines that say what was done."""
    with database.read() as session:
        if entries_page(session, Wanted(), limit=1).items:
            return []
        planned = plan(session, rows_of(FILE.read_bytes()))
    carry_out(database, clock, planned.rows, by_command("demo"))
    return [f"The demo's directory has {planned.new} organisations."]
