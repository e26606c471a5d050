"""How current the pages are, and the state of the service."""
