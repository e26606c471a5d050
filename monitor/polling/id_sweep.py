"""The sweep of what is watched by id: in as few questions as addresses hold ids, whoever watches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.polling.named import Named
from monitor.polling.sweep import Sweep
from monitor.polling.trouble import FAILS, Trouble
from monitor.registries.base import Registry, RegistryError

MOST_IN_VAIN = 4  # batches of ids without an answer, in a row: more, and this poll asks for no other ids


@dataclass(slots=True)
class Answered:
    """count: ids that were answered for. missing: those that did not come back. reask: which of them were answered
    with another record. alone: those that were answered with a record that does not name them."""

    count: int = 0
    missing: list[str] = field(default_factory=list)
    reask: set[str] = field(default_factory=set)
    alone: list[str] = field(default_factory=list)


def sweep_ids(registry: Registry, named: Named, sweep: Sweep, trouble: Trouble) -> Answered:
    found = Answered()
    in_vain = 0
    try:
        for batch in registry.by_ids(named.ids()) if named.watches else ():
            if isinstance(batch.answer, RegistryError):
                if batch.strange:
                    # That a merged id was merged is known, if its survivor says so or not.
                    found.alone += [trial for trial in batch.asked if trial not in named.merged]
                    continue
                leave = trouble.lacks if batch.of_one else trouble.spoil
                for trial in batch.asked:
                    leave(named.holders(trial))
                trouble.failed(batch.answer, (), span(batch.asked))
                in_vain += 1
                if in_vain > MOST_IN_VAIN:
                    trouble.spoil(named.watches)
                    break
                continue
            in_vain = 0
            present = sweep.take(batch.answer.records, named.holders)
            found.count += len(batch.asked)
            came = set(batch.answer.ids)
            for trial in came - present:  # there, and could not be read, compared or stored
                trouble.lacks(named.holders(trial))
            # A merged id answers with its survivor, as it should.
            absent = [trial for trial in batch.asked if trial not in came and trial not in named.merged]
            found.missing += absent
            if came - set(batch.asked):
                found.reask.update(absent)
    except FAILS as error:
        trouble.failed(error, named.watches)
    return found


def span(trials: Sequence[str]) -> str:
    """The ids of a batch, for a person."""
    return trials[0] if len(trials) == 1 else f"{len(trials)} ids from {trials[0]} to {trials[-1]}"
