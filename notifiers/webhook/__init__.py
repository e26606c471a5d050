"""Webhooks as https://www.standardwebhooks.com has them: what machines read, signed, one event a request."""
