"""What the demo adds to its programme: a directory of organisations, and people who came to the events of the past."""
