"""Posted results beside their outcomes and harms, edited: participants, baseline, groups, caveats, whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snapshots.changes.results.leaves import Leaf
from snapshots.changes.results.lines import MOST_VALUES, Line, arrow, few, major, turned
from snapshots.changeset import Action
from snapshots.terms import listed, said, short, spaced

FLOW, BASELINE, FURTHER = "participant flow", "baseline characteristics", "further information"
MODULES = {
    "participantFlowModule": FLOW,
    "baselineCharacteristicsModule": BASELINE,
    "outcomeMeasuresModule": "outcome measures",
    "adverseEventsModule": "adverse events",
    "moreInfoModule": FURTHER,
}
_WEIGHTY = ("adverseEventsModule",)  # deaths are in it
_MILESTONES = {"STARTED": "started", "COMPLETED": "completed", "NOT COMPLETED": "not completed"}


def group_lines(leaves: Sequence[Leaf]) -> list[Line]:
    """Groups that were renamed, came or went: the same group stands in every module, and is told once."""
    found: dict[tuple[str, str], list[Leaf]] = {}
    for leaf in leaves:
        old, new = (_title(value) for value in (leaf.old, leaf.new))
        found.setdefault((old, new), []).append(leaf)
    lines = []
    for (old, new), of in found.items():
        kind = "renamed" if old and new else "added" if new else "removed"
        words = (
            f"Group renamed in the results: {old} → {new}"
            if old and new
            else f"Group {kind} in the results: {new or old}"
        )
        lines.append(
            Line(
                kind=f"groups-{kind}",
                module="groups",
                words=words,
                several=f"{{n}} groups {kind} in the results",
                item=new or old,
                leaves=tuple(of),
                before=old or "not there",
                after=new or "no longer there",
            )
        )
    return lines


def _title(value: Any) -> str:
    if value is None:
        return ""
    title = value.get("title") if isinstance(value, dict) else value
    return short(title, 60) if isinstance(title, str) and title.strip() else "a group without a title"


def flow_lines(leaves: Sequence[Leaf]) -> list[Line]:
    counts = [leaf for leaf in leaves if _counts(leaf)]
    rest = [leaf for leaf in leaves if not _counts(leaf)]
    found = [_participants(counts)] if counts else []
    if rest:
        what = list(dict.fromkeys(_flow_part(leaf) for leaf in rest))
        words = f"Participant flow changed: {listed(what)}"
        found.append(_line("flow-rest", FLOW, words, rest, item=listed(what)))
    return found


def _counts(leaf: Leaf) -> bool:
    """Whether it says how many started, completed or did not."""
    return (
        "milestones" in leaf.path
        and any(row in _MILESTONES for row in leaf.rows)
        and (leaf.key == "numSubjects" or (leaf.member and leaf.key == "achievements"))
    )


def _participants(leaves: Sequence[Leaf]) -> Line:
    """By milestone: `started Zorvanib 150 → 148`. Who did not complete follows from the others, unless nothing else."""
    told = [leaf for leaf in leaves if "NOT COMPLETED" not in leaf.rows] or list(leaves)
    entries: dict[str, list[str]] = {}
    sides: tuple[list[str], list[str]] = ([], [])
    for leaf in told:
        milestone = next(_MILESTONES[row] for row in leaf.rows if row in _MILESTONES)
        period = next((row for row in leaf.rows if row not in _MILESTONES), "")
        where = f" in {short(period, 40)}" if period and period.casefold() != "overall study" else ""
        group = short(leaf.group, 40) or "a group"
        old, new = (
            value.get("numSubjects") if isinstance(value, dict) else value for value in (leaf.old, leaf.new)
        )
        entries.setdefault(f"{milestone}{where}", []).append(f"{group} {arrow(old, new)}")
        for side, value in zip(sides, (old, new), strict=True):
            side.append(f"{group} {milestone}{where}: {'not given' if value is None else value}")
    words = "; ".join(f"{milestone}: {few(of)}" for milestone, of in list(entries.items())[:3])
    return _line(
        "participants",
        FLOW,
        f"Participants {words}" + (" and more" if len(entries) > 3 else ""),
        leaves,
        item="participants",
        before="\n".join(sides[0][:MOST_VALUES]),
        after="\n".join(sides[1][:MOST_VALUES]),
    )


def _flow_part(leaf: Leaf) -> str:
    if "dropWithdraws" in leaf.path:
        return "reasons for leaving"
    if leaf.key in ("recruitmentDetails", "preAssignmentDetails"):
        return {"recruitmentDetails": "recruitment", "preAssignmentDetails": "before assignment"}[leaf.key]
    return "milestones" if "milestones" in leaf.path else "periods" if "periods" in leaf.path else "details"


def baseline_lines(leaves: Sequence[Leaf]) -> list[Line]:
    if not leaves:
        return []
    numbers = [leaf for leaf in leaves if leaf.path[1:2] == ("denoms",)]
    parts = []
    if numbers:
        entries = [f"{short(leaf.group, 40) or 'a group'} {arrow(leaf.old, leaf.new)}" for leaf in numbers]
        parts.append(f"participants {few(entries)}")
    parts += [
        listed(
            list(
                dict.fromkeys(
                    short(leaf.rows[0], 50)
                    for leaf in leaves
                    if leaf.path[1:2] == ("measures",) and leaf.rows
                )
            )
        )
    ]
    parts = [part for part in parts if part != "none"]
    words = f"Baseline changed: {'; '.join(parts) or 'its description'}"
    return [_line("baseline", BASELINE, words, leaves, item="baseline")]


def further_lines(leaves: Sequence[Leaf]) -> list[Line]:
    """Caveats in their own words; persons never named."""
    found = []
    topics: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        topics.setdefault(str(leaf.path[1]) if len(leaf.path) > 1 else "", []).append(leaf)
    for name, of in topics.items():
        if name == "limitationsAndCaveats":
            found.append(_caveats(of))
        elif name in ("pointOfContact", ""):
            words = (
                "Contact for the results changed" if name else "Further information on the results changed"
            )
            found.append(_line("contact", FURTHER, words, of, item="contact", before="given", after="given"))
        elif name == "certainAgreement":
            found.append(_agreement(of))
        else:
            words = f"Further information on the results changed: {spaced(name)}"
            found.append(
                _line("further", FURTHER, words, of, item=spaced(name), before="given", after="given")
            )
    return found


def _agreement(leaves: Sequence[Leaf]) -> Line:
    """Whether investigators may publish what they like; its own words may name them."""
    words = "Agreement with investigators on publishing changed"
    before = after = "given"
    for leaf in leaves:
        if leaf.key == "restrictiveAgreement":
            before, after = (
                said(value) if isinstance(value, bool) else "not stated" for value in (leaf.old, leaf.new)
            )
            words = f"Agreement that restricts what investigators may publish: {before} → {after}"
    return _line(
        "agreement", FURTHER, words, leaves, item="agreement on publishing", before=before, after=after
    )


def _caveats(leaves: Sequence[Leaf]) -> Line:
    texts = [_caveat(value) for value in (leaves[0].old, leaves[0].new)]
    action = Action.EDITED
    if leaves[0].old is None or leaves[0].new is None:
        action = Action.ADDED if leaves[0].old is None else Action.REMOVED
    how = {Action.ADDED: "added", Action.REMOVED: "removed"}.get(action, "reworded")
    shown = texts[0] if action is Action.REMOVED else texts[1]
    return _line(
        "caveats",
        FURTHER,
        f"Limitations and caveats of the results {how}: {short(shown, 160)}",
        leaves,
        item="limitations and caveats",
        action=action,
        before=None if action is Action.ADDED else texts[0],
        after=None if action is Action.REMOVED else texts[1],
    )


def _caveat(value: Any) -> str:
    found = value.get("description") if isinstance(value, dict) else value
    return found if isinstance(found, str) and found.strip() else "no text"


def unknown_lines(leaves: Sequence[Leaf]) -> list[Line]:
    """Modules that came, went, or that nothing here reads: one line each, values untold."""
    topics: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        topics.setdefault(str(leaf.path[0]), []).append(leaf)
    found = []
    for name, of in topics.items():
        module = MODULES.get(name, spaced(name))
        whole = len(of) == 1 and len(of[0].path) == 1
        action = Action.EDITED
        if whole and (of[0].old is None or of[0].new is None):
            action = Action.ADDED if of[0].old is None else Action.REMOVED
        how = {Action.ADDED: "added", Action.REMOVED: "removed"}.get(action, "changed")
        found.append(
            _line(
                f"module-{name}",
                module,
                f"{module[:1].upper()}{module[1:]} {how} in the results",
                of,
                item=module,
                action=action,
                before=None if action is Action.ADDED else "given",
                after=None if action is Action.REMOVED else "given",
                **(
                    major("adverse events were removed")
                    if whole and name in _WEIGHTY and how == "removed"
                    else {}
                ),
            )
        )
    return found


def _line(kind: str, module: str, words: str, leaves: Sequence[Leaf], **more: Any) -> Line:
    if "before" not in more and "after" not in more:
        more["before"], more["after"] = turned(leaves)
    return Line(kind=kind, module=module, words=words, several=words, leaves=tuple(leaves), **more)
