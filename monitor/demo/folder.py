"""The directory that the demo leaves behind: configuration, database, alerts and the channel's transcript."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from monitor.demo import script, transcript
from monitor.demo.loopback import HOST
from monitor.demo.slack import Posted

TOKEN_VARIABLE = "TRIALBELL_DEMO_SLACK_TOKEN"
CHANNEL = "trial-alerts"
DATABASE, ALERTS, CONFIG, SLACK = "trialbell.db", "alerts.jsonl", "config.toml", "slack.txt"
WIDEST = 100
NAME = "trialbell"


class DemoError(Exception):
    """The demo cannot be played. One line for a person; `code` is the command's exit code."""

    def __init__(self, message: str, *, hint: str, code: int) -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


def make_folder(keep: Path | None) -> Path:
    """A new temporary directory, or the empty one that was asked for. Raises DemoError."""
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="trialbell-demo-"))
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise DemoError(f"not an empty directory: `{keep}`", hint="name a new one with --keep", code=2)
    keep.mkdir(parents=True, exist_ok=True)
    return keep.absolute()


def configuration(*, registry: str, slack: str, port: int, serving: bool) -> str:
    """The config.toml of the demo, as a person would write it."""
    public = f'public_url = "http://{HOST}:{port}"\n' if serving else ""
    watched = [
        trial for trial in script.trials() if trial.startswith("NCT99") and trial not in script.BY_QUERY
    ]
    ids = "".join(f'  "{trial}",\n' for trial in watched)
    return f"""\
# Written by `trialbell demo`. Its registry and its Slack were servers on this machine, ended with the demo;
# what they published is in {DATABASE}, and commands that only read work on it.

[store]
path = "{DATABASE}"

[registries.ctgov]
url = "{registry}"
requests_per_minute = 60000                # the real registry wants about 50
history = true                             # ask for the steps between two polls

[schedule]
every = "1h"

[[watch]]
name = "MSC exosomes"
ids = ["NCT07146087", "NCT01730547", "NCT02403947"]

[[watch]]
name = "invented trials"
ids = [
{ids}]

[[watch]]
name = "progressive MS, phase 3"
query = {{ cond = "progressive multiple sclerosis", advanced = "AREA[Phase]PHASE3" }}

[web]
host = "{HOST}"
port = {port}
{public}
[notifiers.team]
type = "slack"
token = "${{{TOKEN_VARIABLE}}}"
channel = "#{CHANNEL}"
api_url = "{slack}"

[notifiers.log]
type = "jsonl"
path = "{ALERTS}"

[[route]]
min_severity = "minor"
to = ["team", "log"]
"""


def write_transcript(folder: Path, messages: Sequence[Posted]) -> None:
    """What a person would have seen in the channel, as a text file."""
    text = "\n".join(transcript.render(message, WIDEST) for message in messages)
    (folder / SLACK).write_text(f"#{CHANNEL}\n\n{text}", encoding="utf-8")


def invoked(argv0: str, *, found: str | None, here: Path) -> str:
    """How to call this program again from another folder: by its name where that leads to it, else by its path.

    found: what a shell would run for `trialbell`, `shutil.which`'s answer.
    """
    program = here / argv0  # an absolute one stays as it is
    if found is not None and Path(found).resolve() == program.resolve():
        return NAME
    if program.name == NAME and program.exists():
        return shlex.quote(str(program.absolute()))
    return f"{shlex.quote(sys.executable)} -m monitor"  # run as a module, or from a test


def next_commands(program: str, folder: Path) -> tuple[str, ...]:
    """Commands that work on what the demo leaves behind, its servers gone."""
    return (
        f"cd {shlex.quote(str(folder))}",
        f"{program} changes --min-severity major",
        f"{program} history NCT07146087",
        f"{program} diff NCT07146087@1 NCT07146087@2",
        f"{program} show NCT07146087@2026-11-17",
        f"{program} search sclerosis",
        f"{program} field NCT99000328 primary-completion-date",
        f"{program} serve",
    )
