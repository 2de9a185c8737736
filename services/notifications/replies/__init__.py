"""Mails that come back: what calendars answer to invitations (RFC 5546, 6047), and mails that could not be delivered
(RFC 3464)."""
