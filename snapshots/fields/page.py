"""The page of fields (docs/reference/fields.md), written from the table itself."""

from __future__ import annotations

from snapshots.changeset import Severity
from snapshots.deadlines.states import SEVERITIES, TAGS, StateKind
from snapshots.fields import Field, FieldTable, table

_HEAD = """# Fields of ClinicalTrials.gov

Written by `make docs` from the field table. A change is told under its field's name: it is what routes (`fields`),
severities (`[severity]`) and `trialbell field` take. A path that no row covers is still reported, as minor, under a
name made from its path.

*Weight* is what a change of the field weighs when no rule of its own says more: status, dates, counts, outcomes, sites,
results and eligibility are weighed by what happened. Noise is stored, shown on request and never sent. *Members* says
by what a list's members are the same in two versions. Paths are those of the registry's API
(https://clinicaltrials.gov/data-api/about-api/study-data-structure).
"""
_STATES = """A trial enters a state when a date passes and no record changes, or by a version that puts it there; each
entry is one event, of kind `deadline`. Routes, severities and `trialbell mute` take these names where they take a
field's; `trialbell deadlines` lists the states that stand.
"""


def fields_page(registry: str = "ctgov") -> str:
    """The whole page as Markdown. Raises KeyError for a registry without a table."""
    fields = table(registry)
    parts = [_HEAD]
    for section in dict.fromkeys(one.section for one in fields):
        parts.append(f"## {section}\n")
        parts += _rows(fields, section)
        parts.append("")
    return "\n".join([*parts, *_states()])


def _states() -> list[str]:
    rows = [f"| `{kind}` | {SEVERITIES[kind].value} | {', '.join(TAGS[kind])} |" for kind in StateKind]
    return ["## States that time makes\n", _STATES, "| name | weight | tags |", "|---|---|---|", *rows, ""]


def _rows(fields: FieldTable, section: str) -> list[str]:
    rows = ["| name | said as | kind | weight | members | tags | path |", "|---|---|---|---|---|---|---|"]
    return rows + [_row(one) for one in fields if one.section == section]


def _row(one: Field) -> str:
    weight = Severity.NOISE if one.noise else one.severity
    cells = (
        f"`{one.slug}`",
        one.label,
        one.kind.value,
        weight.value,
        one.identity.value if one.identity else "",
        ", ".join(one.tags),
        f"`{one.path}`",
    )
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
