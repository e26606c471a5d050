"""JSON and CSV of related trials."""

from __future__ import annotations

from msgspec import Struct


class RelatedTrial(Struct, frozen=True, kw_only=True):
    """status: in the registry's words. state: `present`, `gone` or `merged`. shares: identifiers, or words, that both
    records have; the most telling first.
    """

    registry: str
    trial: str
    title: str
    status: str | None
    phase: str | None
    state: str
    shares: list[str]


class Related(Struct, frozen=True, kw_only=True):
    """by_identifier: of these it is certain that they share one. by_words: similar by words, not by judgement: ranked
    by how rare the words are that both records have. waiting: trials whose newest words are not indexed yet.
    """

    registry: str
    trial: str
    by_identifier: list[RelatedTrial]
    by_words: list[RelatedTrial]
    waiting: int


class RelatedRow(Struct, frozen=True, kw_only=True):
    """by: `identifier` or `words`."""

    by: str
    registry: str
    trial: str
    title: str
    status: str | None
    phase: str | None
    state: str
    shares: list[str]
