"""What every service's HTTP side shares: layout, languages, sign-in checks, CSRF, problem+json, health, metrics."""
