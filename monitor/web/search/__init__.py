"""Finding trials and changes: by words, and the list of what is held."""
