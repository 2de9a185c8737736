"""Sessions, time zones and calendars as iCalendar bytes (RFC 5545, 5546, 7986), as all clients read them alike."""

from shared.ical.calendars import Person, calendar_file, feed, invitation
from shared.ical.entries import Entry, entry_bytes
from shared.ical.zones import zone_bytes

__all__ = ["Entry", "Person", "calendar_file", "entry_bytes", "feed", "invitation", "zone_bytes"]
