"""Messages between services: outbox, relay, transports and inbox."""
