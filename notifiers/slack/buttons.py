"""What a person may do about a message, as buttons. Pure."""

from __future__ import annotations

import json
from typing import Any

from notifiers.message import Action
from notifiers.slack.elements import Block, plain
from notifiers.slack.limits import (
    ACTION_ID,
    BUTTON_TEXT,
    BUTTON_VALUE,
    BUTTONS,
    BUTTONS_A_ROW,
    CONFIRM_BUTTON,
    CONFIRM_TEXT,
    CONFIRM_TITLE,
)
from notifiers.slack.text import weigh
from notifiers.text import clean, is_text

ROOM = 2_000  # by weight, for all buttons of a message


def rows(actions: tuple[Action, ...]) -> list[Block]:
    """Rows of five at most. Left out is a button whose name or value Slack would refuse, for neither can be cut, and a
    second one of a name, by which Slack tells them apart.
    """
    made: list[Block] = []
    names: set[str] = set()
    room = ROOM
    for action in actions:
        if not 0 < len(action.name) <= ACTION_ID or not 0 < weigh(action.value) <= BUTTON_VALUE:
            continue
        if not all(is_text(one) for one in (action.name, action.value)):
            continue
        text = clean(action.text)
        if not text or action.name in names or len(names) == BUTTONS:
            continue
        button = _button(action, text)
        room -= weigh(json.dumps(button, ensure_ascii=False))
        if room < 0:
            break
        names.add(action.name)
        if not made or len(made[-1]["elements"]) == BUTTONS_A_ROW:
            made.append({"type": "actions", "elements": []})
        made[-1]["elements"].append(button)
    return made


def _button(action: Action, text: str) -> dict[str, Any]:
    button = {
        "type": "button",
        "action_id": action.name,
        "text": plain(text, BUTTON_TEXT),
        "value": action.value,
    }
    question = clean(action.confirm)
    if question:
        button["confirm"] = {
            "title": plain(text, CONFIRM_TITLE),
            "text": plain(question, CONFIRM_TEXT),
            "confirm": plain(text, CONFIRM_BUTTON),
            "deny": plain("Cancel", CONFIRM_BUTTON),
        }
    return button
