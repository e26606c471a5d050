"""The page of all addresses, with an example of each, and the description that programs read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from monitor.release import version
from monitor.web.address import Address, Asked, Format
from monitor.web.answers import Answer, Page
from monitor.web.api.description import description, room_of, security
from monitor.web.api.path_parts import parts_of, written
from monitor.web.api.types import Schema, in_words, name_of
from monitor.web.drawing.names import number_of
from monitor.web.drawing.prose import with_code
from monitor.web.finding import newest_of
from monitor.web.reading import Reading
from monitor.web.representations import MEDIA, offered

_SHORT = 48  # characters of an enumeration that is shown as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What examples are made of; None: the address's own stand."""

    trial: tuple[str, str] | None  # registry and id
    two: str | None  # trials beside each other, as an address names them
    watch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Something that an address may be asked for."""

    name: str
    kind: str
    about: Markup
    choices: tuple[str, ...]  # of an enumeration that is too long for a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An address as it stands on the page."""

    name: str
    path: str
    summary: Markup
    asked: tuple[Asking, ...]
    forms: tuple[tuple[str, str], ...]  # what it gives, and an example's path
    type: str | None  # of its JSON
    type_at: str | None  # name of the component that this type is or holds
    redirects: str | None


def api(asked: Asked) -> Answer:
    """`/api`."""
    whole = described()
    return Page(
        template="api.html",
        path="/api",
        values={
            "rooms": _rooms(_stored(asked.reader)),
            "types": _types(),
            "root": asked.root,
        },
        data=lambda: {
            **whole,
            "servers": [{"url": asked.root}],
            "security": security(asked.setting.access),
        },
    )


@cache
def described() -> dict[str, Any]:
    """The description of all addresses of this process."""
    return description(_addresses(), version=version())


@cache
def _addresses() -> tuple[Address, ...]:
    from monitor.web.rooms import ADDRESSES, LAST  # this room is among them

    return (*ADDRESSES, *LAST)


@lru_cache(maxsize=4)  # examples of what is stored: mostly the same
def _rooms(stored: Stored) -> list[tuple[str, list[Entry]]]:
    return [
        (room, [_entry(one, stored, described()) for one in members])
        for room, members in groupby(_addresses(), key=room_of)
    ]


def _entry(address: Address, stored: Stored, whole: dict[str, Any]) -> Entry:
    data = None
    if address.data is not None:
        operation = whole["paths"][written(address.file + ".json")]["get"]
        data = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Entry(
        name=address.name,
        path=written(address.path),
        summary=with_code(address.summary),
        asked=(
            *(_asking(name, part.schema, part.description) for name, part in parts_of(address.path)),
            *(_asking(f"?{one.name}=", one.schema, one.description) for one in address.parameters),
        ),
        forms=tuple(_forms(address, stored)),
        type=None if data is None else in_words(data),
        type_at=None if data is None else _leads_to(data),
        redirects=None if address.sends_on is None else _redirects(address),
    )


def _redirects(address: Address) -> str:
    often = "Answers" if not address.answers else "May answer"
    return f"{often} with {address.sends_on} and the Location of what was asked for."


def _asking(name: str, schema: Any, about: str) -> Asking:
    choices = tuple(str(one) for one in schema.get("enum", ()) if one != "")
    kind = in_words(schema)
    if len(kind) > _SHORT and choices:
        return Asking(name=name, kind=f"one of {len(choices)}", about=with_code(about), choices=choices)
    return Asking(name=name, kind=kind, about=with_code(about), choices=())


def _forms(address: Address, stored: Stored) -> list[tuple[str, str]]:
    """An example for each of the forms, of what is stored where there is something."""
    path = _example(address.path, stored)
    if not address.answers:
        return [("redirect", path)]
    if address.documents:
        return [(", ".join(address.documents), path)]
    end = _example(address.file, stored)
    return [
        (MEDIA[one].partition(";")[0], path if one is Format.HTML else f"{end}.{one}")
        for one in offered(address)
    ]


def _example(path: str, stored: Stored) -> str:
    values = {name: part.example for name, part in parts_of(path)}
    if "trial" in values and stored.trial is not None:
        values["registry"], values["trial"] = stored.trial
    if "trials" in values and stored.two is not None:
        values["trials"] = stored.two
    if "watch" in values and stored.watch is not None:
        values["watch"] = stored.watch
    return written(path).format(**{name: quote(text, safe="") for name, text in values.items()})


def _stored(reader: Reading) -> Stored:
    held, watches, two = reader.trials(limit=1), reader.watches(), _newest(reader)
    return Stored(
        trial=(held[0].registry, held[0].trial) if held else None,
        two="...".join(two) if len(two) == 2 else None,
        watch=watches[0].name if watches else None,
    )


def _newest(reader: Reading) -> list[str]:
    """Two trials, each with its newest version, as an address names them; fewer where fewer are stored."""
    found = []
    for one in reader.trials(limit=2):
        newest = newest_of(reader.versions(one.registry, one.trial, by_day=True))
        if newest is not None:
            found.append(f"{one.trial}@{number_of(newest.ref)}")
    return found


@cache
def _types() -> Markup:
    """All types, drawn once: they are the same as long as the process runs."""
    schemas = described()["components"]["schemas"]
    return Markup("\n").join(_type(name, schema) for name, schema in schemas.items())


def _type(name: str, schema: Schema) -> Markup:
    about = schema.get("description", "")
    rows = [
        Markup("<div><dt><code>{}</code></dt><dd>{}</dd></div>").format(field, _type_named(one))
        for field, one in schema.get("properties", {}).items()
    ]
    return Markup('<article class="api" id="type-{}">\n<h3><code>{}</code></h3>\n{}{}</article>').format(
        name,
        name,
        Markup("<p>{}</p>\n").format(with_code(about)) if about else "",
        Markup('<dl class="facts">{}</dl>\n').format(Markup("\n").join(rows)) if rows else "",
    )


def _type_named(schema: Schema) -> Markup:
    to = _leads_to(schema)
    words = in_words(schema)
    return Markup('<a href="#type-{}">{}</a>').format(to, words) if to else escape(words)


def _leads_to(schema: Schema) -> str | None:
    """The component that a schema is, or is made of."""
    if name := name_of(schema):
        return name
    for inner in (*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict) and (name := _leads_to(inner)):
            return name
    return None
