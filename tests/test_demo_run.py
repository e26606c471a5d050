"""The demo from start to end, with a small application of the test's own in the place of the real one."""

from __future__ import annotations

import io
import json
import shlex
import socket
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from monitor.demo.folder import DemoError, configuration, invoked, make_folder, next_commands
from monitor.demo.run import ScriptClock, run_demo
from monitor.demo.script import DAYS, DISCLAIMER


@dataclass(frozen=True)
class Looked:
    records: int
    versions: int
    problems: Sequence[str] = ()


class PostDates:
    """Polls by post dates and posts one line for each trial that moved: enough to see the demo play."""

    def __init__(
        self, config: Path, clock: ScriptClock, environ: Mapping[str, str], trouble: str = ""
    ) -> None:
        self.settings = tomllib.loads(config.read_text(encoding="utf-8"))
        self.folder = config.parent
        self.clock = clock
        slack = self.settings["notifiers"]["team"]
        token = environ[slack["token"].removeprefix("${").removesuffix("}")]
        self.client = WebClient(token=token, base_url=slack["api_url"], retry_handlers=[])
        self.channel = slack["channel"]
        self.known: dict[str, str] = {}
        self.waiting: list[str] = []
        self.polled: list[str] = []
        self.trouble = trouble
        self.closed = False

    def look(self) -> None:
        """It knows of no states."""

    def poll(self) -> list[Looked]:
        self.polled.append(f"{self.clock():%Y-%m-%dT%H:%M}")
        url = self.settings["registries"]["ctgov"]["url"] + "/api/v2/studies?pageSize=100"
        with urllib.request.urlopen(url, timeout=10) as answer:
            studies = json.load(answer)["studies"]
        moved = 0
        for study in studies:
            trial = study["protocolSection"]["identificationModule"]["nctId"]
            posted = study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
            if self.known.get(trial) != posted:
                moved += 1
                if self.known.get(trial) or len(self.polled) > 1:
                    self.waiting.append(f"{trial} was posted on {posted}")
            self.known[trial] = posted
        return [Looked(len(studies), moved, [self.trouble] if self.trouble else [])]

    def deliver(self) -> None:
        if self.waiting:  # one a round, as a paced notifier would
            text = self.waiting.pop(0)
            self.client.chat_postMessage(channel=self.channel, text=text)
            with (self.folder / "alerts.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"headline": text}) + "\n")
            self.clock.forward(timedelta(seconds=1))

    def index(self) -> None:
        """It has no words to find."""

    def close(self) -> None:
        self.closed = True


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass
class Played:
    code: int
    out: str
    loops: list[PostDates]
    browsed: list[tuple[Path, int]]


def play(
    out: io.StringIO,
    *,
    trouble: str = "",
    end: Callable[[], None] = lambda: None,
    seen: Callable[[Path, int], None] = lambda config, port: None,
    **options: Any,
) -> Played:
    loops: list[PostDates] = []
    browsed: list[tuple[Path, int]] = []

    def open_loop(config: Path, clock: ScriptClock, environ: Mapping[str, str]) -> PostDates:
        loops.append(PostDates(config, clock, environ, trouble))
        return loops[-1]

    def browse(config: Path, port: int, ready: Callable[[], None]) -> None:
        browsed.append((config, port))
        ready()
        seen(config, port)
        end()

    code = run_demo(open_loop=open_loop, browse=browse, out=out, **options)
    return Played(code, out.getvalue(), loops, browsed)


def test_the_days_are_played_and_it_ends_by_itself_without_a_terminal(tmp_path: Path) -> None:
    played = play(io.StringIO(), keep=tmp_path / "kept")
    assert played.code == 0 and played.browsed == [] and played.loops[0].closed
    assert played.loops[0].polled == [f"{day.date.isoformat()}T09:20" for day in DAYS]
    flat = " ".join(played.out.split())
    assert DISCLAIMER in flat
    for number, day in enumerate(DAYS, start=1):
        assert f"Day {number} of {len(DAYS)}, " in flat
        assert f"{day.sentence}. {day.expect}" in flat
    assert "Day 3 of 9, Wednesday 18 November 2026" in flat
    assert "NCT07146087 was posted on 2026-11-18" in played.out
    assert "trialbell APP Wed 18 Nov, 09:20 UTC" in flat
    assert "\x1b" not in played.out


def test_each_alert_stands_under_its_day(tmp_path: Path) -> None:
    out = play(io.StringIO(), keep=tmp_path / "kept").out
    days = [" ".join(day.split()) for day in out.split("Day ")[1:]]
    assert "APP" not in days[0] and "nothing to tell" in days[0]
    assert [day.count("was posted on") for day in days] == [0, 1, 1, 1, 1, 2, 2, 7, 1]
    assert "2 messages in Slack" in days[5]


def test_no_serve_ends_by_itself_on_a_terminal_too(tmp_path: Path) -> None:
    played = play(Terminal(), serve=False, keep=tmp_path / "kept")
    assert played.code == 0 and played.browsed == []


def test_on_a_terminal_the_browser_is_served_until_ctrl_c(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    registries: list[str] = []

    def seen(config: Path, port: int) -> None:
        settings = tomllib.loads(config.read_text(encoding="utf-8"))
        assert settings["web"]["port"] == port
        assert settings["web"]["public_url"] == f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(
            settings["registries"]["ctgov"]["url"] + "/api/v2/version", timeout=10
        ) as one:
            registries.append(json.load(one)["dataTimestamp"])

    played = play(Terminal(), port=0, keep=tmp_path / "kept", end=interrupt, seen=seen)
    ((config, port),) = played.browsed
    assert played.code == 0 and port > 0
    assert f"http://127.0.0.1:{port}/" in played.out and "Ctrl-C" in played.out
    assert registries == ["2026-11-27T09:00:06"], "while the browser is open the registry answers"
    assert config == tmp_path / "kept" / "config.toml"


def test_a_taken_port_is_said_before_anything_is_played(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        out = Terminal()
        with pytest.raises(DemoError, match=f"port taken: `{port}`") as caught:
            play(out, port=port, keep=tmp_path / "kept")
        assert caught.value.code == 3 and "--port" in caught.value.hint
        assert out.getvalue() == "" and not (tmp_path / "kept").exists()


def test_trouble_in_a_poll_is_shown_and_ends_with_3(tmp_path: Path) -> None:
    played = play(io.StringIO(), trouble="the registry broke off", keep=tmp_path / "kept")
    assert played.code == 3
    assert played.out.count("trouble: the registry broke off") == len(DAYS)


def test_what_is_left_behind(tmp_path: Path) -> None:
    play(io.StringIO(), keep=tmp_path / "kept")
    settings = tomllib.loads((tmp_path / "kept" / "config.toml").read_text(encoding="utf-8"))
    assert settings["store"]["path"] == "trialbell.db"
    assert "xoxb" not in (tmp_path / "kept" / "config.toml").read_text(encoding="utf-8")
    transcript = (tmp_path / "kept" / "slack.txt").read_text(encoding="utf-8")
    assert transcript.startswith("#trial-alerts\n") and transcript.count("was posted on") == 16


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DemoError, match="not an empty directory") as caught:
        play(io.StringIO(), keep=tmp_path)
    assert caught.value.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(DemoError):
        make_folder(tmp_path / "mine.txt")


def test_json_is_alone_on_stdout_and_words_are_on_stderr(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    played = play(out, keep=tmp_path / "kept", as_json=True, err=err)
    lines = [json.loads(line) for line in played.out.splitlines()]
    assert len(lines) == 16 and lines[1] == {"headline": "NCT07146087 was posted on 2026-11-18"}
    assert DISCLAIMER.split()[0] in err.getvalue() and "Day 9 of 9" in err.getvalue()


def test_colour_on_a_terminal_and_none_with_no_color(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;32m" in play(Terminal(), serve=False, keep=tmp_path / "a").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;32m" not in play(Terminal(), serve=False, keep=tmp_path / "b").out


def test_output_that_knows_no_unicode_does_not_end_the_demo(tmp_path: Path) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    loops: list[PostDates] = []

    def open_loop(config: Path, clock: ScriptClock, environ: Mapping[str, str]) -> PostDates:
        loops.append(PostDates(config, clock, environ))
        return loops[-1]

    assert run_demo(open_loop=open_loop, browse=lambda *_: None, out=out, keep=tmp_path / "kept") == 0
    assert b"NCT07146087 was posted on 2026-11-18" in raw.getvalue()


@pytest.mark.parametrize("columns", ["40", "72", "200"])
def test_it_keeps_to_the_terminals_width(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out = play(io.StringIO(), keep=Path(tmp_path / "k")).out
    told = out[: out.index("What to try next")]
    told = told.replace(str(tmp_path / "k"), "KEPT")  # a path is as long as it is
    assert max(len(line) for line in told.splitlines()) <= min(int(columns), 100)


def test_what_to_try_next_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "with a space"
    first, *commands = next_commands("trialbell", folder)
    assert shlex.split(first) == ["cd", str(folder)]
    assert {shlex.split(command)[0] for command in commands} == {"trialbell"}
    text = play(io.StringIO(), keep=tmp_path / "kept", program="bin/trialbell").out
    for command in next_commands("bin/trialbell", tmp_path / "kept"):
        assert f"  {command}\n" in text
    assert "--config" not in text


def test_the_program_is_named_as_it_can_be_called_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    program = tmp_path / "a folder" / "trialbell"
    program.write_text("")
    other = tmp_path / "trialbell"
    other.write_text("")
    for typed in (str(program), "a folder/trialbell"):
        assert invoked(typed, found=str(program), here=tmp_path) == "trialbell"
        for found in (None, str(other)):
            assert shlex.split(invoked(typed, found=found, here=tmp_path)) == [str(program)]
    module = invoked(str(tmp_path / "monitor" / "__main__.py"), found=str(program), here=tmp_path)
    assert shlex.split(module) == [sys.executable, "-m", "monitor"]


def test_the_configuration_watches_each_trial_of_the_script_once() -> None:
    settings = tomllib.loads(configuration(registry="http://r", slack="http://s/", port=1, serving=False))
    named = [trial for watch in settings["watch"] for trial in watch.get("ids", [])]
    assert len(named) == len(set(named)) == 15
    assert "public_url" not in settings["web"]


def test_the_script_clock_moves_only_when_moved() -> None:
    clock = ScriptClock(DAYS[0].polled_at)
    assert clock() == clock() == DAYS[0].polled_at
    assert clock.forward(timedelta(seconds=5)) is True
    assert clock() - DAYS[0].polled_at == timedelta(seconds=5)
