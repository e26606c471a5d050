"""The page `docs/reference/api.md`, written from the description of all addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.web.api.page import described
from monitor.web.api.types import Schema, in_words

_FEW = 12  # choices of a parameter that are named here; `/api` and `/api.json` name all


def api_page() -> str:
    whole = described()
    lines = [
        "# What programs may ask",
        "",
        "Written by `make docs` from the program itself, as `/api.json`, the OpenAPI 3.1 description, is.",
        "`docs/guide/api.md` says how to begin. Every address is asked with GET.",
        "",
        "## Addresses",
        "",
    ]
    for path, operations in whole["paths"].items():
        operation = operations["get"]
        if operation["operationId"].endswith(("_json", "_csv")):
            continue  # said where the address itself is
        lines += _address(path, operation, whole)
    lines += ["## Types", ""]
    for name, schema in whole["components"]["schemas"].items():
        lines += [f"### {name}", "", *([schema["description"], ""] if "description" in schema else [])]
        lines += ["| field | type |", "|---|---|"]
        lines += [f"| `{field}` | {in_words(one)} |" for field, one in schema.get("properties", {}).items()]
        lines.append("")
    return "\n".join(lines)


def _address(path: str, operation: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    yield f"### `{path}`"
    yield ""
    yield f"{operation['summary']}. Answers {_answers(operation, whole)}."
    yield ""
    for one in operation["parameters"]:
        where = "" if one["in"] == "path" else "?"
        yield f"- `{where}{one['name']}` {_kind(one['schema'])}: {one['description']}"
    if operation["parameters"]:
        yield ""


def _answers(operation: dict[str, Any], whole: dict[str, Any]) -> str:
    found = operation["responses"].get("200")
    if found is None:
        return "with a redirect"
    told = []
    for media, content in found["content"].items():
        kind = in_words(content["schema"]) if media == "application/json" and content["schema"] else ""
        told.append(f"`{media}`" + (f" ({kind})" if kind else ""))
    return ", ".join(told)


def _kind(schema: Schema) -> str:
    choices = [one for one in schema.get("enum", ()) if one != ""]
    return f"one of {len(choices)}" if len(choices) > _FEW else in_words(schema)
