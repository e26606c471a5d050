"""Sites renamed, masked, doubled and respelt."""

from __future__ import annotations

from doubles.readings.edits import in_turn, locs
from doubles.readings.reading import case
from doubles.readings.record import (
    KOBE,
    KRAKOW,
    LUBLIN,
    POZNAN,
    SENDAI,
    SEVILLA,
    TAMPA,
    TULSA,
    VALENCIA,
    site,
)
from doubles.readings.site_edits import NOT_YET, RECRUITING, SITES, change, cut, put_in, site_told, to

# Names.
case(
    "masked site turned into its real name",
    lambda old, new: change(LUBLIN, facility="Local Institution - 0062")(old),
    site_told(
        "edited minor|noise",
        SITES[LUBLIN],
        ["Lublin", ("Local Institution", "0062"), "Wojewodzki"],
        "The Lublin site (Local Institution - 0062) now goes by its name: Wojewodzki Szpital Specjalistyczny",
        ["added", "removed", "closed"],
    ),
    "one edit, not a removal and an addition",
    headline_says=[],
    headline_never=["added", "removed", "closed"],
)
case(
    "real name masked again",
    change(LUBLIN, facility="Local Institution - 0062"),
    site_told(
        "edited minor|noise",
        "Local Institution - 0062, Lublin, Poland",
        ["Lublin"],
        "The Lublin site's name is masked again (Local Institution - 0062)",
        ["added", "removed", "closed"],
    ),
    "… and back: one edit",
    headline_says=[],
    headline_never=["added", "removed"],
)
case(
    "site goes by another name",
    change(KRAKOW, facility="Nova Nephrology and Transplant Clinic"),
    site_told(
        "edited minor",
        "Nova Nephrology and Transplant Clinic, Krakow, Poland",
        ["Krakow", "Nova"],
        "The Krakow site now goes by another name: Nova Nephrology and Transplant Clinic",
        ["added", "removed", "closed"],
    ),
    "postcode and country with a like name: one edit",
    headline_says=[],
)
case(
    "another hospital in the same city",
    in_turn(
        cut(TULSA),
        put_in(
            site(
                "Riverside Veterans Hospital",
                RECRUITING,
                "Tulsa",
                "Oklahoma",
                "74127",
                "United States",
                36.2,
                -96.0,
            ),
            at=0,
        ),
    ),
    [
        site_told(
            "removed minor",
            SITES[TULSA],
            ["Cedar Valley"],
            "The Tulsa site Cedar Valley Kidney Institute was removed",
        ),
        site_told(
            "added minor",
            "Riverside Veterans Hospital, Tulsa, United States",
            ["Riverside"],
            "Riverside Veterans Hospital in Tulsa was added, recruiting",
        ),
    ],
    "another name and another postcode: another site",
    headline="1 site added and 1 removed in Tulsa, United States",
    headline_says=[],
)


def masked(rec):
    for i, (city, z, c, s) in enumerate(
        (
            ("Providence", "02903", "United States", NOT_YET),
            ("Providence", "02906", "United States", NOT_YET),
            ("Rosario", "2000", "Argentina", RECRUITING),
            ("Leeds", "LS9 7TF", "United Kingdom", RECRUITING),
        )
    ):
        locs(rec).append(site("Research Site", s, city, None, z, c, 1.0 + i, 1.0))


case(
    "one of two masked namesakes begins",
    lambda old, new: (
        masked(old),
        masked(new),
        to((11, RECRUITING))(new),
        locs(new).__setitem__(slice(10, 12), locs(new)[10:12][::-1]),
    ),
    site_told(
        "edited minor",
        "Research Site, Providence 02906, United States",
        ["Providence", ("recruiting", "began")],
        "One of the two Providence sites (02906) began recruiting",
        ["withdrawn", "added", "removed"],
    ),
    "masked names carry no identity; the postcode tells which, whatever the order",
    headline_says=[("Providence", "United States")],
)
case(
    "masked site gone in one city, another one in another",
    lambda old, new: (masked(old), masked(new), change(13, city="Cardiff", zip="CF14 2TL")(new)),
    [
        site_told(
            "removed minor", "Research Site, Leeds, United Kingdom", ["Leeds"], "The Leeds site was removed"
        ),
        site_told(
            "added minor",
            "Research Site, Cardiff, United Kingdom",
            ["Cardiff"],
            "A site was added in Cardiff, recruiting",
        ),
    ],
    "two masked ones need an equal postcode or city: a removal and an addition",
    headline="1 site added (Cardiff) and 1 removed (Leeds) in the United Kingdom",
    headline_says=["United Kingdom"],
    headline_never=["closed"],
)
case(
    "masked site moves to another country",
    lambda old, new: (
        masked(old),
        masked(new),
        change(12, city="Santiago", zip="2000", country="Chile")(new),
    ),
    [
        site_told(
            "removed major",
            "Research Site, Rosario, Argentina",
            ["Argentina"],
            "Argentina closed: its only site, in Rosario, was removed",
        ),
        site_told(
            "added major",
            "Research Site, Santiago, Chile",
            ["Chile"],
            "Chile opened: a recruiting site was added in Santiago",
        ),
    ],
    "never across countries, an equal postcode or not",
    headline="Chile opened, Argentina closed",
    headline_says=["Chile", "Argentina"],
)
case(
    "masked site listed under another district",
    lambda old, new: (masked(old), masked(new), change(12, city="Pichincha")(old)),
    site_told("edited noise|minor", "Research Site, Rosario, Argentina", [], "", optional=True),
    "an equal postcode: one site whose city is written otherwise",
    doubtful="a city changed beyond its letters: noise by the gold readings, an edit by changes.md",
)


def coded(rec, *codes):
    for c, city in codes:
        locs(rec).append(site(c, RECRUITING, city, None, None, "Canada", 50.0, -100.0))


