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

_CASES = re.compile(r"^ *(\d+) generated", re.MULTILINE)
SEED = "7"
EXAMPLES = "6"  # of an operation, in each phase that invents them
LONGEST = 240  # seconds; it takes a tenth
# What refuses a question that is no good; 410 is ours for what was there once.
REFUSED = ("400", "404", "405", "410")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    code: int
    text: str
    cases: int


def run(folder: Path, root: str, known: Mapping[str, Sequence[str]], *more: str) -> Run:
    """known: parameter, as `path.trial`, → what is stored, so that half of the questions find something."""
    lines = ["[checks.negative_data_rejection]", f"expected-statuses = {json.dumps(REFUSED)}"]
    for name, values in known.items():
        key = name.replace(".", "-")
        lines += [f"[dictionaries.{key}]", f"values = {json.dumps(list(values), ensure_ascii=False)}"]
        lines += [f'[parameters."{name}"]', f'dictionary = "{key}"', "probability = 0.5"]
    (folder / "schemathesis.toml").write_text("\n".join(lines) + "\n")
    ran = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "run", f"{root}/api.json",
            "--checks", "all", "--phases", "coverage,fuzzing", "--seed", SEED, "--max-examples", EXAMPLES,
            "--continue-on-failure", "--generation-database", "none", "--no-color", "--warnings", "off",
            *more,
        ],
        cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST,
        env={**os.environ, "CI": "true"},
    )  # fmt: skip
    cases = _CASES.search(ran.stdout)
    return Run(code=ran.returncode, text=ran.stdout + ran.stderr, cases=int(cases[1]) if cases else 0)
