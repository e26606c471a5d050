"""The pictures of `docs/alerts.md`: messages of `rendered`, posted by the real notifier to the demo's Slack stand-in,
and what Chromium shows of its pages.

    PYTHONPATH=tests python -m doubles.gallery [NAME…]      takes them anew (`make pictures`)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from doubles.browser import browsing, tab_on
from doubles.palette import with_palette
from doubles.rendered import GROUPS
from doubles.told_messages import NOW
from msgspec.structs import replace

from monitor.demo.drawn_style import SIGNS
from monitor.demo.run import ScriptClock
from monitor.demo.slack import SlackStandIn
from notifiers.notifier import Result
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier

ROOT = Path(__file__).parents[2]
PAGE, FOLDER = ROOT / "docs" / "alerts.md", ROOT / "docs" / "alerts"
PHONE, DESK = 390, 620  # CSS pixels
FONT = "*{font-family:'DejaVu Sans',sans-serif!important}main{max-width:none!important}"
CHANNEL = "trial-alerts"
COLOURS = 20
# Those of the signs, which are seen by their colours.
OURS = [bytes.fromhex(one) for one in re.findall("#([0-9a-f]{6})", "".join(SIGNS.values()))]
MOST, LARGEST = 14, 60_000  # pictures, and bytes of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page: messages by group and name, each a reply to the one before it when `thread`."""

    cases: tuple[tuple[str, str], ...]
    width: int = PHONE
    dark: bool = False
    parts: bool = True  # what goes on in the thread too

    @property
    def scale(self) -> float:
        """Pixels of the picture for one of CSS."""
        return 1.5 if self.width == PHONE else 1.0


PICTURES = {
    "stop": Picture(cases=(("events", "changed"),)),
    "outcome": Picture(
        cases=(("changes", "one primary outcome dropped and one added: replaced, in the line alone"),),
        dark=True,
    ),
    "reply": Picture(cases=(("events", "changed"), ("events", "undone"))),
    "many-changes": Picture(
        cases=(("readings", "suspension with other edits beside it"),), width=DESK, parts=False
    ),
    "results": Picture(cases=(("changes", "results posted with two primary outcomes"),), width=DESK),
    "summary": Picture(cases=(("groups", "summary of 6 trials"),), width=DESK),
    "digest": Picture(cases=(("groups", "daily digest"),), dark=True, parts=False),
    "entered": Picture(cases=(("events", "entered"),)),
    "overdue": Picture(cases=(("events", "deadline: results-overdue"),)),
    "first-look": Picture(cases=(("watching", "first look"),)),
    "all-well": Picture(cases=(("watching", "all is well, nothing changed"),)),
    "operator": Picture(cases=(("watching", "notice: held sweep"), ("watching", "notice: it is over"))),
    "repeat": Picture(cases=(("events", "possible repeat"),)),
}


def take(names: Iterable[str] = PICTURES) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each. Needs Chromium."""
    clock = ScriptClock(NOW)
    with browsing() as browser, SlackStandIn(clock=clock, channels=(CHANNEL,)) as slack:
        for name in names:
            picture = PICTURES[name]
            path = _post(slack, clock, picture)
            scheme = "dark" if picture.dark else "light"
            size = {"width": picture.width, "height": 600}
            with tab_on(
                browser, slack.origin, color_scheme=scheme, viewport=size, device_scale_factor=picture.scale
            ) as tab:
                tab.open(path)
                tab.page.add_style_tag(content=FONT)
                assert not tab.troubles, tab.troubles
                yield name, tab.page.locator("main").screenshot()


def _post(slack: SlackStandIn, clock: ScriptClock, picture: Picture) -> str:
    """Post what is in a picture, as a thread where there is more than one message. The thread's path."""
    notifier = SlackNotifier(
        name="team", token=Secret(slack.token), channel=f"#{CHANNEL}", api_url=slack.api_url, interactive=True
    )
    first = None
    for group, case in picture.cases:
        example = GROUPS[group]()[case]
        message, *rest = notifier.parts(example.message)
        for one in [message, *(rest if picture.parts else [])]:
            outcome = notifier.send(one, replace(example.placement, reply_to=first))
            assert outcome.result is Result.SENT, outcome
            first = first or outcome.remote
            clock.forward(timedelta(seconds=2))
    notifier.close()
    assert first is not None
    return f"/archives/{first['channel']}/p{first['ts'].replace('.', '')}"


def named(page: str) -> dict[str, str]:
    """Of the page's pictures the alternative text, by name."""
    return {name: alt for alt, name in re.findall(r"!\[([^\]]*)\]\(alerts/([a-z-]+)\.png\)", page)}


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        if old.stem not in PICTURES:
            old.unlink()
    for name, png in take(names or PICTURES):
        (FOLDER / f"{name}.png").write_bytes(with_palette(png, COLOURS, OURS))


if __name__ == "__main__":
    main(sys.argv[1:])
