"""What a measure says, in words: as published, in the order published, never judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from snapshots.reaching import members, struct, text
from snapshots.terms import short

MOST_GROUPS = 4  # whose values a sentence gives
LONGEST_GROUP = 40  # characters of a group's title
_MIDDLES = {
    "MEAN": "mean", "MEDIAN": "median", "LEAST_SQUARES_MEAN": "least squares mean",
    "GEOMETRIC_MEAN": "geometric mean", "GEOMETRIC_LEAST_SQUARES_MEAN": "geometric least squares mean",
    "LOG_MEAN": "log mean",
}  # fmt: skip
_HYPOTHESES = {
    "NON_INFERIORITY": " for non-inferiority",
    "EQUIVALENCE": " for equivalence",
    "NON_INFERIORITY_OR_EQUIVALENCE": " for non-inferiority or equivalence",
    "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY": " for non-inferiority or equivalence",
}
_P = re.compile(r"[<>≤≥=]? ?0?\.\d{1,12}|[<>≤≥=]? ?1(?:\.0+)?")
_ONE_SIDED = re.compile(r"\b(?:one|1)[ -]?(?:sided|tailed)\b", re.IGNORECASE)
_TWO_SIDED = re.compile(r"\b(?:two|2)[ -]?(?:sided|tailed)\b", re.IGNORECASE)
# `Number of participants` is a label: after a number it is `participants`.
_NUMBER_OF = re.compile(r"(?:total )?(?:number|no\.|count) of (?P<what>\D{3,60})", re.IGNORECASE)
_ENDS_IN_FIGURE = re.compile(r"[\d%+]$")
_NEGATIVE = re.compile(r"^-(?=\.?\d)")
_PERCENT = re.compile(r"percent(?:age)?(?: \(?%\)?)?(?P<of> of .+)?|%(?P<rest> .+)?", re.IGNORECASE)


def group_names(titles: Sequence[str]) -> list[str]:
    """Titles of groups, short; by their ends where their beginnings are the same; quoted where they end in a figure,
    for a value follows."""
    names = [short(title, LONGEST_GROUP) or "a group without a title" for title in titles]
    names = [
        f"…{' '.join(title.split())[-LONGEST_GROUP:].split(' ', 1)[-1]}"
        if names.count(name) > 1 and len(title) > LONGEST_GROUP
        else name
        for title, name in zip(titles, names, strict=True)
    ]
    return [f"“{name}”" if _ENDS_IN_FIGURE.search(name) else name for name in names]


def group_values(measure: Any) -> list[tuple[str, str]]:
    """(title of the group, value) of a measure that has one value a group; empty of any other.

    Empty also when a group has none: half a result is none.
    """
    rows = list(_rows(measure))
    groups = members(struct(measure).get("groups"))
    if len(rows) != 1 or not groups:
        return []
    by_group = {
        struct(one).get("groupId"): one for one in rows[0] if isinstance(struct(one).get("groupId"), str)
    }
    found = []
    for group in groups:
        name = struct(group).get("id")
        value = text(struct(by_group.get(name) if isinstance(name, str) else None).get("value"))
        if value is None:
            return []
        title = text(struct(group).get("title")) or "a group without a title"
        found.append((title, signed(value)))
    if not len(by_group) == len(found) == len(rows[0]):
        return []
    return list(zip(group_names([title for title, _ in found]), [value for _, value in found], strict=True))


def _rows(measure: Any) -> Iterator[list[Any]]:
    for each in members(struct(measure).get("classes")):
        for category in members(struct(each).get("categories")):
            yield members(struct(category).get("measurements"))


def figures(measure: Any) -> str:
    """`median Zorvanib 14.2, Placebo 11.9 months, p = 0.03`; of what is no single value a group, how many there are."""
    values = group_values(measure)
    if values and len(values) <= MOST_GROUPS:
        named = ", ".join(f"{group} {value}" for group, value in values)
        return ", ".join(
            part for part in (f"{_middle(measure)}{named}{unit_words(measure)}", p_value(measure)) if part
        )
    number = sum(map(len, _rows(measure)))
    return f"{number} values" if number > 1 else ""


def versus(measure: Any) -> str:
    """`median 14.2 vs 11.9 months, p = 0.03`; empty unless there is one value each of at most three groups."""
    values = group_values(measure)
    if not values or len(values) > 3:
        return ""
    counts = analysed(measure) if struct(measure).get("paramType") == "COUNT_OF_PARTICIPANTS" else []
    of = counts if len(counts) == len(values) else [""] * len(values)
    shown = " vs ".join(
        f"{value} of {count}" if count else value for (_, value), count in zip(values, of, strict=True)
    )
    return ", ".join(
        part for part in (f"{_middle(measure)}{shown}{unit_words(measure)}", p_value(measure)) if part
    )


def signed(value: str) -> str:
    """A published value on one line, a negative number with a minus sign."""
    return _NEGATIVE.sub("\N{MINUS SIGN}", " ".join(value.split()))


def analysed(measure: Any) -> list[str]:
    """Participants analysed, by group in the order published; empty where it is not said of each."""
    listed = members(struct(measure).get("denoms"))
    if any(struct(each).get("denoms") for each in members(struct(measure).get("classes"))):
        return []  # rows have numbers of their own
    if len(listed) != 1 or struct(listed[0]).get("units") != "Participants":
        return []
    counts = {}
    for one in members(struct(listed[0]).get("counts")):
        name, value = struct(one).get("groupId"), text(struct(one).get("value"))
        if isinstance(name, str) and value is not None and value.isdecimal():
            counts[name] = value
    names = [struct(group).get("id") for group in members(struct(measure).get("groups"))]
    return [counts[name] for name in names if isinstance(name, str) and name in counts]


def p_value(measure: Any) -> str:
    """`p = 0.03`, when one test over all groups is all that there is."""
    analyses = members(struct(measure).get("analyses"))
    groups = members(struct(measure).get("groups"))
    if (
        len(analyses) != 1
        or len(members(struct(analyses[0]).get("groupIds"))) != len(groups)
        or len(groups) < 2
    ):
        return ""
    found = p_values(analyses)
    one_sided = _one_sided(analyses[0])
    if found and one_sided:
        found = [_ONE_SIDED.sub("", found[0]).strip(" (),;")]
    if not found or not _P.fullmatch(found[0]):
        return ""
    hypothesis = struct(analyses[0]).get("nonInferiorityType")
    words = _HYPOTHESES.get(hypothesis, "") if isinstance(hypothesis, str) else ""
    sign = "" if found[0][0] in "<>≤≥=" else "= "
    return f"p {sign}{found[0]}{' (one-sided)' if one_sided else ''}{words}"


def _one_sided(analysis: Any) -> bool:
    """Whether the registry calls the test one-sided, beside its p-value or in it."""
    said = " ".join(str(struct(analysis).get(key) or "") for key in ("pValue", "pValueComment"))
    return bool(_ONE_SIDED.search(said)) and not _TWO_SIDED.search(said)


def p_values(analyses: Sequence[Any]) -> list[str]:
    found = [text(struct(one).get("pValue")) for one in analyses]
    return [
        " ".join(value.replace("<", "< ").replace(">", "> ").split())
        for value in found
        if value and value.strip()
    ]


def _middle(measure: Any) -> str:
    kind = text(struct(measure).get("paramType")) or ""
    return f"{_MIDDLES[kind]} " if kind in _MIDDLES else ""


def unit_words(measure: Any) -> str:
    """The unit as it follows a number, with the space between."""
    unit = short(text(struct(measure).get("unitOfMeasure")) or "", 40)
    percent = _PERCENT.fullmatch(unit)
    if percent is not None:
        return f" %{percent['of'] or percent['rest'] or ''}"
    if (label := _NUMBER_OF.fullmatch(unit)) is not None:
        unit = label["what"]
    return f" {unit.lower() if unit[1:].islower() else unit}" if unit else ""
