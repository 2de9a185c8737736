"""The three services. They never import each other; messages are the only way between them."""
