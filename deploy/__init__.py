"""How Reihe is set up on machines: images, gateway, broker, and everything at once on a developer's machine."""
