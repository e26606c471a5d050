"""The buttons of an alert, and what they carry. Pure."""

from __future__ import annotations

from datetime import timedelta

from notifiers.message import Action

MUTED_FOR = timedelta(days=30)
MUTE, UNMUTE, ACKNOWLEDGE, SHOW_DIFF = "mute-trial", "unmute-trial", "acknowledge", "show-diff"


def actions_of(
    registry: str, trial: str, event: str, *, muted: bool = False, acknowledged: bool = False
) -> tuple[Action, ...]:
    """event: the id of the newest that the message tells of."""
    value = f"{registry}:{trial} {event}"
    mute = Action(
        name=MUTE,
        text="Mute trial",
        value=value,
        confirm=f"For {MUTED_FOR.days} days nobody is told of {trial}, in any channel. What happens is stored and"
        " shown all the same.",
    )
    return (
        Action(name=UNMUTE, text="Unmute", value=value) if muted else mute,
        *(() if acknowledged else (Action(name=ACKNOWLEDGE, text="Acknowledge", value=value),)),
        Action(name=SHOW_DIFF, text="Show diff", value=value),
    )


def carried(value: str) -> tuple[str, str, str] | None:
    """Registry, trial and event of a button's value; None when it is none of ours."""
    about, space, event = value.partition(" ")
    registry, colon, trial = about.partition(":")
    return (registry, trial, event) if all((registry, colon, trial, space, event)) else None
