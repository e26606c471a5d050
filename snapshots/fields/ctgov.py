"""The field table of ClinicalTrials.gov, API v2: every path of a record, in the registry's own sections.

Source: the API's data structure page and the records themselves. Longest path wins.
"""

from __future__ import annotations

from snapshots.fields import Field
from snapshots.fields.ctgov_design import DESIGN
from snapshots.fields.ctgov_places import PLACES
from snapshots.fields.ctgov_results import RESULTS
from snapshots.fields.ctgov_status import STATUS

FIELDS: tuple[Field, ...] = (*STATUS, *DESIGN, *PLACES, *RESULTS)
