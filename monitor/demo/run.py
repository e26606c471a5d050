"""The demo, start to end: embedded registry, Slack stand-in, and the real application between, day by day.

`run_demo` is given how to open the application and its browser, and composes the rest; it reads no clock but
the script's.
"""

from __future__ import annotations

import errno
import io
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TextIO

from rich.console import Console
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from monitor.demo import script, transcript
from monitor.demo.folder import (
    ALERTS,
    CHANNEL,
    CONFIG,
    NAME,
    TOKEN_VARIABLE,
    WIDEST,
    DemoError,
    configuration,
    make_folder,
    next_commands,
    write_transcript,
)
from monitor.demo.loopback import HOST
from monitor.demo.registry import DemoRegistry
from monitor.demo.script import Day
from monitor.demo.slack import SlackStandIn

MOST_ROUNDS = 20  # of delivering after one poll; each day's alerts need one or two

DIM, STRONG, TITLE = Style(dim=True), Style(bold=True), Style(bold=True, color="green")


class ScriptClock:
    """The time of the scripted days. Call it for now; it moves only when it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        self._now = moment

    def forward(self, pause: timedelta) -> bool:
        """Let a pause pass at once. True, for those who wait and ask whether to go on."""
        self._now += pause
        return True


class Report(Protocol):
    """What a poll says of itself; monitor.polling.poll.PollReport is one."""

    @property
    def records(self) -> int: ...
    @property
    def versions(self) -> int: ...
    @property
    def problems(self) -> Sequence[str]: ...


class Loop(Protocol):
    """The application as the demo uses it; monitor.app.App is one."""

    def poll(self) -> Sequence[Report]:
        """One poll of everything, at the clock's time."""

    def look(self) -> object:
        """Enter and leave the states that time makes, after a poll."""

    def deliver(self) -> object:
        """Tell what is due at the clock's time. Pauses go through ScriptClock.forward, never by sleeping."""

    def index(self) -> object:
        """Make what was stored findable by its words, as the service does after each poll."""

    def close(self) -> None: ...


