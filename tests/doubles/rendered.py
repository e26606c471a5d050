"""What is told, rendered, and kept in `tests/rendered/` to be reviewed: a change of wording shows there, line by line.

    PYTHONPATH=tests python -m doubles.rendered      writes them anew (`make examples`)

Of each group `NAME.json` holds the blocks that Slack gets, one a line, and `NAME.txt` the same as a terminal draws it;
of all but the change sets also what a channel of plain text gets, and a letter. What stands in many messages of a
group, the links and the footer, is written once, at its head, under a number.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from doubles.told_messages import of_cases
from doubles.told_together import Example, of_events, of_groups, of_watching

from monitor.demo import transcript
from notifiers.mail.body import text_of
from notifiers.plain import plain_text, plain_title
from notifiers.slack.blocks import Rendered, render
from notifiers.slack.parts import parts

FOLDER = Path(__file__).parents[1] / "rendered"
WIDTH = 72  # of a terminal beside something else, and about what a phone shows on its side
_OFTEN = 4  # messages of a group: what stands in so many is written once

Block = dict[str, Any]


def change_sets() -> dict[str, Example]:
    return {
        name: Example(message=message, parts=False)
        for name, message in of_cases().items()
        if not name.startswith("reading: ")
    }


def readings() -> dict[str, Example]:
    return {
        name.removeprefix("reading: "): Example(message=message, parts=False)
        for name, message in of_cases().items()
        if name.startswith("reading: ")
    }


GROUPS: dict[str, Callable[[], dict[str, Example]]] = {
    "changes": change_sets,
    "readings": readings,
    "events": of_events,
    "groups": of_groups,
    "watching": of_watching,
}
_IN_SLACK_ALONE = frozenset({"changes", "readings"})


def files() -> Iterator[tuple[str, str]]:
    """Each file of the folder: its name and what it holds."""
    for group, examples_of in GROUPS.items():
        shown = {name: _posted(one) for name, one in examples_of().items()}
        often = _often(list(shown.values()))
        yield f"{group}.json", _json(shown, often)
        yield f"{group}.txt", _drawn(shown, often)
        if group not in _IN_SLACK_ALONE:
            yield f"{group}-elsewhere.txt", _elsewhere(examples_of())


def _posted(example: Example) -> list[Rendered]:
    """As they are posted: the message, and what goes on in its thread."""
    first, *rest = parts(example.message)
    made = [render(first, example.placement, earlier=example.earlier, interactive=True)]
    made += [render(one, example.placement, interactive=True) for one in rest] if example.parts else []
    return made


def _often(shown: list[list[Rendered]]) -> dict[str, int]:
    """Blocks, as JSON, that stand in many messages: their numbers."""
    counted = Counter(_one_line(block) for each in shown for one in each for block in one.blocks)
    return {
        block: number
        for number, block in enumerate((b for b, count in counted.items() if count >= _OFTEN), 1)
    }


def _one_line(block: Any) -> str:
    return json.dumps(block, ensure_ascii=False)


def _json(shown: dict[str, list[Rendered]], often: dict[str, int]) -> str:
    lines = ["{", '"often": {']
    lines.append(",\n".join(f'"{number}": {block}' for block, number in often.items()))
    lines.append("},")
    told = []
    for name, posted in shown.items():
        for at, one in enumerate(posted):
            blocks = [
                str(often[line]) if (line := _one_line(block)) in often else line for block in one.blocks
            ]
            key = name if at == 0 else f"{name}, {at} in its thread"
            told.append(
                f'{_one_line(key)}: {{"text": {_one_line(one.text)}, "blocks": [\n'
                + ",\n".join(blocks)
                + "\n]}"
            )
    return "\n".join(lines) + "\n" + ",\n".join(told) + "\n}\n"


def _drawn(shown: dict[str, list[Rendered]], often: dict[str, int]) -> str:
    heads = [f"[{number}]\n{draw({'blocks': [json.loads(block)]})}" for block, number in often.items()]
    told = []
    for name, posted in shown.items():
        told.append(f"## {name}")
        for at, one in enumerate(posted):
            blocks = [_numbered(block, often) for block in one.blocks]
            message = {"blocks": blocks, "text": one.text} | ({"thread_ts": "0"} if at else {})
            told.append(draw(message))
    return "What stands in many of these:\n\n" + "\n\n".join([*heads, *told]) + "\n"


def _numbered(block: Block, often: dict[str, int]) -> Block:
    number = often.get(_one_line(block))
    if number is None or block["type"] == "header":
        return block
    return {"type": "markdown", "text": f"[{number}]"}


def draw(message: dict[str, Any]) -> str:
    """Without who sent it and when."""
    drawn = transcript.render({"ts": "0", **message}, WIDTH).splitlines()[1:]
    margin = "  ↳ " if "thread_ts" in message else ""
    lines = [line.strip(" ").removeprefix("▌").removeprefix(" ").rstrip() for line in drawn]
    return "\n".join(
        margin + line if at == 0 else " " * len(margin) + line for at, line in enumerate(lines)
    ).rstrip()


def _elsewhere(examples: dict[str, Example]) -> str:
    """A channel of plain text, and a letter."""
    told = []
    for name, one in examples.items():
        repeat = one.placement.possible_repeat
        text = plain_text(one.message, possible_repeat=repeat, room=3_000)
        told.append(f"## {name}, as plain text\n{plain_title(one.message)}\n{text}")
        if one.parts:
            told.append(f"## {name}, as a letter\n{text_of(one.message, one.placement).rstrip()}")
    return "\n\n".join("\n".join(line.rstrip() for line in each.splitlines()) for each in told) + "\n"


def write(folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    made = dict(files())
    for old in folder.iterdir():
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
