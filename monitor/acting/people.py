"""Who did something about an alert, and by which way. Kept with what they did, and shown where it shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    SLACK = "slack"
    COMMAND = "command"
    BROWSER = "browser"


_PLACES = {Via.SLACK: "in Slack", Via.COMMAND: "on the command line", Via.BROWSER: "in the browser"}
LONGEST = 80  # characters of a name that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str  # as they are called where they did it: a login, or Slack's name for them; "" where nobody said
    via: Via
    id: str | None = None  # Slack's id of them, which stays when the name does not

    def __str__(self) -> str:
        return f"{self.name or 'somebody'} {_PLACES[self.via]}"


def named(name: str, via: Via, *, id: str | None = None) -> Person:
    """A person by the name that they go by: one line of it, and no more than LONGEST."""
    seemly = "".join(char if char.isprintable() else " " for char in name)
    return Person(name=" ".join(seemly.split())[:LONGEST].strip(), via=via, id=id)


NOBODY = Person(name="", via=Via.COMMAND)  # who muted before it was asked who does
