"""What is told: makes sure that what must be told is told, once wherever the channel lets us find out.

This package knows messages, not trials; it never imports `snapshots` or `monitor`.
"""
