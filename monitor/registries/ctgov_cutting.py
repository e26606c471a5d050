"""A page that is no JSON as a whole, cut into its records by their brackets, so that one spoils no other.

Only when reading the page failed: slower by far, and it judges nothing. Each record is read strictly afterwards; what
stands around the records must be sound.
"""

from __future__ import annotations

import re

# Possessive, and an unclosed string goes on to the end: linear, for a body that was cut short may hold anything.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:(")|\\?\Z)|[][{}]', re.DOTALL)
_KEY = b'"studies"'
_OPENS_LIST = re.compile(rb"\s*:\s*\[")
_IN_STUDY = 3  # levels: the page, its list, the study


def cut(body: bytearray) -> tuple[bytearray, list[memoryview]] | None:
    """The page with an empty list of studies, and the studies' bytes; None when its brackets do not pair up."""
    view = memoryview(body)
    studies: list[memoryview] = []
    depth, begun, last = 0, 0, 0
    opens: int | None = None  # where the list's bracket stands, as soon as its key was read
    inside: tuple[int, int] | None = None  # what lies between the list's brackets
    listing = False
    for token in _TOKEN.finditer(body):
        kind = body[token.start()]
        if kind == ord('"'):
            if token[1] is None:
                return None
            if (
                depth == 1
                and body.startswith(_KEY, token.start())
                and (found := _OPENS_LIST.match(body, token.end()))
            ):
                if inside is not None:
                    return None
                opens = found.end() - 1
        elif kind in b"{[":
            depth += 1
            if token.start() == opens:
                listing, last = True, token.end()
                inside = (token.end(), token.end())
            elif listing and depth == _IN_STUDY:
                if bytes(body[last : token.start()]).strip() != (b"," if studies else b""):
                    return None
                begun = token.start()
        else:
            if listing and depth == _IN_STUDY:
                studies.append(view[begun : token.end()])
                last = token.end()
            elif listing and depth == _IN_STUDY - 1 and inside is not None:
                if body[last : token.start()].strip():
                    return None
                listing, inside = False, (inside[0], token.start())
            depth -= 1
    if depth != 0 or inside is None or listing:
        return None
    return body[: inside[0]] + body[inside[1] :], studies
