"""What each kind of mail says, in its reader's language: one module for each thing that mails are about."""
