"""What every payload for Slack must be: within the limits, by checkers that nobody here wrote, and inert."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import slackblocks
from doubles.slack_fault_proxy import broken_rule
from slack_sdk.models.blocks import Block as SdkBlock

from notifiers.message import Message
from notifiers.slack.blocks import Rendered, size
from notifiers.slack.limits import ALL_BLOCKS, BLOCKS, MESSAGE_TEXT, METADATA_ID


def texts(value: Any) -> list[str]:
    """Every text that is shown, in order."""
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + texts(value.get("text")) + texts(value.get("elements"))


def shown(rendered: Rendered) -> str:
    """As it is read: what is quoted stands on lines of its own."""
    return "\n".join(
        "\n".join(
            "".join(texts(part)) for part in (block["elements"] if block["type"] == "rich_text" else [block])
        )
        for block in rendered.blocks
    )


def urls_of(message: Message) -> set[str]:
    return {link.url for link in message.links} | {item.link.url for item in message.items if item.link}


def assert_sound(rendered: Rendered, urls: Iterable[str | None]) -> None:
    """urls: the only ones that may be there to click."""
    ours = {url for url in urls if url}
    assert rendered.text.strip() and len(rendered.text) < MESSAGE_TEXT
    assert "<" not in rendered.text and ">" not in rendered.text
    words = rendered.text
    for url in sorted(ours, key=len, reverse=True):
        words = words.replace(url.replace("&", "&amp;"), "")
    assert "://" not in words
    assert len(rendered.blocks) <= BLOCKS and size(rendered.blocks) <= ALL_BLOCKS
    assert broken_rule("chat.postMessage", {"text": rendered.text, "blocks": rendered.blocks}) is None
    assert len(rendered.metadata["event_payload"]["id"]) <= METADATA_ID
    for text in (*texts(rendered.blocks), rendered.text):
        text.encode("utf-8")  # no lone surrogate is left
        assert "\u202e" not in text and "\x00" not in text and "\u200b" not in text
    for block in rendered.blocks:
        assert_allowed(json.dumps(block), frozenset(ours))


@lru_cache(20_000)  # links and footers are the same in many
def assert_allowed(text: str, urls: frozenset[str]) -> None:
    """A block, as JSON: by two independent checkers, and by our own rule of which elements may be there at all."""
    block = json.loads(text)
    SdkBlock.parse(block).validate_json()
    built = by_slackblocks(block)
    assert {**built._resolve(), "block_id": ""} == {**_unsaid(block), "block_id": ""}
    if block["type"] == "header":
        assert_plain(block["text"])
    elif block["type"] == "context":
        for each in block["elements"]:
            assert_plain(each)
    elif block["type"] == "actions":
        assert 0 < len(block["elements"]) <= 5
        for button in block["elements"]:
            assert button["type"] == "button" and "url" not in button
            question = button.get("confirm", {})
            for text in (button["text"], *(question[key] for key in question)):
                assert_plain(text)
    else:
        assert block["type"] == "rich_text" and block["elements"]
        for part in block["elements"]:
            assert part["type"] in ("rich_text_section", "rich_text_quote") and part["elements"]
            for element in part["elements"]:
                assert element["type"] in ("text", "link")
                assert element["type"] == "text" or element["url"] in urls
                assert element.get("text") != ""


def assert_plain(text: dict[str, Any]) -> None:
    assert text["type"] == "plain_text" and text["emoji"] is False and text["text"]


def by_slackblocks(block: dict[str, Any]) -> slackblocks.Block:
    """Its objects check lengths as they are built. Of rich text and buttons it builds, and cannot read back."""
    if block["type"] == "rich_text":
        kinds = {
            "rich_text_section": slackblocks.RichTextSection,
            "rich_text_quote": slackblocks.RichTextQuote,
        }
        parts = [
            kinds[part["type"]]([_element(one) for one in part["elements"]]) for part in block["elements"]
        ]
        return slackblocks.RichTextBlock(parts)
    if block["type"] == "actions":
        return slackblocks.ActionsBlock([_button(button) for button in block["elements"]])
    return slackblocks.Block.from_dict(block)


def _element(element: dict[str, Any]) -> slackblocks.RichTextElement:
    style = element.get("style", {})
    if element["type"] == "link":
        return slackblocks.RichTextLink(element["url"], element.get("text"), **style)
    return slackblocks.RichText(element["text"], **style)


def _button(button: dict[str, Any]) -> slackblocks.Button:
    question = button.get("confirm")
    return slackblocks.Button(
        _text(button["text"]),
        button["action_id"],
        value=button["value"],
        confirm=slackblocks.ConfirmationDialogue(**{key: _text(one) for key, one in question.items()})
        if question
        else None,
    )


def _text(text: dict[str, Any]) -> slackblocks.Text:
    return slackblocks.Text(text["text"], slackblocks.TextType.PLAINTEXT, emoji=text["emoji"])


def _unsaid(value: Any) -> Any:
    """Without `emoji: false`, which slackblocks does not write."""
    if isinstance(value, list):
        return [_unsaid(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: _unsaid(one) for key, one in value.items() if not (key == "emoji" and one is False)}
