"""What people do about alerts: mutes, snoozes and acknowledgements, from Slack, the command line and the browser."""
