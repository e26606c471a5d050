"""Query parameters that several addresses take. What they may hold is checked by `filters`."""

from __future__ import annotations

from monitor.web import filters
from monitor.web.address import Parameter
from snapshots.changeset import Severity
from snapshots.fields import table

_NUMBER = {"type": "string", "pattern": "^[0-9]{1,18}$"}

SEVERITY = Parameter(
    name="severity",
    description="The least severity; minor when left out",
    schema={"type": "string", "enum": [one.value for one in Severity]},
)
WATCH = Parameter(name="watch", description="Name of a watch")
TAG = Parameter(
    name="tag", description="Tag of an event", schema={"type": "string", "enum": list(filters.TAGS)}
)
FIELD = Parameter(
    name="field",
    description="Slug of a field that changed",
    schema={"type": "string", "enum": sorted(table("ctgov").slugs())},
)
TRIAL = Parameter(
    name="trial",
    description="Id of a trial, or its record's web address",
    schema={"type": "string", "pattern": "^(?:https://clinicaltrials\\.gov/study/)?NCT(?!0{8})[0-9]{8}$"},
)
BEFORE = Parameter(
    name="before", description="Number of the event to go on from, towards older ones", schema=_NUMBER
)
COUNTRY = Parameter(
    name="country",
    description="Country of a site of the trial; its two-letter code will do",
    schema={"type": "string", "enum": list(filters.countries())},
)
STATUS = Parameter(
    name="status",
    description="Recruitment status",
    schema={"type": "string", "enum": [name for name, _ in filters.statuses()]},
)
PHASE = Parameter(
    name="phase", description="Phase", schema={"type": "string", "enum": ["1", "2", "3", "4", "early 1"]}
)
