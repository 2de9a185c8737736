"""What people are told of their data and may decide about it: notices, consents, the export, restriction, objection."""
