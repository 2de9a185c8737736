"""Who comes: registrations, seats, the waitlist, attendance, and who has earned a certificate.

Owns people, registrations, the log of decisions and the ledger of attendance. Publishes ``registration.*``,
``seats.changed``, ``certificate.earned``, ``certificate.lost`` and ``link.requested``. Consumes ``event.*`` and
``account.changed`` of catalogue, ``certificate.issued`` and ``certificate.revoked`` of notifications.
"""
