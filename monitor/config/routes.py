"""The tables `[[route]]`: who is told what."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from monitor.config.values import Text


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told what. An event takes every route that it meets; a notifier gets it once."""

    to: Annotated[tuple[Text, ...], Meta(description="Names of notifiers.", examples=[["team", "log"]])]
    digest: Annotated[
        Text | None,
        Meta(
            description="Collect what takes this route and tell it as one: `hourly`, `daily 08:00`, `mon-fri 08:00`,"
            " `mon 08:00`, in the notifier's timezone. What is critical does not wait, nor what another route sends"
            " to the same notifier at once.",
            examples=["mon-fri 08:00"],
            extra={"form": "rhythm"},
        ),
    ] = None
    watches: Annotated[tuple[Text, ...] | None, Meta(description="Names of watches; all when left out.")] = (
        None
    )
    min_severity: Annotated[
        Literal["minor", "major", "critical"],
        Meta(
            description="What weighs less is not sent. Where `fields` or `tags` are given, what they name"
            " must itself weigh this much."
        ),
    ] = "minor"
    fields: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Field names, of which one must have changed, or names of states that time makes;"
            " all when left out.",
            examples=[["overall-status", "results-overdue"]],
        ),
    ] = None
    tags: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Tags, of which the event must bear one; all when left out.", examples=[["integrity"]]
        ),
    ] = None
    trials: Annotated[
        tuple[Text, ...] | None, Meta(description="Ids or addresses of trials; all when left out.")
    ] = None
