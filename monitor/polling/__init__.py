"""One poll of a registry: what is asked, what is stored, what follows from it, and who is to be told."""
