"""The page of fields (docs/reference/fields.md), written from the table itself."""

from __future__ import annotations

from snapshots.changeset import Severity
from snapshots.deadlines.states import SEVERITIES, TAGS, StateKind
from snapshots.fields import Field, FieldTable, Piece, table
from snapshots.terms import spaced

_HEAD = """# Fields of ClinicalTrials.gov

Written by `make docs` from the field table. A change is told under its field's name: it is what routes (`fields`),
severities (`[severity]`) and `trialbell field` take. A path that no row covers is still reported, as minor, under a
name made from its path.

*Weight* is what a change of the field weighs when no rule of its own says more: status, dates, counts, outcomes, sites,
results and eligibility are weighed by what happened. Noise is stored, shown on request and never sent. *Members* says
by what a list's members are the same in two versions. Paths are those of the registry's API
(https://clinicaltrials.gov/data-api/about-api/study-data-structure). Below a table stand the keys that its fields hold,
those of a key in brackets after it, with what sentences call them where that is not the key itself; a key that is
not named here is reported with its field.
"""
_STATES = """A trial enters a state when a date passes and no record changes, or by a version that puts it there; each
entry is one event, of kind `deadline`. Routes, severities and `trialbell mute` take these names where they take a
field's; `trialbell deadlines` lists the states that stand.
"""
MOST_ON_A_LINE = 24  # keys; a field that holds more has a line for each of its parts


def fields_page(registry: str = "ctgov") -> str:
    """The whole page as Markdown. Raises KeyError for a registry without a table."""
    fields = table(registry)
    parts = [_HEAD]
    for section in dict.fromkeys(one.section for one in fields):
        parts.append(f"## {section}\n")
        parts += _rows(fields, section)
        parts.append("")
        if held := _held(fields, section):
            parts += [*held, ""]
    return "\n".join([*parts, *_states()])


def _states() -> list[str]:
    rows = [f"| `{kind}` | {SEVERITIES[kind].value} | {', '.join(TAGS[kind])} |" for kind in StateKind]
    return ["## States that time makes\n", _STATES, "| name | weight | tags |", "|---|---|---|", *rows, ""]


def _held(fields: FieldTable, section: str) -> list[str]:
    """What the section's fields hold: a line for those that hold the same."""
    holding: dict[tuple[Piece, ...], list[str]] = {}
    for one in fields:
        if one.section == section and one.pieces:
            holding.setdefault(one.pieces, []).append(f"`{one.slug}`")
    lines = []
    for pieces, slugs in holding.items():
        tree = _tree(pieces)
        apart = len(pieces) > MOST_ON_A_LINE
        lines.append(f"- {', '.join(slugs)}: " + (", ".join(map(_named, tree)) if apart else _listed(tree)))
        if apart:
            lines += [f"  - {_named(key)}: {_listed(below)}" for key, below in tree.items() if below]
    return lines


_Tree = dict[Piece, "_Tree"]


def _tree(pieces: tuple[Piece, ...]) -> _Tree:
    found: dict[str, _Tree] = {"": {}}
    for piece in pieces:
        found[piece.path] = {}
        found[piece.path.rpartition(".")[0]][piece] = found[piece.path]
    return found[""]


def _listed(tree: _Tree) -> str:
    return ", ".join(_named(key) + (f" ({_listed(below)})" if below else "") for key, below in tree.items())


def _named(piece: Piece) -> str:
    key = piece.path.rpartition(".")[2]
    return f"`{key}`" + ("" if piece.words == spaced(key) else f" “{piece.words}”")


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
