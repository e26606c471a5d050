"""ClinicalTrials.gov's answers, sliced: records stay the bytes they came in, and only their ids are read.

What is not the known shape is Absurd, in one line that says what came and whence.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from monitor.registries.asking import what_came
from monitor.registries.base import Absurd
from monitor.registries.ctgov_cutting import cut
from monitor.transport import Answer, shortened

T = TypeVar("T")


class _Page(msgspec.Struct):
    studies: list[msgspec.Raw]
    nextPageToken: str | None = None  # noqa: N815 - the registry's name
    totalCount: int | None = None  # noqa: N815


class _Identification(msgspec.Struct):
    nctId: str  # noqa: N815
    nctIdAliases: list[str] = []  # noqa: N815 - msgspec copies it


class _Protocol(msgspec.Struct):
    identificationModule: _Identification  # noqa: N815


class _Record(msgspec.Struct):
    protocolSection: _Protocol  # noqa: N815


# How a record begins since API v2 exists: all 2,321 real ones at hand, aliases right behind the id.
_BEGINNING = re.compile(
    rb'\s*\{\s*"protocolSection"\s*:\s*\{\s*"identificationModule"\s*:\s*\{\s*"nctId"\s*:\s*"(NCT[0-9]{8})"'
)
_ID = re.compile(r"NCT[0-9]{8}")

_page_decoder = msgspec.json.Decoder(_Page)
_record_decoder = msgspec.json.Decoder(_Record)


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """One page as it came."""

    records: list[memoryview]  # each a JSON object's bytes, by its borders
    ids: list[bytes]  # the records' own ids, in the same order
    next: str | None  # the token of the next page
    total: int | None
    came_from: str  # for messages


def sliced(answer: Answer) -> Slice:
    page, records = _page(answer)
    beginning = _BEGINNING.match
    ids: list[bytes] = []
    for record in records:
        found = beginning(record)
        ids.append(found[1] if found else _named(record, answer).nctId.encode())
    return Slice(
        records=records,
        ids=ids,
        next=page.nextPageToken or None,
        total=page.totalCount,
        came_from=shortened(answer.url),
    )


def _page(answer: Answer) -> tuple[_Page, list[memoryview]]:
    try:
        page = decoded(_page_decoder, answer)
        return page, [memoryview(raw) for raw in page.studies]
    except Absurd:
        # One record may be what is no JSON: it is refused by itself, when it is read.
        if answer.status != 200 or (parts := cut(answer.body)) is None or not parts[1]:
            raise
        return decoded(_page_decoder, replace(answer, body=parts[0])), parts[1]


def names(answer: Answer) -> tuple[str, list[str]]:
    """The id and the aliases of a record that is a whole answer; its JSON is checked to the end."""
    named = _named(answer.body, answer)
    return named.nctId, named.nctIdAliases


def aliases(record: memoryview) -> list[str]:
    """Of a record that `sliced` gave."""
    try:
        return _record_decoder.decode(record).protocolSection.identificationModule.nctIdAliases
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []  # then it was not asked for under them either


def decoded(decoder: msgspec.json.Decoder[T], answer: Answer) -> T:
    """An answer's body as the decoder's type. Raises Absurd."""
    if answer.status != 200:
        raise Absurd(f"{shortened(answer.url)} answered {answer.status}: {what_came(answer)}")
    try:
        return decoder.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _absurd(answer, error) from None


def _named(record: Any, answer: Answer) -> _Identification:
    try:
        named = _record_decoder.decode(record).protocolSection.identificationModule
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _absurd(answer, error) from None
    if _ID.fullmatch(named.nctId) is None:
        raise Absurd(f"{shortened(answer.url)} gave a record with an impossible id: `{named.nctId[:40]}`")
    return named


def _absurd(answer: Answer, error: Exception) -> Absurd:
    why = "nested too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())[:160]
    return Absurd(f"{shortened(answer.url)} gave no answer that can be believed: {what_came(answer)} ({why})")
