"""Whether a cron expression is one that the scheduler and a crontab read alike. Pure; it schedules
nothing."""

from __future__ import annotations

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("weekday", 0, 6, WEEKDAYS),
)
_PART = re.compile(r"(?P<first>\*|[a-z0-9]+)(?:-(?P<last>[a-z0-9]+))?(?:/(?P<step>[0-9]+))?", re.ASCII)
_EXAMPLE = "`20 9-20 * * mon-fri` is minute 20 of every hour from 9 to 20, Monday to Friday"


def fault(expression: str) -> tuple[str, str] | None:
    """What is wrong with it and how to mend it; None when nothing is."""
    words = expression.lower().split()
    if len(words) != len(_FIELDS):
        return f"`cron` wants five fields and has {len(words)}: `{expression}`", _EXAMPLE
    for word, (name, least, most, names) in zip(words, _FIELDS, strict=True):
        for part in word.split(","):
            found = _part_fault(part, name, least, most, names)
            if found is not None:
                return f"`cron` {found[0]}: `{part}` in `{expression}`", found[1]
    if words[2] != "*" and words[4] != "*":
        return (
            f"`cron` names both a day of the month and a weekday: `{expression}`",
            "leave one of them `*`: a crontab takes either, the scheduler only days that are both",
        )
    return None


def _part_fault(
    part: str, name: str, least: int, most: int, names: tuple[str, ...]
) -> tuple[str, str] | None:
    match = _PART.fullmatch(part)
    if match is None or (match["first"] == "*" and match["last"]):
        return f"has a {name} that cannot be read", _EXAMPLE
    if name == "weekday" and any(end.isdigit() for end in (match["first"], match["last"] or "")):
        return "numbers its weekdays", "write them by name, `mon-fri`: schedulers number them differently"
    if match["step"] == "0" or (match["step"] and match["first"] != "*" and not match["last"]):
        return f"has a {name} step that cannot be read", "write `*/15` or `10-50/20`"
    if match["step"] and int(match["step"]) > most - least:
        return f"has a {name} step that is too long", f"the {name} goes from {least} to {most}"
    ends = [end for end in (match["first"], match["last"]) if end not in (None, "*")]
    numbers = []
    for end in ends:
        if end in names:
            numbers.append(names.index(end) + least)
        elif end.isdigit() and least <= int(end) <= most:
            numbers.append(int(end))
        else:
            span = f"{names[0]} to {names[-1]}" if names else f"{least} to {most}"
            return f"has no such {name}", f"the {name} goes from {span}"
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        return f"has a {name} range that runs backwards", "write it as two, with a comma between"
    return None
