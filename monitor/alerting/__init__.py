"""From events to alerts: who is told of what and when, and in which words."""
