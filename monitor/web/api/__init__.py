"""What programs may ask: the addresses and their types as an OpenAPI description, and as a page to read."""
