"""Documents that people keep: typeset as tagged, archivable PDF, with the same bytes for the same content."""
