"""The page of two versions beside each other."""
