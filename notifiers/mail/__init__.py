"""E-mail, over SMTP: `channel` is the notifier, `letter` how a message looks there, `session` one talk with a server.

The only home of smtplib.
"""
