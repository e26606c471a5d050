"""The pages of one field through time, and of which fields changed."""
