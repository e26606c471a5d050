"""Single sites: added, lost, begun; their contacts."""

from __future__ import annotations

from doubles.readings.countries import many
from doubles.readings.edits import get, locs, put
from doubles.readings.reading import case
from doubles.readings.record import KOBE, LUBLIN, POZNAN, SEATTLE, TAMPA, TULSA, site
from doubles.readings.site_edits import BOISE, GDANSK, RECRUITING, SITES, cut, put_in, site_told, to

# Added, lost, begun.
case(
    "one site added in a country that recruits",
    put_in(GDANSK),
    site_told(
        "added minor",
        GDANSK,
        ["Gdansk", "Poland", ("added", "new", "joined")],
        "1 site added in Poland: Pomorskie Centrum Nerek, Gdansk, recruiting",
        ["Dudzinski", "opened"],
    ),
    "minor row: single sites; inserted in the middle of the list, by index six sites look edited",
    headline_says=["Poland"],
)
case(
    "site added, not yet recruiting",
    put_in(BOISE, at=1),
    site_told(
        "added minor",
        BOISE,
        ["Boise", "not yet recruiting"],
        "1 site added in the United States: High Desert Nephrology, Boise, not yet recruiting",
        ["opened"],
    ),
    "minor row",
    headline_says=["United States"],
)
case(
    "site removed",
    cut(TAMPA),
    site_told(
        "removed minor",
        SITES[TAMPA],
        ["Tampa", ("removed", "left", "gone", "no longer", "dropped")],
        "1 site removed in the United States: Bayshore Rheumatology Research, Tampa",
    ),
    "minor row: single sites",
    headline_says=["United States"],
)
case(
    "site begins to recruit",
    to((POZNAN, RECRUITING)),
    site_told(
        "edited minor",
        SITES[POZNAN],
        ["Poznan", ("began", "recruiting", "recruits")],
        "The Poznan site began recruiting",
        ["Poland opened", "country opened", "added"],
    ),
    "Poland recruited before: no country opens",
    headline_says=[("Poznan", "Poland")],
)
case(
    "site stops recruiting",
    to((TAMPA, "ACTIVE_NOT_RECRUITING")),
    site_told(
        "edited minor",
        SITES[TAMPA],
        ["Tampa", "Active, not recruiting"],
        "The Tampa site stopped enrolling (Recruiting → Active, not recruiting)",
        ["closed in the United States", "added"],
    ),
    "minor row: single sites",
    headline_says=[("Tampa", "United States")],
)
case(
    "site withdrawn before it opened",
    to((POZNAN, "WITHDRAWN")),
    site_told(
        "edited minor !stopped",
        SITES[POZNAN],
        ["Poznan", "withdrawn"],
        "The Poznan site was withdrawn before it opened",
        ["Poland closed"],
    ),
    "a site's Withdrawn is not the study's: minor, no “stopped”",
    headline_says=["withdrawn"],
)
case(
    "site suspended",
    to((TULSA, "SUSPENDED")),
    site_told("edited minor !stopped", SITES[TULSA], ["Tulsa", "suspended"], "The Tulsa site was suspended"),
    "minor, no “stopped”",
    headline_says=["suspended"],
)
case(
    "suspended site recruits again",
    lambda old, new: to((TULSA, "SUSPENDED"))(old),
    site_told(
        "edited minor !restarted",
        SITES[TULSA],
        ["Tulsa", ("resum", "again", "Suspended → Recruiting")],
        "The Tulsa site resumed recruiting after a suspension",
    ),
    "a resumption, not an opening",
    headline_says=[("Tulsa", "United States")],
)
case(
    "completed site recruits again",
    lambda old, new: to((LUBLIN, "COMPLETED"))(old),
    site_told(
        "edited minor",
        SITES[LUBLIN],
        ["Lublin", "Completed", "Recruiting"],
        "The Lublin site went back from Completed to Recruiting",
    ),
    "statuses move backwards, at sites too",
    headline_says=[("Lublin", "Poland")],
)
case(
    "site added already withdrawn",
    put_in(dict(GDANSK, status="WITHDRAWN")),
    site_told(
        "added minor",
        GDANSK,
        ["Gdansk", "withdrawn"],
        "A Gdansk site was listed, withdrawn from the start",
        ["site added", "sites added", "Dudzinski"],
    ),
    "a site added already WITHDRAWN is no “site added”",
    headline_says=["withdrawn"],
    headline_never=["site added", "sites added"],
)


# Contacts, persons.
case(
    "another contact at a site",
    lambda r: put(r, "contactsLocationsModule.locations.0.contacts.0.name", "Olga Firestone"),
    site_told(
        "edited minor",
        SITES[TULSA],
        ["contact", "Tulsa"],
        "Contact details changed at the Tulsa site",
        ["Firestone"],
    ),
    "minor row: contacts; persons are never named",
    headline_says=["contact"],
    headline_never=["Firestone", "Whitfield"],
)
case(
    "investigator added at a site",
    lambda r: get(r, "contactsLocationsModule.locations.8.contacts").append(
        {"name": "Haru Mizushima, MD", "role": "PRINCIPAL_INVESTIGATOR"}
    ),
    site_told(
        "edited|added minor",
        SITES[KOBE],
        [("contact", "investigator"), "Kobe"],
        "Contact details changed at the Kobe site",
        ["Mizushima"],
    ),
    "persons are never named",
    headline_says=[],
    headline_never=["Mizushima"],
)
case(
    "facility that is a person",
    put_in(
        site("Dr. Oskar Lindqvist", RECRUITING, "Dayton", "Ohio", "45402", "United States", 39.7, -84.2), at=0
    ),
    site_told(
        "added minor",
        None,
        ["Dayton", "United States"],
        "1 site added in the United States: Dayton, recruiting",
    ),
    "a facility can be a person too: named in the stored change set, withheld in alerts",
    headline_says=["United States"],
)


# Many losses, and losses of what had ended already.
def _mass(old, new):
    locs(old)[3:3] = many("Germany", 16)
    locs(new)[3:3] = many("Germany", 16)[:3]


case(
    "thirteen of sixteen sites removed in one country",
    _mass,
    site_told("removed|edited minor", "Germany", ["13", "Germany"], "13 sites removed in Germany (16 → 3)"),
    "past 12 one change a country, for losses of many too",
    headline_says=["13", "Germany"],
    headline_never=["closed"],
)
case(
    "withdrawn site leaves the list",
    lambda old, new: (to((SEATTLE, "WITHDRAWN"))(old), cut(SEATTLE)(new)),
    site_told(
        "removed minor",
        SITES[SEATTLE],
        ["Seattle"],
        "The Seattle site, withdrawn before, left the list",
        ["closed"],
    ),
    "a site that was lost before is no new loss of a country",
    headline_says=[],
)
