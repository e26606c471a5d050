"""Reaching into a record (`snapshots.reaching`), under the name that the rules of change sets have for it."""

from __future__ import annotations

from snapshots.reaching import below, members, struct, text

__all__ = ["below", "members", "struct", "text"]
