"""Reaching into a record that may hold anything: what is not of the expected kind counts as absent; nothing raises."""

from __future__ import annotations

from typing import Any


def below(value: Any, *keys: str) -> Any:
    """The value at the end of the keys; None where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def struct(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