# Opens the application on a configuration file, with the script's clock and the variables the file names.
Opener = Callable[[Path, ScriptClock, Mapping[str, str]], Loop]
# Serves the history browser of a configuration on a port until Ctrl-C or SIGTERM; calls back once it listens.
Browser = Callable[[Path, int, Callable[[], None]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the days came to."""

    messages: int
    problems: tuple[str, ...]


def run_demo(
    *,
    open_loop: Opener,
    browse: Browser,
    out: TextIO,
    serve: bool = True,
    port: int = 8787,
    keep: Path | None = None,
    as_json: bool = False,
    err: TextIO | None = None,
    program: str = NAME,
) -> int:
    """Play the days and return the exit code: 0, or 3 when a poll had trouble.

    Serves only when `out` is a terminal. With `as_json` the alerts go to `out`, one JSON value a line, and
    the words to `err`. program: how a shell calls us. Raises DemoError before anything is played.
    """
    serving = serve and out.isatty() and not as_json
    port = _free_port(port) if serving else port
    directory = make_folder(keep)
    console = _console((err or sys.stderr) if as_json else out)
    clock = ScriptClock(script.DAYS[0].polled_at)
    with DemoRegistry() as registry, SlackStandIn(clock=clock, channels=(CHANNEL,)) as slack:
        config = directory / CONFIG
        text = configuration(registry=registry.site, slack=slack.api_url, port=port, serving=serving)
        config.write_text(text, encoding="utf-8")
        _introduce(console, directory)
        loop = open_loop(config, clock, {TOKEN_VARIABLE: slack.token})
        try:
            played = _play(
                console, registry, slack, loop, clock, _Lines(directory / ALERTS, out if as_json else None)
            )
        finally:
            loop.close()
            write_transcript(directory, slack.messages(CHANNEL))
        _conclude(console, program, directory, played, serving=serving)
        if serving:
            _serve(console, config, port, browse, slack.channel_page(CHANNEL))
    return 3 if played.problems else 0


class _Lines:
    """The alerts file, copied on as it grows; nowhere when there is no `out`."""

    def __init__(self, path: Path, out: TextIO | None) -> None:
        self._path = path
        self._out = out
        self._at = 0

    def copy(self) -> None:
        if self._out is None or not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._at)
            self._out.write(file.read())
            self._at = file.tell()


def _play(
    console: Console,
    registry: DemoRegistry,
    slack: SlackStandIn,
    loop: Loop,
    clock: ScriptClock,
    lines: _Lines,
) -> Played:
    problems: list[str] = []
    shown = 0
    for number, day in enumerate(registry.days, start=1):
        if number > 1:
            registry.advance()
        _announce(console, number, day, len(registry.days))
        clock.set(day.polled_at)
        asked = registry.requests
        reports = loop.poll()
        loop.look()
        _tell(loop, slack, clock)
        loop.index()
        posted = slack.messages(CHANNEL)[shown:]
        shown += len(posted)
        lines.copy()
        records, versions = sum(one.records for one in reports), sum(one.versions for one in reports)
        told = _count(len(posted), "message") + " in Slack" if posted else "nothing to tell"
        console.print(
            f"Poll at {day.polled_at:%H:%M} UTC: {_count(registry.requests - asked, 'request')}, "
            f"{_count(records, 'record')} read, {_count(versions, 'version')} stored, {told}",
            style=DIM,
        )
        for message in posted:
            console.print()
            console.print(
                transcript.draw(message, width=console.width, links=bool(console.color_system)), end=""
            )
        for problem in (problem for report in reports for problem in report.problems):
            problems.append(problem)
            console.print(f"trouble: {problem}", style=STRONG)
    return Played(messages=shown, problems=tuple(problems))


def _tell(loop: Loop, slack: SlackStandIn, clock: ScriptClock) -> None:
    """Deliver until nothing more comes; a notifier's pace is a matter of the script's clock."""
    for _ in range(MOST_ROUNDS):
        before = len(slack.messages(CHANNEL))
        loop.deliver()
        if len(slack.messages(CHANNEL)) == before:
            return
        clock.forward(timedelta(seconds=2))


def _introduce(console: Console, directory: Path) -> None:
    console.print("trialbell demo: no network, no accounts", style=TITLE)
    console.print(
        f"An embedded registry replays {len(script.DAYS)} working days of November 2026; trialbell polls it,"
        f" keeps every version in {directory}, and tells #{CHANNEL}, a Slack stand-in drawn below."
    )
    console.print(script.DISCLAIMER, style=STRONG)


def _announce(console: Console, number: int, day: Day, days: int) -> None:
    console.print()
    if number > 1:
        console.print()
    date = f"{day.date:%A} {day.date.day} {day.date:%B %Y}"
    console.print(Rule(Text(f"Day {number} of {days}, {date}", STRONG), align="left", style=DIM))
    console.print(f"{day.sentence}.", style=STRONG)
    console.print(day.expect)


def _conclude(console: Console, program: str, folder: Path, played: Played, *, serving: bool) -> None:
    console.print("\n")
    console.print(Rule(Text("What to try next", STRONG), align="left", style=DIM))
    console.print(
        f"{len(script.DAYS)} days played, {_count(played.messages, 'message')} sent. Configuration, database,"
        f" alerts and the channel's transcript stay in {folder} until you delete it."
    )
    console.print("On the demo's database" + (", from another terminal:" if serving else ":"))
    for command in next_commands(program, folder):
        _verbatim(console, f"  {command}")
    console.print("On the real registry, with network, from a folder of your own:")
    for command in (f"{program} diff NCT07146087", f"{program} init NCT07146087"):
        _verbatim(console, f"  {command}")


def _serve(console: Console, config: Path, port: int, browse: Browser, channel: str) -> None:
    def ready() -> None:
        console.print()
        _verbatim(console, f"The history browser is open at http://{HOST}:{port}/ until Ctrl-C", TITLE)
        _verbatim(console, f"#{CHANNEL}, drawn as a page: {channel}", TITLE)

    with suppress(KeyboardInterrupt):  # how a person ends the browser: the demo is over, nothing went wrong
        browse(config, port, ready)
    console.print()


def _console(out: TextIO) -> Console:
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")  # a terminal without UTF-8 shows `?` rather than ending the demo
    plain = Console(file=out, highlight=False, markup=False, emoji=False)
    return Console(file=out, highlight=False, markup=False, emoji=False, width=min(plain.width, WIDEST))


def _verbatim(console: Console, line: str, style: Style | None = None) -> None:
    """A line to be copied: never wrapped."""
    console.print(line, style=style, soft_wrap=True)


def _free_port(port: int) -> int:
    """The port, or any free one for 0; asked before the days are played, to refuse at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise DemoError(
                f"port taken: `{port}`",
                hint="choose another with --port, or --no-serve",
                code=3,
            ) from error
        chosen: int = probe.getsockname()[1]
        return chosen


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
