"""Addresses of sites. That of a watch's is before the watch's own, whose path would take it in."""

from __future__ import annotations

from dataclasses import replace

from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer
from monitor.web.parameters import COUNTRY
from monitor.web.places import of_trial, of_watch
from monitor.web.places.shapes import CountryOfTrials, Site, SitesOfTrial, SitesOfWatch

_COUNTRY = replace(COUNTRY, description="Only this country; its two-letter code will do")


def _of_trial(asked: Asked) -> Answer:
    return of_trial.sites_of_trial(asked.reader, asked.registry, asked.trial, asked.query, asked.setting)


def _of_watch(asked: Asked) -> Answer:
    return of_watch.sites_of_watch(asked.reader, asked.path["watch"], asked.query, asked.setting)


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/sites",
        name="sites_of_trial",
        summary="The sites of a trial, open and closed, and since when",
        work=_of_trial,
        parameters=(
            _COUNTRY,
            Parameter(
                name="page",
                description="Page of the sites, from 1",
                schema={"type": "string", "pattern": "^[1-9][0-9]{0,2}$"},
            ),
        ),
        data=SitesOfTrial,
        rows=Site,
    ),
    Address(
        path="/watches/{watch:path}/sites",
        name="sites_of_watch",
        summary="The countries in which a watch's trials take place",
        work=_of_watch,
        parameters=(_COUNTRY,),
        data=SitesOfWatch,
        rows=CountryOfTrials,
    ),
)
