"""What pages say of a registry: its name, the addresses of its own pages, and how its ids are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.registries import ctgov_ids
from monitor.registries.base import MalformedId


class UnknownRegistry(Exception):
    """No registry of this name is known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    name: str
    label: str
    address: str  # of a trial's page, `{trial}` in it
    history_address: str | None  # of the registry's own record history
    canonical: Callable[[str], str]  # an id or an address as people write it → the id, or MalformedId

    def url(self, trial: str) -> str:
        return self.address.format(trial=trial)

    def history_url(self, trial: str) -> str | None:
        return None if self.history_address is None else self.history_address.format(trial=trial)

    def line(self, build: str | None) -> str:
        """Where what is shown comes from."""
        at = f", build of {build}" if build else ""
        return f"{self.label}{at}; not affiliated. Shown as the registry published it."


_SOURCES: Mapping[str, Source] = {
    "ctgov": Source(
        name="ctgov",
        label="ClinicalTrials.gov",
        address=ctgov_ids.SITE + "/study/{trial}",
        history_address=ctgov_ids.SITE + "/study/{trial}?tab=history",
        canonical=ctgov_ids.trial_id,
    )
}


def source(registry: str) -> Source:
    """UnknownRegistry for a name that is none of ours."""
    try:
        return _SOURCES[registry]
    except KeyError:
        raise UnknownRegistry(registry) from None


def named(text: str) -> tuple[str, str] | None:
    """The registry and the id that a text names; None when it is the id or address of no registry's trial."""
    for one in _SOURCES.values():
        try:
            return one.name, one.canonical(text)
        except MalformedId:
            continue
    return None
