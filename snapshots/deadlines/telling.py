"""A state that was entered, as an event."""

from __future__ import annotations

from datetime import datetime

from snapshots.changeset import VersionRef
from snapshots.deadlines.standing import Entered
from snapshots.deadlines.states import SEVERITIES, TAGS
from snapshots.event import Event, EventKind, deadline_id
from snapshots.stored import Trial


def deadline_event(
    trial: Trial,
    entered: Entered,
    *,
    to: VersionRef,
    at: datetime,
    url: str | None,
    watches: tuple[str, ...],
) -> Event:
    """to: the version that is in the state. The state's slug is the event's detail."""
    state = entered.state
    return Event(
        id=deadline_id(trial.registry, trial.trial, state.state, entered.on),
        kind=EventKind.DEADLINE,
        registry=trial.registry,
        trial=trial.trial,
        title=trial.title or trial.trial,
        url=url,
        severity=SEVERITIES[state.state],
        headline=state.reason,
        at=at,
        tags=TAGS[state.state],
        watches=watches,
        to=to,
        build=to.build,
        detail=state.state.value,
        sponsor=trial.sponsor,
        sponsor_class=trial.sponsor_class,
        phase=trial.phase,
        status=trial.status,
    )
