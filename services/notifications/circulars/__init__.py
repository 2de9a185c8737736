"""Circulars: drafted, looked at, ordered, written to one person after the other, stopped."""
