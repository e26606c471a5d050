"""JSON and CSV of deliveries and of the channels that they go through."""

from __future__ import annotations

from msgspec import Struct


class Delivery(Struct, frozen=True, kw_only=True):
    """One event that must reach one notifier; or a message that tells of no event, whose trial and event are null.

    number counts deliveries, and apart from them messages of no event. reason: the last answer, or why it ended; why
    says the same, or what it waits for, in words. place: where its channel says that the message stands.
    """

    number: int
    message: str | None
    notifier: str
    state: str
    why: str
    reason: str
    headline: str
    registry: str | None
    trial: str | None
    event: str | None
    event_number: int | None
    attempts: int
    possible_repeat: bool
    digest: str | None
    created_at: str | None
    next_at: str | None
    ended_at: str | None
    place: str
    link: str | None


class Channel(Struct, frozen=True, kw_only=True):
    """How a notifier stands. standing: well, resting, refusing or unheard; words say why and until when."""

    notifier: str
    standing: str
    words: str
    waiting: int
    sent: int
    failed: int
    dropped: int
    notices_waiting: int
    notices_sent: int
    notices_failed: int
    notices_dropped: int


class Deliveries(Struct, frozen=True, kw_only=True):
    """A page of deliveries, and all channels. next: the path of the page that follows; null on the last."""

    items: list[Delivery]
    next: str | None
    channels: list[Channel]
