"""A Slack channel, by a bot token: `channel` is the notifier, `blocks` how a message looks there.

The only home of slack_sdk.
"""
