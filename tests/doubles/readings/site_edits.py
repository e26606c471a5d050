"""Sites that the cases add, edits of the list of sites, and how a site is named."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.edits import locs
from doubles.readings.reading import told
from doubles.readings.record import BASE, site

PERSONS = [
    "Whitfield",
    "Carrow",
    "Brzostek",
    "Wilczek",
    "Arakawa",
    "Takeda",
    "555-0100",
    "site@example.org",
    "Zenobia",
]
RECRUITING, NOT_YET = "RECRUITING", "NOT_YET_RECRUITING"


def item(loc):
    return f"{loc['facility']}, {loc['city']}, {loc['country']}"


def site_told(head, loc, says, sentence, never=(), *, optional=False):
    """What is told of one site, or of a country; the persons at a site are never named."""
    return told(
        f"locations {head} sites",
        says,
        sentence,
        item=item(loc) if isinstance(loc, dict) else loc,
        never=[*PERSONS, *never],
        optional=optional,
    )


SITES = locs(BASE)
GDANSK = site(
    "Pomorskie Centrum Nerek",
    RECRUITING,
    "Gdansk",
    None,
    "80-211",
    "Poland",
    54.35227,
    18.64912,
    "Marek Dudzinski",
)
OSAKA = site(
    "Namba Medical Center",
    RECRUITING,
    "Osaka",
    "Osaka",
    "556-0011",
    "Japan",
    34.69379,
    135.50107,
    "Rei Nakahara",
)
MALAGA = site(
    "Clinica Puerto Sur", RECRUITING, "Malaga", None, "29010", "Spain", 36.72016, -4.42034, "Pilar Donoso"
)
LYON = site(
    "Hopital des Tisserands", RECRUITING, "Lyon", None, "69003", "France", 45.74846, 4.84671, "Claire Aubin"
)
BOISE = site(
    "High Desert Nephrology", NOT_YET, "Boise", "Idaho", "83702", "United States", 43.6135, -116.20345
)


def put_in(*new_sites, at=4):
    """Inserted in the middle, as the registry does."""

    def edit(rec):
        locs(rec)[at:at] = deepcopy(list(new_sites))

    return edit


def to(*pairs):
    def edit(rec):
        for i, s in pairs:
            locs(rec)[i]["status"] = s

    return edit


def cut(*where):
    def edit(rec):
        for i in sorted(where, reverse=True):
            del locs(rec)[i]

    return edit


def change(i, **what):
    def edit(rec):
        locs(rec)[i].update(what)

    return edit


def many(country, n, status_=RECRUITING, first=0):
    return [
        site(
            f"Nephrology Unit {chr(65 + i)}{first}",
            status_,
            f"{country} City {i}",
            None,
            f"{first}{i:04}",
            country,
            10.0 + i,
            10.0,
            f"Zenobia Q{i}",
        )
        for i in range(n)
    ]
