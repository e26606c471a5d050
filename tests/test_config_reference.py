"""The reference page and the JSON Schema are what the types say; `make docs` writes them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from monitor.config.reference import reference, schema

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_is_current() -> None:
    assert (ROOT / "docs/reference/config.md").read_text(encoding="utf-8") == reference()


def test_the_schema_is_current() -> None:
    assert (ROOT / "docs/config.schema.json").read_text(encoding="utf-8") == schema()


def test_every_key_of_the_example_is_on_the_page() -> None:
    keys = re.findall(r"^#? ?([a-z_]+) = ", (ROOT / "config.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) > 15
    for key in keys:
        assert f"| `{key}` |" in reference(), key


def test_the_schema_says_yes_to_the_example_and_no_to_a_wrong_key() -> None:
    document = json.loads(schema())
    example = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    assert faults(example, document, document) == []
    example["web"]["prot"] = 1
    example["notifiers"]["log"]["type"] = "slak"
    example["schedule"]["every"] = "PT1H"
    assert len(faults(example, document, document)) == 3


def faults(value: Any, node: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """As much of JSON Schema as our file uses."""
    if "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return faults(value, target, document)
    if "anyOf" in node:
        tries = [faults(value, one, document) for one in node["anyOf"]]
        return min(tries, key=len)
    if "enum" in node:
        return [] if value in node["enum"] else [f"{value} not in {node['enum']}"]
    kinds: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if not isinstance(value, kinds[node["type"]]):
        return [f"{value} is no {node['type']}"]
    if isinstance(value, str) and not re.search(node.get("pattern", ""), value):
        return [f"{value} does not match"]
    if isinstance(value, list):
        return [one for inner in value for one in faults(inner, node["items"], document)]
    found = []
    if isinstance(value, dict):
        found += [f"{key} is missing" for key in node.get("required", []) if key not in value]
        for key, inner in value.items():
            rule = node.get("properties", {}).get(key, node.get("additionalProperties"))
            found += faults(inner, rule, document) if rule else [f"unknown {key}"]
    return found


@pytest.mark.parametrize("word", ["null", "PT", "File", "NODEFAULT"])
def test_the_page_speaks_no_python(word: str) -> None:
    assert word not in reference()
