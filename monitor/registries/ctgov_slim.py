"""ClinicalTrials.gov's slim records: what may change without a new post date, and the digest that compares it.

Partial records are what `fields=` gives. They never become versions: they decide whom to ask for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from monitor.registries.base import Absurd

# Statuses with their dates, whether there are results, annotations (results submitted, violations), documents, and
# what the registry makes of submissions: 17 of 81 real content changes left the post date as it was, all of the 41
# status changes among 235 that did turned UNKNOWN. Pieces of https://clinicaltrials.gov/api/v2/studies/metadata.
FIELDS = "NCTId,NCTIdAlias,StatusModule,AnnotationSection,DocumentSection,SubmissionTracking,HasResults"
_DIGEST = 16  # bytes
_EMPTY: tuple[Any, ...] = ({}, [])

_decoder = msgspec.json.Decoder(dict[str, Any])
_encoder = msgspec.json.Encoder(order="sorted")


def digest(record: bytes | memoryview | Mapping[str, Any]) -> bytes:
    """Of a slim record, or of what it would be of a whole one. Raises Absurd."""
    if not isinstance(record, Mapping):
        try:
            record = _decoder.decode(record)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Absurd(f"a slim record is no JSON object: {error}") from None
    protocol = _object(record, "protocolSection")
    named = _object(protocol, "identificationModule")
    slim = [
        named.get("nctId"),
        named.get("nctIdAliases"),
        protocol.get("statusModule"),
        record.get("annotationSection"),
        record.get("documentSection"),
        _object(_object(record, "derivedSection"), "miscInfoModule").get("submissionTracking"),
        record.get("hasResults"),
    ]
    said = _encoder.encode(slim)
    if b"{}" in said or b"[]" in said:
        # What is empty counts as absent: whether an answer shows it is the answer's manner.
        said = _encoder.encode([None if (part := _filled(one)) in _EMPTY else part for one in slim])
    return hashlib.sha256(said).digest()[:_DIGEST]


def _object(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _filled(value: Any) -> Any:
    """Without empty objects and lists in it."""
    if type(value) is dict:
        return {key: kept for key, one in value.items() if (kept := _filled(one)) not in _EMPTY}
    if type(value) is list:
        return [kept for one in value if (kept := _filled(one)) not in _EMPTY]
    return value
