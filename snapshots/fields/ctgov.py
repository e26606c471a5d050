"""The field table of ClinicalTrials.gov, API v2: every path of a record, in the registry's own sections.

Source: https://clinicaltrials.gov/data-api/about-api/study-data-structure, as of May 2026, and the records
themselves. Longest path wins; rows stand in the order in which changes of one weight are told.
"""

from __future__ import annotations

from snapshots.fields import Field
from snapshots.fields.ctgov_design import ARMS, DESIGN, ELIGIBILITY, OUTCOMES
from snapshots.fields.ctgov_places import PLACES, REFERENCES, SHARING
from snapshots.fields.ctgov_registry import REGISTRY
from snapshots.fields.ctgov_results import RESULTS
from snapshots.fields.ctgov_status import DESCRIPTION, IDENTIFICATION, OVERSIGHT, SPONSOR, STATUS

FIELDS: tuple[Field, ...] = (
    *IDENTIFICATION, *STATUS, *SPONSOR, *OVERSIGHT, *DESCRIPTION,
    *DESIGN, *ARMS, *OUTCOMES, *ELIGIBILITY,
    *PLACES, *REFERENCES, *SHARING,
    *RESULTS, *REGISTRY,
)  # fmt: skip
