"""What a poll is asked for, and what it says it did."""

from __future__ import annotations

import msgspec


class PollReport(msgspec.Struct, kw_only=True):
    """What a poll did, for people, logs and `--json`."""

    registry: str
    started_at: str
    build: str | None = None
    stopped: bool = False  # told to stop before its end: no failure, and nothing was concluded
    quiet: bool = False  # nothing was due on this build: one request
    records: int = 0  # seen
    versions: int = 0  # stored, quiet ones and first ones among them
    quiet_versions: int = 0
    events: list[str] = []  # ids, in order
    finished: list[str] = []  # names of watches
    first_looks: dict[str, int] = {}  # watch name → trials, silently taken in
    unknown: list[str] = []  # ids that the registry does not have
    held: list[str] = []  # one line each
    notices: list[str] = []  # of what the registry did to most records at once
    problems: list[str] = []  # one line each; whatever is here was not concluded from
    hint: str | None = None
    not_before: str | None = None  # the registry wants to be left alone until then

    @property
    def outcome(self) -> str:
        """`quiet`, `complete`, `incomplete` or `stopped`, as the log of polls has it."""
        if self.stopped:
            return "stopped"
        if self.problems:
            return "incomplete"
        return "quiet" if self.quiet else "complete"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the watches, or which trials alone. Everything when both are None."""

    watches: frozenset[str] | None = None
    trials: tuple[str, ...] | None = None


EVERYTHING = Selection()