case(
    "sites named by codes",
    lambda old, new: (
        coded(old, ("CAN02-0", "Calgary"), ("CAN03-0", "Laval")),
        coded(new, ("CAN13-0", "Halifax"), ("CAN03-0", "Laval")),
    ),
    [
        site_told("removed minor", "CAN02-0, Calgary, Canada", ["Calgary"], "The Calgary site was removed"),
        site_told(
            "added minor", "CAN13-0, Halifax, Canada", ["Halifax"], "A recruiting site was added in Halifax"
        ),
    ],
    "codes carry no identity: another code in another city is another site",
    headline="1 site added (Halifax) and 1 removed (Calgary) in Canada",
    headline_says=["Canada"],
)


def ghent(rec, *statuses):
    for s in statuses:
        locs(rec).append(site("Research Site", s, "Ghent", None, "9000", "Belgium", 51.05, 3.71667))


case(
    "twin added beside an unchanged twin",
    lambda old, new: (ghent(old, RECRUITING, NOT_YET), ghent(new, RECRUITING, RECRUITING, NOT_YET)),
    site_told(
        "added minor",
        "Research Site, Ghent, Belgium",
        ["Ghent"],
        "A recruiting site was added in Ghent, Belgium",
        ["began"],
    ),
    "exact members first: the old one did not begin",
    headline_says=["Belgium"],
)
case(
    "doubled entry taken out",
    lambda old, new: put_in(SITES[KRAKOW], at=9)(old),
    site_told(
        "removed minor",
        SITES[KRAKOW],
        ["Krakow"],
        "One of two entries of the Krakow site was taken out",
        ["closed"],
    ),
    "duplicates are paired in order, none is lost; the site stays",
    headline_says=[],
    headline_never=["closed"],
)


# Respelt and filled in: quiet.
case.quiet(
    "facility in capitals",
    change(KRAKOW, facility="KLINIKA NEFROLOGII NOVA"),
    "noise: equal after folding case",
)
case.quiet(
    "facility and city with other punctuation",
    in_turn(
        change(TULSA, facility="Cedar-Valley Kidney Institute."),
        change(SEVILLA, facility='Hospital "San Telmo"'),
        change(KOBE, city="Ko-be"),
    ),
    "noise: equal after dropping all but letters and digits",
)
case(
    "damaged accents repaired",
    lambda old, new: (
        change(VALENCIA, facility="Hospital Universitario del T?ria")(old),
        change(VALENCIA, facility="Hospital Universitario del Túria")(new),
    ),
    site_told("edited noise", "Hospital Universitario del Túria, Valencia, Spain", [], "", optional=True),
    "noise: damaged accents flip back and forth",
    doubtful="a lost letter is not equal after dropping all but letters; noise in the gold readings",
)
case.quiet(
    "city with its accent",
    in_turn(change(POZNAN, city="Poznań"), change(KRAKOW, city="Kraków")),
    "noise: a city respelt, its accents folded",
)
case.quiet(
    "province and postcode filled in",
    in_turn(
        change(LUBLIN, state="Lublin Voivodeship"),
        change(VALENCIA, state="Valencia"),
        lambda r: locs(r).insert(0, locs(r).pop(VALENCIA)),
    ),
    "noise: a province filled in; the site moves in the list with it",
)
case.quiet(
    "postcode repaired",
    in_turn(change(LUBLIN, zip="20718"), change(SENDAI, zip="9808574")),
    "noise: a postcode repaired",
)
case.quiet("postcode filled in", lambda old, new: locs(old)[KOBE].pop("zip"), "noise: a postcode filled in")
case.quiet("map point moved", change(TAMPA, geoPoint={"lat": 27.9, "lon": -82.5}), "noise: geoPoint")
case.quiet("sites in another order", lambda r: locs(r).reverse(), "order means nothing")
case.quiet(
    "province respelt",
    in_turn(change(TULSA, state="OKLAHOMA."), change(SENDAI, state="Miyagi-")),
    "noise: a state respelt, equal after dropping all but letters and digits",
)
case.quiet(
    "accents damaged again",
    lambda old, new: (
        change(POZNAN, city="Poznań", facility="Centrum Medyczne Wartą")(old),
        change(POZNAN, city="Pozna?", facility="Centrum Medyczne Wart?")(new),
    ),
    "noise: damaged accents flip back and forth",
    doubtful="a lost letter is not equal after dropping all but letters; noise in the gold readings",
)


# Identities.
case(
    "site under another postcode stops enrolling",
    change(TULSA, zip="74127", status="ACTIVE_NOT_RECRUITING"),
    site_told(
        "edited minor",
        SITES[TULSA],
        ["Tulsa", "Active, not recruiting"],
        "The Tulsa site stopped enrolling (Recruiting → Active, not recruiting)",
        ["added", "removed"],
    ),
    "facility + city + country, when the postcode is another: one edit",
    headline_says=[("Tulsa", "United States")],
)


def _namesakes(old, new):
    for rec in (old, new):
        locs(rec).insert(1, dict(SITES[TULSA], zip="74127", status="NOT_YET_RECRUITING"))
    locs(new)[1]["status"] = "RECRUITING"
    locs(new)[0:2] = locs(new)[1::-1]


case(
    "one of two namesakes in a city begins",
    _namesakes,
    site_told(
        "edited minor",
        "Cedar Valley Kidney Institute, Tulsa 74127, United States",
        ["Tulsa", ("began", "recruiting")],
        "The second Tulsa site of Cedar Valley Kidney Institute (74127) began recruiting",
        ["added", "removed", "stopped"],
    ),
    "facility + city + country + postcode first: the right one of two, whatever the order",
    headline_says=[("Tulsa", "United States")],
)
