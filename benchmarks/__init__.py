"""How fast it is, as a ratio to a limit that is taken in the same run. ``make bench``."""
