"""Texts with the words that were found marked: escaped piece by piece, and without what is not shown of people."""

from __future__ import annotations

from markupsafe import Markup, escape

from monitor.web.drawing.prose import plain, without_addresses
from monitor.web.search.shapes import Snippet
from snapshots.search.marking import Marked, Marks

LONGEST = 400  # characters of a title or a headline
COLUMNS = {
    "title": "Title",
    "ids": "Identifiers",
    "conditions": "Conditions and keywords",
    "interventions": "Interventions",
    "sponsor": "Sponsor and collaborators",
    "outcomes": "Outcomes",
    "places": "Places",
    "summaries": "What changed",
    "texts": "Before or after",
    "about": "The trial",
}


def marked(pieces: Marked) -> Markup:
    """HTML of escaped text and `mark`. A text with an e-mail address is shown without it and without marks: the
    address may be in pieces."""
    whole = "".join(text for _, text in pieces)
    if without_addresses(whole) != whole:
        return escape(plain(_cut(without_addresses(whole), LONGEST)))
    drawn, left = Markup(), LONGEST
    for matches, text in pieces:
        if left <= 0:
            break
        shown = escape(plain(_cut(text, left)))
        drawn += Markup("<mark>{}</mark>").format(shown) if matches else shown
        left -= len(text)
    return drawn


def places(pieces: Marked) -> tuple[str, list[tuple[int, int]]]:
    """The text, and where in it the marks are; as in `marked` none where an e-mail address is left out."""
    whole = "".join(text for _, text in pieces)
    if (shown := without_addresses(whole)) != whole:
        return shown, []
    text, found = "", []
    for matches, piece in pieces:
        if matches:
            found.append((len(text), len(text) + len(piece)))
        text += piece
    return text, found


def snippet(marks: Marks) -> Snippet | None:
    """None when nothing but the title or the headline holds the words."""
    if marks.column is None:
        return None
    text, found = places(marks.snippet)
    return Snippet(column=marks.column, text=text, marks=found)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rstrip() + " …"
