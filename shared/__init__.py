"""Infrastructure that all three services share, the contract between them, and iCalendar. Knows no service."""
