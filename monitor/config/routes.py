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
    trials: Annotated[
        tuple[Text, ...] | None, Meta(description="Ids or addresses of trials; all when left out.")
    ] = None
    min_severity: Annotated[
        Literal["minor", "major", "critical"],
        Meta(
            description="What weighs less is not sent. Where the route names `fields`, `tags` or `countries`, the"
            " changes that it is for must themselves weigh this much."
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
    except_fields: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Fields and states that do not count: an event takes the route only for what else changed"
            " in it.",
            examples=[["central-contacts", "officials"]],
        ),
    ] = None
    tags: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Tags, of which the event must bear one; all when left out. Where `fields` are given too, one"
            " change must meet both.",
            examples=[["integrity"]],
        ),
    ] = None
    except_tags: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Changes, states and disappearances that bear one of these do not count.",
            examples=[["sites"]],
        ),
    ] = None
    countries: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="What concerns one of these countries: a change of sites concerns the countries of those sites;"
            " everything else (a status, results, a trial that is new) concerns each country in which the trial has a"
            " site, or had one until now. The registry's name or a two-letter code.",
            examples=[["Poland", "CZ"]],
        ),
    ] = None
    sponsors: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Words of the lead sponsor's name, side by side as they stand there, letters' case and accents"
            " aside: `Merck` is in `Merck Sharp & Dohme LLC`, `Merc` is not. Collaborators do not count; of a change"
            " of sponsor both do.",
            examples=[["Novartis", "Hoffmann-La Roche"]],
        ),
    ] = None
    phases: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="`early phase 1`, `phase 1` to `phase 4`, or `NA` for trials without a phase. A trial in phase"
            " 2/3 is in both; of a change of phase both count.",
            examples=[["phase 3"]],
        ),
    ] = None
    status_before: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="The recruitment status before the event, which is that after it where the event changed none."
            " With `status_after` too, one step must lead from one of these to one of those.",
            examples=[["recruiting"]],
        ),
    ] = None
    status_after: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="The recruitment status after the event, also where the event changed something else: add"
            ' `fields = ["overall-status"]` to be told of the turn alone.',
            examples=[["suspended", "terminated", "withdrawn"]],
        ),
    ] = None
