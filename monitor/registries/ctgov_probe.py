"""Which client settings ClinicalTrials.gov's firewall lets in: for `trialbell doctor`.

One request for each combination, none repeated: a refusal is an answer here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.registries.asking import what_came
from monitor.transport import TLS, Limiter, Transport, TransportError, Wait, honest_user_agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    user_agent: str
    tls: TLS
    status: int | None  # None when there was no answer
    passed: bool
    note: str  # in a few words, for a person
    date: datetime | None = None  # the registry's clock, aware UTC; None when it did not say


def combinations(user_agent: str | None) -> list[tuple[str, TLS]]:
    """The configured User-Agent and our own, each with both TLS greetings; never a browser's."""
    ours = honest_user_agent()
    named = [ours] if user_agent in (None, ours) else [user_agent or ours, ours]
    return [(agent, tls) for agent in named for tls in ("default", "stdlib")]


def probe(
    url: str,
    combos: Iterable[tuple[str, TLS]],
    *,
    limiter: Limiter | None = None,
    deadline: float = 20.0,
    wait: Wait | None = None,
) -> list[Probe]:
    """Asks for the data build with each combination."""
    return [_tried(url, agent, tls, limiter, deadline, wait) for agent, tls in combos]


def _tried(
    url: str, agent: str, tls: TLS, limiter: Limiter | None, deadline: float, wait: Wait | None
) -> Probe:
    # A connection of its own each: the greeting is what is tried.
    transport = Transport(
        url, limiter=limiter, user_agent=agent, tls=tls, deadline=deadline, attempts=1, wait=wait
    )
    status: int | None = None
    date: datetime | None = None
    passed = False
    try:
        answer = transport.ask("/api/v2/version")
        status, date = answer.status, answer.date
        passed = status == 200 and b'"dataTimestamp"' in answer.body
        note = "passes" if passed else "refused" if status == 403 else what_came(answer)
    except TransportError as error:
        status = getattr(error, "status", None)
        note = str(error)
    finally:
        transport.close()
    return Probe(user_agent=agent, tls=tls, status=status, passed=passed, note=note, date=date)
