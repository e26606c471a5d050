"""Slack's limits, each with the page that states it. As stored copies of these pages had it, read on 2026-11-24."""

# https://docs.slack.dev/reference/block-kit/blocks: 50 blocks in a message.
BLOCKS = 50
# https://docs.slack.dev/reference/block-kit/blocks/header-block
HEADER_TEXT = 150
# https://docs.slack.dev/reference/block-kit/composition-objects/text-object: of a context block's text too.
TEXT_OBJECT = 3_000
# Not documented: msg_blocks_too_long was seen near 13,200 characters of a message's blocks in all.
ALL_BLOCKS = 12_000
# https://api.slack.com/changelog/2018-04-truncating-really-long-messages: keep `text` under 4,000 bytes;
# it is cut at 40,000 characters, and may be broken into several messages before.
MESSAGE_TEXT = 4_000
# https://docs.slack.dev/reference/block-kit/block-elements/button-element: 3,000 characters of an address.
# None is given for a link in rich text.
LINK_URL = 3_000
# No size is given below which metadata_too_large cannot come: a longer id is sent as its hash.
METADATA_ID = 512
# https://docs.slack.dev/apis/web-api/rate-limits: about one message a second in a channel.
SECONDS_BETWEEN_POSTS = 1.0
# https://docs.slack.dev/reference/methods/conversations.history: at most 999 a page; 15 and one page a minute
# for apps that are sold outside Slack's marketplace, which an app of one's own workspace is not.
HISTORY_PAGE = 200
# https://docs.slack.dev/reference/methods/conversations.list: at most 1,000, no more than 200 advised.
CHANNELS_PAGE = 200
# https://docs.slack.dev/reference/block-kit/blocks/actions-block: 25 elements; Slack's clients set five in a row.
BUTTONS, BUTTONS_A_ROW = 25, 5
# https://docs.slack.dev/reference/block-kit/block-elements/button-element
ACTION_ID, BUTTON_TEXT, BUTTON_VALUE = 255, 75, 2_000
# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
