"""What is offered: series, events with their sessions and programme, staff accounts, and the public feeds.

Owns: series, events, sessions, accounts, API tokens, sign-ins.
Publishes: event.published, event.changed, event.cancelled, account.changed.
Consumes: seats.changed, for the seat bar on its pages.
"""
