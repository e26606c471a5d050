"""The page of a version's evidence, and its bundles."""

from __future__ import annotations

import msgspec

from monitor import addresses, release
from monitor.alerting.discretion import masked, without_people
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Document, Elsewhere, Page
from monitor.web.compare.sides import found_side
from monitor.web.drawing.names import name_of, number_of
from monitor.web.evidence.bundle import MEDIA, Bundled, bundle
from monitor.web.evidence.citing import citation
from monitor.web.evidence.vouched import times_of, vouched, where_from
from monitor.web.finding import found_trial, found_version
from monitor.web.trial.head import head
from snapshots.changes import compare
from snapshots.changeset import Source
from snapshots.errors import DamagedVersion, UnknownVersion
from snapshots.event import Event, changed_event
from snapshots.facts import facts
from snapshots.query import Version


def evidence(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/versions/{n}/evidence`."""
    found_trial(asked.reader, asked.registry, asked.trial)
    version = found_version(asked.reader, asked.registry, asked.trial, asked.path["version"])
    one = _bundled(asked, version)
    own = addresses.version(asked.registry, asked.trial, version.ref) or ""
    record = msgspec.json.decode(one.body)
    return Page(
        template="evidence.html",
        path=addresses.evidence(asked.registry, asked.trial, version.ref) or "",
        values={
            "here": "trials",
            "head": head(asked.setting.source(asked.registry), facts(record), record, version.ref),
            "name": name_of(version.ref),
            "told": one.evidence,
            "where_from": where_from(one.evidence),
            "times": times_of(one.evidence, version),
            "fetched_at": version.ref.seen_at,
            "own_href": own,
            "bundle_href": addresses.bundle(own),
            "whole_json": f"{asked.root}{own}.json",
            "cited": citation(
                asked.setting.source(asked.registry), asked.trial, [version], own=f"{asked.root}{own}"
            ),
            "before_href": _before(asked, version),
            "api_url": _api_url(asked, version),
            "ledger_href": addresses.ledger(one.evidence.ledger.entry),
            "number": version.ref.version,
        },
        data=lambda: one.evidence,
    )


def _before(asked: Asked, version: Version) -> str | None:
    """The comparison with the version before it in its line; None where that is not stored."""
    ref = version.ref
    try:
        before = asked.reader.version(asked.registry, asked.trial, ref.source, (ref.version or 0) - 1)
    except UnknownVersion:
        return None
    return addresses.compare(asked.registry, asked.trial, before.ref, ref)


def version_bundle(asked: Asked) -> Answer:
    found_trial(asked.reader, asked.registry, asked.trial)
    version = found_version(asked.reader, asked.registry, asked.trial, asked.path["version"])
    one = _sound(_bundled(asked, version))
    read = facts(msgspec.json.decode(one.body))
    name = _folder(asked, version)
    made = bundle(name, [one], title=masked(read.title), tool_version=release.version())
    return Document(body=made, filename=f"{name}.zip", media_type=MEDIA)


def pair_bundle(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/compare/{a}...{b}/bundle.zip`."""
    registry, trial, text = asked.registry, asked.trial, asked.path["pair"]
    left, dots, right = text.partition("...")
    if not dots:
        raise BadQuestion(
            f"no two versions: `{text[:60]}`",
            hint="Write two numbers with three dots between, as 3...4 or r11...4.",
        )
    found_trial(asked.reader, registry, trial)
    sides = [found_side(asked.reader, registry, trial, one) for one in (left, right)]
    from_, to = (one.ref for one in sides)
    if not all(one.exact for one in sides):
        return Elsewhere(path=addresses.bundle(addresses.compare(registry, trial, from_, to) or ""))
    if from_ == to:
        raise BadQuestion(
            f"twice the same version: `{text[:60]}`",
            hint=f"{addresses.version(registry, trial, to)}/bundle.zip is the bundle of one version.",
        )
    versions = [found_version(asked.reader, registry, trial, number_of(one)) for one in (from_, to)]
    older, newer = (_sound(_bundled(asked, one)) for one in versions)
    event = _changes(asked, older, newer, versions)
    name = _folder(asked, *versions)
    made = bundle(
        name,
        [older, newer],
        title=event.title,
        tool_version=release.version(),
        changes=event,
    )
    return Document(body=made, filename=f"{name}.zip", media_type=MEDIA)


def _changes(asked: Asked, older: Bundled, newer: Bundled, versions: list[Version]) -> Event:
    """Computed now, from the bytes that are in the bundle: what is stored of it might have been edited."""
    before, after = (msgspec.json.decode(one.body) for one in (older, newer))
    from_, to = (one.ref for one in versions)
    read = facts(after)
    changes = compare(
        before,
        after,
        registry=asked.registry,
        from_=from_,
        to=to,
        past=asked.reader.past_between(asked.registry, asked.trial, from_, to),
    )
    event = changed_event(
        changes,
        at=None,
        url=newer.evidence.registry_url,
        sponsor=read.sponsor,
        sponsor_class=read.sponsor_class,
        phase=read.phase,
        status=read.status,
    )
    return without_people(event)  # also where pages show them: a bundle does not depend on who makes it


def _bundled(asked: Asked, version: Version) -> Bundled:
    ref = version.ref
    body = asked.reader.body(asked.registry, asked.trial, ref.source, ref.version or 0)
    at = asked.setting.source(asked.registry)
    return Bundled(evidence=vouched(asked.reader, at, asked.trial, version, body), body=body)


def _sound(one: Bundled) -> Bundled:
    if not one.evidence.sound:
        told = one.evidence
        raise DamagedVersion(
            f"there is no bundle of what the database contradicts itself about: `{told.trial}@{told.version}`;"
            f" {told.problems[0]}",
            hint="put a copy of the database file made before in its place",
        )
    return one


def _api_url(asked: Asked, version: Version) -> str | None:
    """Where the registry gives the record to programs; None for a version that it does not give there."""
    at = asked.setting.source(asked.registry)
    if at.url(asked.trial) is None or version.ref.source is Source.ARCHIVE:
        return None
    return f"{at.site.url.rstrip('/')}/api/v2/studies/{asked.trial}"


def _folder(asked: Asked, *versions: Version) -> str:
    return "-".join((asked.trial, *(number_of(one.ref) for one in versions)))
