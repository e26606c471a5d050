"""Slack's own types of its blocks, npm's `@slack/types`, as a JSON Schema: how a block may look, by those who read it.

`package.json` pins the types and what makes the schema of them (ts-json-schema-generator); it is made once, under
node_modules. Nothing may stand in a block that the types do not name. Without Node or them, tests skip with a reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

_REPOSITORY = Path(__file__).resolve().parents[2]
_MODULES = _REPOSITORY / "node_modules"
_PACKAGES = ("@slack/types", "ts-json-schema-generator")


@cache
def schema() -> dict[str, Any]:
    """Of every block. Skips where it cannot be made."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    pinned = json.loads((_REPOSITORY / "package.json").read_text())["devDependencies"]
    for name in _PACKAGES:
        manifest = _MODULES / name / "package.json"
        found = json.loads(manifest.read_text())["version"] if manifest.exists() else "absent"
        if found != pinned[name]:
            pytest.skip(f"npm's {name} is {found}, pinned is {pinned[name]}: run `npm ci`")
    made = _MODULES / ".cache" / f"slack-blocks-{'-'.join(pinned[name] for name in _PACKAGES)}.json"
    if not made.exists():
        made.parent.mkdir(exist_ok=True)
        types = _MODULES / "@slack/types/dist/index.d.ts"
        program = _MODULES / ".bin/ts-json-schema-generator"
        beside = made.with_suffix(f".{os.getpid()}")
        command = [str(program), "--path", str(types), "--type", "KnownBlock", "--no-type-check"]
        subprocess.run([*command, "--out", str(beside)], check=True, timeout=120, capture_output=True)
        beside.replace(made)
    return dict(json.loads(made.read_text()))


@cache
def _validator(kind: str) -> Draft7Validator:
    """Of the blocks with this `type`: found by its name in the schema, not by trying every kind."""
    definitions = schema()["definitions"]
    (name,) = (
        name
        for name, one in definitions.items()
        if name.endswith("Block") and one.get("properties", {}).get("type", {}).get("const") == kind
    )
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})


def deviations(block: dict[str, Any]) -> list[str]:
    """What Slack's types say against a block. They say nothing of what a text holds: blocks of one shape are one."""
    return _deviations(json.dumps(_shape(block), sort_keys=True))


@cache
def _deviations(shape: str) -> list[str]:
    block = json.loads(shape)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in _validator(block["type"]).iter_errors(block)
    ]


def _shape(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _shape(one, name) for name, one in value.items()}
    if isinstance(value, list):
        shapes = [_shape(one) for one in value]
        return [one for place, one in enumerate(shapes) if one not in shapes[:place]]
    return "x" if isinstance(value, str) and key in ("text", "url", "value", "action_id") else value
