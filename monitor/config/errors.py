"""What is wrong with a configuration, said so that a person can mend it: file, line, table, key, remedy.

ConfigError carries every problem of a file at once. Notes have the same form and stop nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

MOST_LISTED = 8
_TOKEN = re.compile(r"\b(?:xox[a-z]|xapp|xwfp)-[^\s\"']*")  # a Slack token that stands where it should not


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. `str()` is the line for a person, with `hint: …` on a line of its own."""

    file: str
    message: str  # what is wrong, the key by name, the offending value last, both in backticks
    line: int | None = None  # counted from 1; None where the problem has no place in the file
    table: str = ""  # as it stands in the file: `[web]`, `[[watch]] "MSC exosomes"`; empty at the top
    key: str = ""  # "" where the table itself is meant
    hint: str | None = None

    @property
    def text(self) -> str:
        """The line without its hint."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.table} {self.message}" if self.table else f"{place}: {self.message}"

    def __str__(self) -> str:
        return self.text if self.hint is None else f"{self.text}\n  hint: {self.hint}"


class ConfigError(Exception):
    """The configuration cannot be used. `problems` is never empty; `str()` has each on a line of its own."""

    hint: str | None = None  # the problems carry their own

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid name that was probably meant, letters' case and `-` against `_` aside."""
    import difflib  # 6 ms that only a mistake needs

    folded = {name.casefold().replace("-", "_"): name for name in valid}
    found = difflib.get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def probable(word: str, valid: Sequence[str]) -> str | None:
    """The valid name that was probably meant, also by a part of it: `status` → `overall-status`, for its end says
    what a name is of."""
    holding = sorted(
        (name for name in valid if len(word) > 3 and word.casefold() in name.casefold()), key=len
    )
    ending = [name for name in holding if name.casefold().endswith(word.casefold())]
    return next(iter(ending), None) or nearest(word, holding or valid) or next(iter(holding), None)


def suggestion(word: str, valid: Sequence[str]) -> str:
    """The hint for a name that is not known: the one that was probably meant, else all of them."""
    near = probable(word, valid)
    if near is not None:
        return f"did you mean `{near}`?"
    if len(valid) > MOST_LISTED:
        return f"valid are {', '.join(f'`{name}`' for name in valid[:3])} and {len(valid) - 3} more: see the reference"
    return "valid here: " + ", ".join(f"`{name}`" for name in valid)


def nearest_names(word: str, valid: Sequence[str]) -> str:
    """The same where there are too many to list: the nearest few when none is near."""
    hint = suggestion(word, valid)
    if len(valid) <= MOST_LISTED or hint.startswith("did you mean"):
        return hint
    from difflib import get_close_matches

    few = get_close_matches(word, valid, n=3, cutoff=0.0)
    return f"nearest are {', '.join(f'`{name}`' for name in few)}, of {len(valid)}"


def quoted(value: Any) -> str:
    """A value of the file in backticks, as TOML writes it, cut where it is long, on one line."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, dict):
        text = "{ " + ", ".join(f"{key} = …" for key in value) + " }" if value else "{}"
    elif isinstance(value, list):
        text = "[…]" if value else "[]"
    else:
        text = str(value)
    text = _TOKEN.sub("…", text)
    text = "".join(char if char.isprintable() else "�" for char in text)
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"
