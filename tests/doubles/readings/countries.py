"""Countries that open and close, and many sites at once."""

from __future__ import annotations

from doubles.readings.edits import in_turn, locs, put
from doubles.readings.reading import case
from doubles.readings.record import KOBE, KRAKOW, LUBLIN, POZNAN, SENDAI, SEVILLA, TAMPA, VALENCIA
from doubles.readings.site_edits import (
    BOISE,
    GDANSK,
    LYON,
    MALAGA,
    NOT_YET,
    OSAKA,
    RECRUITING,
    SITES,
    cut,
    many,
    put_in,
    site_told,
    to,
)

# Countries.
case(
    "first site of a listed country recruits",
    to((VALENCIA, RECRUITING)),
    site_told(
        "edited major",
        SITES[VALENCIA],
        ["Spain", ("opened", "opens", "open in", "first"), "Valencia"],
        "Recruitment opened in Spain: Hospital Universitario del Turia, Valencia, began",
    ),
    "a country opened when its first site recruits; being on the list is not enough",
    headline_says=["Spain"],
)
case(
    "recruiting site in a new country",
    put_in(LYON, at=0),
    site_told(
        "added major",
        LYON,
        ["France", ("opened", "opens", "open in", "first"), ("Lyon", "Tisserands", "1 ")],
        "France opened: 1 recruiting site added in Lyon",
        ["Aubin"],
    ),
    "major row: a country opened",
    headline_says=["France"],
)
case(
    "site in a new country, not yet recruiting",
    put_in(dict(LYON, status=NOT_YET), at=0),
    site_told(
        "added minor",
        LYON,
        ["France", "not yet recruiting"],
        "1 site added in France, the first there: Lyon, not yet recruiting",
        ["opened", "Aubin"],
    ),
    "on the list is not enough: no opening",
    headline_says=["France"],
    headline_never=["opened"],
)
case(
    "both Japanese sites withdrawn",
    to((KOBE, "WITHDRAWN"), (SENDAI, "WITHDRAWN")),
    [
        site_told(
            "edited major",
            SITES[KOBE],
            ["Japan", "withdrawn"],
            "The Kobe site was withdrawn; with Sendai, Japan closed",
        ),
        site_told(
            "edited major",
            SITES[SENDAI],
            ["Japan", "withdrawn"],
            "The Sendai site was withdrawn; with Kobe, Japan closed",
        ),
    ],
    "it closed when none of its sites recruits or will, while the study goes on",
    headline="Japan closed: both of its sites withdrawn",
    headline_says=["Japan", ("closed", "withdrawn")],
)
case(
    "the last country's site stops enrolling",
    lambda old, new: (cut(SENDAI)(old), cut(SENDAI)(new), to((KOBE, "ACTIVE_NOT_RECRUITING"))(new)),
    site_told(
        "edited major",
        SITES[KOBE],
        ["Japan", "Kobe", ("closed", "none", "no site", "no longer")],
        "Japan closed: its only site, Kobe, stopped enrolling (Recruiting → Active, not recruiting)",
    ),
    "none of its sites recruits or will",
    headline_says=["Japan"],
)
case(
    "all Japanese sites leave the list",
    lambda old, new: (
        cut(KOBE, SENDAI)(new),
        put(new, "derivedSection.miscInfoModule.removedCountries", ["Japan"]),
    ),
    [
        site_told(
            "removed major", SITES[KOBE], ["Japan"], "The Kobe site was removed; no site is left in Japan"
        ),
        site_told(
            "removed major", SITES[SENDAI], ["Japan"], "The Sendai site was removed; no site is left in Japan"
        ),
    ],
    "major row: a country closed; removedCountries confirms it and is noise",
    headline="Japan closed: both of its sites removed",
    headline_says=["Japan"],
)
case(
    "Spanish sites suspended before they opened",
    to((VALENCIA, "SUSPENDED"), (SEVILLA, "SUSPENDED")),
    [
        site_told(
            "edited major",
            SITES[VALENCIA],
            ["Spain", "suspended"],
            "The Valencia site was suspended before it opened; with Sevilla, Spain is closed",
        ),
        site_told(
            "edited major",
            SITES[SEVILLA],
            ["Spain", "suspended"],
            "The Sevilla site was suspended before it opened; with Valencia, Spain is closed",
        ),
    ],
    "none of its sites recruits or will",
    headline="Both Spanish sites suspended before they opened: Spain closed",
    headline_says=["suspended"],
)
case(
    "a recruiting site goes, another one will recruit",
    to((LUBLIN, "COMPLETED"), (KRAKOW, "COMPLETED")),
    [
        site_told(
            "edited minor",
            SITES[LUBLIN],
            ["Lublin", "completed"],
            "The Lublin site completed",
            ["Poland closed"],
        ),
        site_told(
            "edited minor",
            SITES[KRAKOW],
            ["Krakow", "completed"],
            "The Krakow site completed",
            ["Poland closed"],
        ),
    ],
    "Poznan will recruit: Poland did not close",
    headline="2 sites completed in Poland: Lublin and Krakow",
    headline_says=["Poland"],
    headline_never=["closed"],
)
case(
    "opening and losses side by side",
    in_turn(to((VALENCIA, RECRUITING), (TAMPA, "WITHDRAWN")), cut(POZNAN), put_in(OSAKA, at=8)),
    [
        site_told(
            "edited major",
            SITES[VALENCIA],
            ["Spain", "Valencia"],
            "Recruitment opened in Spain: Valencia began",
        ),
        site_told(
            "added minor",
            OSAKA,
            ["Osaka"],
            "1 site added in Japan: Namba Medical Center, Osaka, recruiting",
            ["Nakahara"],
        ),
        site_told(
            "edited minor",
            SITES[TAMPA],
            ["Tampa", "withdrawn"],
            "The Tampa site, recruiting until now, was withdrawn",
        ),
        site_told(
            "removed minor", SITES[POZNAN], ["Poznan"], "The Poznan site left the list before it opened"
        ),
    ],
    "losses stand beside the openings, never folded into them",
    headline=(
        "Recruitment opened in Spain; 1 site added in Japan; 1 withdrawn in the United States, 1 removed in"
        " Poland"
    ),
    headline_says=["Spain", "withdrawn"],
)
case(
    "sites added in two countries",
    in_turn(put_in(GDANSK, at=3), put_in(BOISE, OSAKA, at=2), put_in(MALAGA, at=9)),
    [
        site_told(
            "added minor", GDANSK, ["Gdansk"], "1 site added in Poland: Gdansk, recruiting", ["Dudzinski"]
        ),
        site_told(
            "added minor", BOISE, ["Boise"], "1 site added in the United States: Boise, not yet recruiting"
        ),
        site_told("added minor", OSAKA, ["Osaka"], "1 site added in Japan: Osaka, recruiting", ["Nakahara"]),
        site_told(
            "added major",
            MALAGA,
            ["Malaga", "Spain"],
            "Spain opened: a recruiting site was added in Malaga",
            ["Donoso"],
        ),
    ],
    "grouped by country in the headline; one change a site up to 12; Malaga opens Spain",
    headline="Spain opened; 4 sites added in Spain, Poland, Japan and the United States",
    headline_says=["Spain"],
)


