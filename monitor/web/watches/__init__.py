"""The pages of watches: what each holds, and what happened in it."""
