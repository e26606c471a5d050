"""Contacts, sites, references and data sharing of a ClinicalTrials.gov record."""

from __future__ import annotations

from snapshots.changeset import Kind
from snapshots.fields import Identity
from snapshots.fields.notation import Section

TEXT, LIST = Kind.TEXT, Kind.LIST
_PERSON = "name, role, phone, phoneExt = extension, email"
_SITE = f"""
    facility, status, city, state, zip = postcode, country, contacts, geoPoint = position
    contacts: {_PERSON}
    geoPoint: lat = latitude, lon = longitude
"""

_contacts = Section("Contacts and sites", "protocolSection.contactsLocationsModule")
_references = Section("References", "protocolSection.referencesModule")
_sharing = Section("Data sharing", "protocolSection.ipdSharingStatementModule")

PLACES = (
    _contacts(
        "central-contacts",
        "Central contacts",
        "centralContacts",
        LIST,
        identity=Identity.NAME,
        pieces=_PERSON,
        rule="people",
    ),
    _contacts(
        "officials",
        "Study officials",
        "overallOfficials",
        LIST,
        identity=Identity.NAME,
        pieces="name, affiliation, role",
        rule="people",
    ),
    _contacts(
        "locations",
        "Sites",
        "locations",
        LIST,
        identity=Identity.SITE,
        tags=("sites",),
        pieces=_SITE,
        rule="site",
    ),
    _contacts(
        "locations-copy",
        "Copy of the sites",
        "locations_nested",
        LIST,
        noise=True,
        pieces=_SITE,
        rule="people",
        reason="the sites once more, in builds of June and July 2023",
    ),
    _contacts("contacts", "Contacts and sites", "", TEXT, rule="people"),
)

REFERENCES = (
    _references(
        "references",
        "References",
        "references",
        LIST,
        identity=Identity.REFERENCE,
        pieces="""
            pmid, type, citation, retractions
            retractions: pmid, source
        """,
        rule="reference",
    ),
    _references(
        "see-also-links",
        "Links",
        "seeAlsoLinks",
        LIST,
        identity=Identity.URL,
        pieces="label, url = address",
    ),
    _references(
        "available-ipds",
        "Available data and documents",
        "availIpds",
        LIST,
        identity=Identity.ID,
        pieces="id, type, url = address, comment",
    ),
    _references("reference-details", "References", "", TEXT),
)

SHARING = (
    _sharing(
        "ipd-sharing",
        "Data-sharing plan",
        "",
        TEXT,
        pieces="""
            ipdSharing = sharing, description, infoTypes = what is shared, timeFrame, accessCriteria
            url = address
        """,
        rule="data-sharing",
    ),
)
