"""Contacts, sites, references and data sharing of a ClinicalTrials.gov record."""

from __future__ import annotations

from snapshots.changeset import Kind
from snapshots.fields import Field, Identity

_P = "protocolSection."
_CO = _P + "contactsLocationsModule."
_RE = _P + "referencesModule."

PLACES: tuple[Field, ...] = (
    Field(
        slug="central-contacts",
        label="Central contacts",
        section="Contacts and sites",
        path=_CO + "centralContacts",
        kind=Kind.LIST,
        identity=Identity.NAME,
        rule="people",
    ),
    Field(
        slug="officials",
        label="Study officials",
        section="Contacts and sites",
        path=_CO + "overallOfficials",
        kind=Kind.LIST,
        identity=Identity.NAME,
        rule="people",
    ),
    Field(
        slug="locations",
        label="Sites",
        section="Contacts and sites",
        path=_CO + "locations",
        kind=Kind.LIST,
        identity=Identity.SITE,
        tags=("sites",),
        rule="site",
    ),
    Field(
        slug="contacts",
        label="Contacts and sites",
        section="Contacts and sites",
        path=_P + "contactsLocationsModule",
        kind=Kind.TEXT,
        rule="people",
    ),
    Field(
        slug="references",
        label="References",
        section="References",
        path=_RE + "references",
        kind=Kind.LIST,
        identity=Identity.REFERENCE,
        rule="reference",
    ),
    Field(
        slug="see-also-links",
        label="Links",
        section="References",
        path=_RE + "seeAlsoLinks",
        kind=Kind.LIST,
        identity=Identity.URL,
    ),
    Field(
        slug="available-ipds",
        label="Available data and documents",
        section="References",
        path=_RE + "availIpds",
        kind=Kind.LIST,
        identity=Identity.ID,
    ),
    Field(
        slug="reference-details",
        label="References",
        section="References",
        path=_P + "referencesModule",
        kind=Kind.TEXT,
    ),
    Field(
        slug="ipd-sharing",
        label="Data-sharing plan",
        section="Data sharing",
        path=_P + "ipdSharingStatementModule",
        kind=Kind.TEXT,
        rule="data-sharing",
    ),
)
