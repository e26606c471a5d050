"""The address of the trials that have to do with a trial."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from monitor import addresses
from monitor.web.address import Address, Asked
from monitor.web.answers import Answer, NoSuchPage, Page
from monitor.web.finding import found_trial, newest_of
from monitor.web.related.drawn import drawn
from monitor.web.related.finding import related
from monitor.web.related.shapes import Related, RelatedRow
from monitor.web.trial.head import head
from snapshots.facts import facts


def _related(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/related`: by the newest version."""
    reader, registry, trial = asked.reader, asked.registry, asked.trial
    found_trial(reader, registry, trial)
    version = newest_of(reader.versions(registry, trial, by_day=True))
    if version is None:
        raise NoSuchPage(f"no version of {trial} is stored yet", hint="The next poll stores one.")
    ref = version.ref
    body = reader.body(registry, trial, ref.source, ref.version or 0)
    found = related(reader, registry, trial, body)
    record = msgspec.json.decode(body)
    return Page(
        template="related.html",
        path=addresses.related(registry, trial),
        values={
            "here": "trials",
            "head": head(asked.setting.source(registry), facts(record), record, ref),
            "related": drawn(found),
        },
        data=lambda: found,
        rows=lambda: _rows(found),
    )


def _rows(found: Related) -> Iterable[RelatedRow]:
    for by, trials in (("identifier", found.by_identifier), ("words", found.by_words)):
        for one in trials:
            yield RelatedRow(by=by, **{name: getattr(one, name) for name in one.__struct_fields__})


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/related",
        name="related",
        summary="Trials that share an identifier with a trial, then those whose words are like its own",
        work=_related,
        data=Related,
        rows=RelatedRow,
    ),
)
