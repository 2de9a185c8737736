"""Certificates of attendance: earned, issued with a number, verified by anybody, revoked.

``earning`` hears who has earned one, ``orders`` lets organisers ask for them, ``issuing`` makes them, one after the
other, outside of any transaction; ``revoking``, ``verifying`` and ``listing`` deal with what was issued.
"""
