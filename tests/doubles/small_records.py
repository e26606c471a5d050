"""Small study records for the store's tests, any JSON for its properties, and the shared real versions."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st


def small_record(
    trial: str = "NCT00000001",
    *,
    status: str = "RECRUITING",
    holder: str | None = "2026-11-20",
    submitted: str = "2026-11-18",
    words: str = "A study of what a store keeps.",
    **more: Any,
) -> dict[str, Any]:
    """A record in the published order of keys; `more` goes into the top level."""
    derived: dict[str, Any] = {"conditionBrowseModule": {"meshes": [{"id": "D000001", "term": "Thing"}]}}
    if holder is not None:
        derived = {"miscInfoModule": {"versionHolder": holder}, **derived}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": trial, "briefTitle": f"Study {trial}"},
            "statusModule": {
                "overallStatus": status,
                "startDateStruct": {"date": "2026-01"},
                "lastUpdateSubmitDate": submitted,
                "lastUpdatePostDateStruct": {"date": "2026-11-19", "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A Hospital", "class": "OTHER"}},
            "descriptionModule": {"briefSummary": words},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE1", "PHASE2"],
                "enrollmentInfo": {"count": 42, "type": "ESTIMATED"},
            },
            "contactsLocationsModule": {
                "locations": [
                    {"city": "Lyon", "country": "France", "geoPoint": {"lat": 45.74846, "lon": 4.84671}},
                    {"city": "Paris", "country": "France"},
                    {"city": "Bern", "country": "Switzerland"},
                ]
            },
        },
        "derivedSection": derived,
        "hasResults": False,
        **more,
    }


def raw(record: dict[str, Any]) -> bytes:
    """As the registry sends it."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def json_values(depth: int = 12) -> st.SearchStrategy[Any]:
    """Any JSON value, numbers that only their type tells apart among them."""
    text = st.text(st.characters(codec="utf-8"), max_size=8)
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from([0, 1, -1, 0.0, -0.0, 1.0, True, False, "", "1", 1e16, 1e-7]),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        text,
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(text, inner, max_size=6),
        max_leaves=depth,
    )


def json_objects() -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), json_values(), max_size=6)


def exact(value: Any) -> Any:
    """A value that compares equal only where the types are equal too."""
    if isinstance(value, dict):
        return {key: exact(member) for key, member in value.items()}
    if isinstance(value, list):
        return [exact(member) for member in value]
    return type(value).__name__, repr(value)
