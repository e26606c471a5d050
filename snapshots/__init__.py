"""What was seen: every version of every study record, and what changed from one to the next.

Nothing here talks to a network, reads the clock or knows the configuration.
"""