# Many.
case(
    "fourteen sites added in Poland",
    put_in(*many("Poland", 14), at=3),
    site_told(
        "added minor",
        "Poland",
        ["14", "Poland", "sites"],
        "14 sites added in Poland (3 → 17), all recruiting",
    ),
    "past 12 one change a country, never fourteen lines",
    headline_says=["14", "Poland"],
)
case(
    "twelve sites added in Poland",
    put_in(*many("Poland", 12), at=3),
    [
        site_told(
            "added minor",
            f"Nephrology Unit {chr(65 + i)}0, Poland City {i}, Poland",
            [("Poland",)],
            f"1 site added in Poland: Nephrology Unit {chr(65 + i)}0, recruiting",
        )
        for i in range(12)
    ],
    "up to 12: one change a site; the headline counts",
    headline="12 sites added in Poland",
    headline_says=["12", "Poland"],
)
case(
    "twenty sites in three countries, one loss",
    in_turn(
        cut(TAMPA),
        put_in(*many("Poland", 8, first=1), at=2),
        put_in(*many("Spain", 7, first=2), at=0),
        put_in(*many("Italy", 5, first=3), at=1),
    ),
    [
        site_told("added minor", "Poland", ["8", "Poland"], "8 sites added in Poland (3 → 11)"),
        site_told("added major", "Spain", ["7", "Spain"], "Spain opened: 7 recruiting sites added (2 → 9)"),
        site_told("added major", "Italy", ["5", "Italy"], "Italy opened: 5 recruiting sites added"),
        site_told("removed minor", SITES[TAMPA], ["Tampa"], "The Tampa site was removed"),
    ],
    "past 12 one a country, single losses apart",
    headline=(
        "Spain and Italy opened; 20 sites added in Poland, Spain and Italy; 1 removed in the United States"
    ),
    headline_says=["Spain", "Italy", "removed"],
)


def _thirteen(old, new):
    for rec, s in ((old, NOT_YET), (new, RECRUITING)):
        locs(rec)[3:3] = many("Germany", 15, s)


case(
    "fifteen listed sites begin in one country",
    _thirteen,
    site_told(
        "edited major",
        "Germany",
        ["15", "Germany"],
        "Recruitment opened in Germany: all 15 sites began recruiting",
    ),
    "a country opens; one change a country",
    headline_says=["Germany"],
)
case.quiet(
    "two hundred sites in another order",
    lambda old, new: (
        locs(old).extend(many("Germany", 20, first=4) * 10),
        locs(new).extend((many("Germany", 20, first=4) * 10)[::-1]),
        locs(new).reverse(),
    ),
    "another order is no change, doubled sites included",
)
case.quiet(
    "five hundred sites in another order",
    lambda old, new: (
        locs(old).extend(many("Germany", 25, first=7) + many("Italy", 25, first=8) * 18),
        locs(new).extend(many("Italy", 25, first=8) * 18 + many("Germany", 25, first=7)),
        locs(new).reverse(),
    ),
    "500 sites in another order is no change",
)
