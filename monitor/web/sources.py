"""What pages say of a registry: its name, the addresses of its own pages, and how its ids are written.

A configuration may ask another server than the public registry: the demo's, which lives on this machine for a
while and tells scripted days. Pages then say so, and link only where something answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from monitor.alerting.text import only_here, scripted
from monitor.registries import ctgov_ids
from monitor.registries.base import MalformedId
from monitor.registries.ctgov_query import search_page


class UnknownRegistry(Exception):
    """No registry of this name is known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The server that a configuration asks for one registry's records."""

    url: str
    linked: bool = True  # whether a reader who follows a link to it finds it

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url

    @property
    def on_this_machine(self) -> bool:
        return only_here(self.url)

    @property
    def scripted(self) -> bool:
        return scripted(self.url)


PUBLIC = Site(url=ctgov_ids.SITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    name: str
    label: str
    site: Site
    public: bool  # the registry itself, as against the demo's or another server in its place
    canonical: Callable[[str], str]  # an id or an address as people write it → the id, or MalformedId
    paths: tuple[str, str] = field(default=("/study/{}", "/study/{}?tab=history"))  # of a trial, its history

    def url(self, trial: str) -> str | None:
        """The registry's own page of a trial; None where nobody would answer."""
        return self._at(self.paths[0], trial)

    def history_url(self, trial: str) -> str | None:
        return self._at(self.paths[1], trial)

    def search_url(self, query: Mapping[str, str]) -> str | None:
        """The registry's own search for what a watch watches; None where nobody would answer."""
        return self.site.url.rstrip("/") + search_page(query) if self.public and self.site.linked else None

    def line(self, build: str | None) -> str:
        """Where what is shown comes from."""
        at = f", build of {build}" if build else ""
        if self.public:
            return f"{self.label}{at}; not affiliated. Shown as the registry published it."
        return f"{self.label}{at}; not ClinicalTrials.gov, and not affiliated with it."

    @property
    def banner(self) -> str | None:
        """What every page says first where the records are not the public registry's."""
        if self.public:
            return None
        if self.site.scripted:
            return "Demo: scripted days, not news. The registry asked is on this machine, not ClinicalTrials.gov."
        return f"Not ClinicalTrials.gov itself: the records come from {self.site.host}."

    def _at(self, path: str, trial: str) -> str | None:
        return self.site.url.rstrip("/") + path.format(trial) if self.site.linked else None


def site_of(url: str, *, runs: bool = False) -> Site:
    """The site of a configured address. runs: a registry on this machine is there as long as the pages are."""
    site = Site(url=url)
    return Site(url=url, linked=runs or not site.on_this_machine)


def source(registry: str, sites: Mapping[str, Site] | None = None) -> Source:
    """UnknownRegistry for a name that is none of ours."""
    if registry != "ctgov":
        raise UnknownRegistry(registry)
    site = (sites or {}).get(registry, PUBLIC)
    public = site.host in ctgov_ids.HOSTS
    label = "ClinicalTrials.gov" if public else "Demo registry" if site.scripted else site.host
    return Source(name=registry, label=label, site=site, public=public, canonical=ctgov_ids.trial_id)


def named(text: str) -> tuple[str, str] | None:
    """The registry and the id that a text names; None when it is the id or address of no registry's trial."""
    try:
        return "ctgov", ctgov_ids.trial_id(text)
    except MalformedId:
        return None
