"""schemathesis against a served application: every check, each of its phases, the same cases each time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CASES = re.compile(r"^ *(\d+) generated", re.MULTILINE)
SEED = "7"
LONGEST = 240  # seconds; it takes a tenth
CHOICES = 3  # of a parameter that are tried: each costs a question, and one that is left out is as good
# What refuses a question that is no good; 410 is ours for what was there once.
REFUSED = ("400", "404", "405", "410")
ACCEPTED = ("2xx", "3xx", "404", "410")
# Filters of one address may exclude each other, which a description has no words for: then 400 is right.
_TOGETHER = "^(search|deliveries|sites_of_trial|sites_of_watch|watch|compare_trials)(_json|_csv)?$"
# Data of each address once, as its Accept has it: asked for by its end it is the same work.
DATA = (
    *(
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        "4",
        "--exclude-path-regex",
        r"(?<!/openapi)\.(json|csv)$",
    ),
    *("--header", "Accept: application/json"),
)
# Behind a log-in: a few questions to each address, by its Accept alone.
BEHIND = ("--phases", "fuzzing", "--max-examples", "2", *DATA[4:])


def bearer(token: str) -> tuple[str, ...]:
    return ("--header", f"Authorization: Bearer {token}")


FORMS = ("--phases", "fuzzing", "--max-examples", "2", "--mode", "positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    code: int
    text: str
    cases: int


def run(
    folder: Path, root: str, whole: dict[str, Any], known: Mapping[str, Sequence[str]], *more: str
) -> Run:
    """whole: the description. known: parameter, as `path.trial`, → what is stored, so that half of the questions find
    something. more: DATA or FORMS."""
    (folder / "api.json").write_text(json.dumps(_shorter(whole)))
    lines = ["[checks.negative_data_rejection]", f"expected-statuses = {json.dumps(REFUSED)}"]
    lines += ["[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(ACCEPTED)}"]
    for name, values in known.items():
        key = name.replace(".", "-")
        lines += [f"[dictionaries.{key}]", f"values = {json.dumps(list(values), ensure_ascii=False)}"]
    lines.append("[parameters]")
    for name in known:
        lines.append(f'"{name}" = {{dictionary = "{name.replace(".", "-")}", probability = 0.5}}')
    lines += ["[[operations]]", f"include-operation-id-regex = {json.dumps(_TOGETHER)}"]
    lines += ["[operations.checks.positive_data_acceptance]"]
    lines += [f"expected-statuses = {json.dumps([*ACCEPTED, '400'])}"]
    (folder / "schemathesis.toml").write_text("\n".join(lines) + "\n")
    ran = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "run", "api.json", "--url", root,
            "--checks", "all", "--seed", SEED, "--continue-on-failure", "--generation-database", "none",
            "--no-color", "--warnings", "off", *more,
        ],
        cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST, env={**os.environ, "CI": "true"},
    )  # fmt: skip
    cases = _CASES.search(ran.stdout)
    return Run(code=ran.returncode, text=ran.stdout + ran.stderr, cases=int(cases[1]) if cases else 0)


def _shorter(value: Any) -> Any:
    """The description with the first of its many choices."""
    if isinstance(value, dict):
        return {
            name: one[:CHOICES] if name == "enum" and isinstance(one, list) else _shorter(one)
            for name, one in value.items()
        }
    return [_shorter(one) for one in value] if isinstance(value, list) else value
