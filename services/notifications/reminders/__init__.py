"""Reminders before and after an event, by rules that organisers set: planned, moved by changes, written once."""
