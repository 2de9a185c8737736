"""What people receive: mails, calendar invitations, personal calendars and certificates.

Owns the mails and their states, the invitations with their UIDs and sequences, the certificates, and projections of
events, people, registrations and staff. Publishes what `shared.messages.notifications` says; hears what catalogue tells
of events and accounts, and registration of registrations, links and certificates earned.
"""
