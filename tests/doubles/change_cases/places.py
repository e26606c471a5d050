"""Sites and countries."""

from __future__ import annotations

import copy

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import PERSON, contacts, site, sites, turn

case = Cases()


@case(
    "site added", told("locations", "minor", "Lille", ["sites"], action="added"), headline="added in France"
)
def _(old, new):
    sites(new).insert(1, site("CHU Fictif", "Lille", "59000", "France"))


@case("site removed", told("locations", "minor", "General Hospital of Nowhere", ["sites"], action="removed"))
def _(old, new):
    sites(new).pop(4)


@case(
    "site began recruiting in an open country",
    told("locations", "minor", ("recruiting", "Paris", "!opened"), ["sites"], action="edited"),
)
def _(old, new):
    sites(new)[1]["status"] = "RECRUITING"


@case(
    "country opened by its first recruiting site",
    told("locations", "major", "Spain", ["sites"]),
    headline="opened in Spain",
)
def _(old, new):
    sites(new)[3]["status"] = "RECRUITING"


@case(
    "a site not yet recruiting opens no country",
    told("locations", "minor", "!opened", ["sites"], action="added"),
    headline="!opened",
)
def _(old, new):
    sites(new).append(site("Uydurma", "Ankara", "06100", "Turkey", "NOT_YET_RECRUITING"))


@case(
    "country closed: its only site withdrawn",
    told("locations", "major", ("withdrawn",), ["sites", "!stopped"]),
    headline=("Poland closed",),
)
def _(old, new):
    sites(new)[2]["status"] = "WITHDRAWN"


@case(
    "country closed: its only site removed",
    told("locations", "major", "Poland", ["sites"], action="removed"),
    headline="Poland closed",
)
def _(old, new):
    sites(new).pop(2)


@case(
    "study ends: no country closes",
    told("overall-status", "major"),
    told("locations", "minor"),
    headline="!closed",
)
def _(old, new):
    turn(old, new, "RECRUITING", "COMPLETED")
    sites(new)[2]["status"] = "COMPLETED"


@case(
    "a site added already withdrawn is no site added",
    told("locations", "minor", ("!added", "withdrawn"), ["sites"]),
    headline="!added",
)
def _(old, new):
    sites(new).insert(1, site("CHU Fictif", "Lille", "59000", "France", "WITHDRAWN"))


@case(
    "recruitment opens: site statuses are one minor line",
    told("overall-status", "major"),
    told("locations", "minor", "!opened", ["sites"], count=1),
    headline="!opened",
)
def _(old, new):
    turn(old, new, "NOT_YET_RECRUITING", "RECRUITING")
    for s in sites(old):
        s.pop("status")


@case(
    "recruitment opens, provinces filled in beside the statuses",
    told("overall-status", "major"),
    told("locations", "minor", "!opened", ["sites"], count=1),
    headline=("!opened", "!began"),
)
def _(old, new):
    """no site already listed, nor its country, is said to open; a province filled in is noise"""
    turn(old, new, "NOT_YET_RECRUITING", "RECRUITING")
    for s in sites(old):
        s.pop("status")
    for s in sites(new)[:2]:
        s["state"] = "Île-de-France"
        s["status"] = "RECRUITING"


@case(
    "recruitment closes: statuses vanish in one minor line",
    told("overall-status", "major"),
    told("locations", "minor", "!closed", ["sites"], count=1),
    headline="!closed",
)
def _(old, new):
    turn(old, new, "RECRUITING", "ACTIVE_NOT_RECRUITING")
    for s in sites(new):
        s.pop("status")


@case(
    "recruitment closes: site statuses turn with it",
    told("overall-status", "major"),
    told("locations", "minor", "!closed", ["sites"], count=1),
    headline="!closed",
)
def _(old, new):
    """one minor line; no site already listed is said to close"""
    turn(old, new, "RECRUITING", "ACTIVE_NOT_RECRUITING")
    for s in sites(new):
        s["status"] = "ACTIVE_NOT_RECRUITING"


MANY = [
    site(f"Clinica {x}", x, f"4100{i}", k)
    for i, (x, k) in enumerate(
        [(f"Ciudad {a}", "Spain") for a in "ABCDEFG"] + [(f"Miasto {a}", "Poland") for a in "ABCDEF"]
    )
]


@case(
    "thirteen sites added: one change a country",
    told("locations", "major", "Spain", ["sites"]),
    told("locations", "minor", "Poland", ["sites"]),
    headline=("Spain", "Poland"),
)
def _(old, new):
    sites(new).extend(copy.deepcopy(MANY))


@case(
    "thirteen sites added, one lost: the loss stands apart",
    told("locations", "minor", "Boston", ["sites"], action="removed", item="General Hospital of Nowhere"),
    only=False,
    headline="removed",
)
def _(old, new):
    """past 12 one a country, single losses apart (withdrawn, suspended, removed)"""
    sites(new).extend(copy.deepcopy(MANY))
    sites(new).pop(4)


@case(
    "added in an opened country but not yet recruiting: still counted",
    told("locations", "major", "Spain", ["sites"]),
    told("locations", "minor", None, None, count=3),
    headline="3 ",
)
def _(old, new):
    """three sites were added, two of them in Spain (gold NCT06868277: 11 added)"""
    sites(new)[3]["status"] = "RECRUITING"
    sites(new).append(site("Hospital Dos", "Sevilla", "41001", "Spain", "NOT_YET_RECRUITING"))
    sites(new).append(site("Hospital Tres", "Bilbao", "48001", "Spain", "NOT_YET_RECRUITING"))
    sites(new).append(site("CHU Fictif", "Lille", "59000", "France"))


@case(
    "another hospital in the same city: one lost, one added",
    told("locations", "minor", "Harbour Clinic", ["sites"], action="removed"),
    told("locations", "minor", "Institute of Dreams", ["sites"], action="added"),
)
def _(old, new):
    """other names at other postcodes are no one site (gold NCT04736173: Makati, St Luke's)"""
    sites(new)[5] = site("Institute of Dreams", "Boston", "02301", "United States", state="Massachusetts")


@case("a renamed hospital whose city was corrected: one edit", told("locations", "noise"))
def _(old, new):
    """postcode + country with a like name; gold: a city written otherwise at the same house is noise"""
    sites(new)[0]["city"] = "Villeurbanne"
    sites(new)[0]["zip"] = "69001"


@case(
    "a placeholder gets its real name, and back",
    told("locations", "minor", "renamed", ["sites"], action="edited"),
)
def _(old, new):
    sites(old)[0]["facility"] = "Local Institution - 0062"


@case(
    "two placeholders in one city get their names: by postcode",
    told("locations", "minor", "renamed", ["sites"], action="edited", count=2),
)
def _(old, new):
    """one edit, not a removal and an addition"""
    for i in (4, 5):
        sites(old)[i]["facility"] = f"Local Institution - 006{i}"


@case(
    "masked namesakes: by postcode",
    told("locations", "major", ("2000",), ["sites"], action="edited"),
    told("locations", "minor", "S2000CVB", ["sites"], action="added"),
)
def _(old, new):
    for r, x in (
        (old, [("2000", "NOT_YET_RECRUITING")]),
        (new, [("S2000CVB", "NOT_YET_RECRUITING"), ("2000", "RECRUITING")]),
    ):
        r["protocolSection"]["contactsLocationsModule"]["locations"] = [
            site("Research Site", "Rosario", z, "Argentina", s) for z, s in x
        ]


@case("same site twice: none lost", told("locations", "minor", None, ["sites"], action="removed", count=1))
def _(old, new):
    for r, k in ((old, 2), (new, 1)):
        sites(r).extend([site("Hospital Gemelo", "Vigo", "36201", "Spain", "NOT_YET_RECRUITING")] * k)


@case(
    "a site renamed and opened: both are said",
    told(
        "locations",
        "minor",
        ("recruiting", "Clinique du Fleuve", "Centre Hospitalier des Rêves"),
        ["sites"],
        count=None,
    ),
)
def _(old, new):
    """gold NCT06362252: the Marseille rename is told beside the opening"""
    sites(new)[1]["status"] = "RECRUITING"
    sites(new)[1]["facility"] = "Centre Hospitalier des Rêves"


@case("unknown key of a site", told("locations", "minor", "!Contacts"))
def _(old, new):
    """a line that is true"""
    sites(new)[0]["siteType"] = "HOSPITAL"


@case("500 sites in another order")
def _(old, new):
    for r, x in ((old, range(500)), (new, range(499, -1, -1))):
        contacts(r)["locations"] = [site(f"Clinic {i}", f"City {i % 40}", f"{i:05d}", "France") for i in x]


@case(
    "masked site in another state's city of the same name",
    told("locations", "minor", None, ["sites"], count=None),
)
def _(old, new):
    """a state FILLED IN or repaired is noise; Oregon → Maine is another site"""
    for r, z, st in ((old, "97239", "Oregon"), (new, "04101", "Maine")):
        sites(r).append(site("Research Site", "Portland", z, "United States", state=st))


@case(
    "named site, no postcode, its city corrected: one edit",
    told("locations", "minor", ("Istanbul", "Kocaeli"), ["sites"], action="edited"),
)
def _(old, new):
    """one edit, not a removal and an addition (gold NCT04736173: Göztepe)"""
    for r, x in ((old, "Istanbul"), (new, "Kocaeli")):
        sites(r).append(
            {
                "facility": "Goztepe Imagined City Hospital",
                "status": "RECRUITING",
                "city": x,
                "country": "Turkey (Türkiye)",
            }
        )


@case(
    "recruitment opens and a site is shown as withdrawn: the loss is told",
    told("overall-status", "major"),
    told("locations", "minor", ("General Hospital of Nowhere", "withdrawn"), ["sites"]),
    told("locations", "minor", "statuses", ["sites"]),
)
def _(old, new):
    """Losses stand beside the openings, never folded into them"""
    turn(old, new, "NOT_YET_RECRUITING", "RECRUITING")
    for s in sites(old):
        s.pop("status")
    sites(new)[4]["status"] = "WITHDRAWN"


@case(
    "fourteen sites of one country begin: before and after say so",
    told("locations", "minor", "Poland", ["sites"], action="edited", differs=True),
)
def _(old, new):
    """before and after of a change (gold: 12 sites, 0 recruiting → 12 sites, 12 recruiting)"""
    for r, s in ((old, "NOT_YET_RECRUITING"), (new, "RECRUITING")):
        sites(r).extend({**copy.deepcopy(x), "country": "Poland", "status": s} for x in MANY)


@case(
    "a few sites removed among many additions stay single",
    told("locations", "major", "Spain", ["sites"]),
    told("locations", "minor", "Poland", ["sites"]),
    told("locations", "minor", "Site removed", ["sites"], action="removed", count=2),
)
def _(old, new):
    del sites(new)[4], sites(new)[1]
    sites(new).extend(copy.deepcopy(MANY))


@case(
    "many sites removed: what is left is said",
    told("locations", "minor", "13 sites removed in Peru (15 → 2)", ["sites"], action="edited", differs=True),
)
def _(old, new):
    for record, some in ((old, range(15)), (new, range(2))):
        sites(record).extend(site(f"Clinica {n}", f"Ciudad {n}", f"150{n:02d}", "Peru") for n in some)


@case(
    "a masked site gets its name: by city and postcode",
    told("locations", "minor", "renamed", ["sites"], action="edited"),
    told("locations", "minor", "removed", ["sites"], action="removed"),
)
def _(old, new):
    sites(old)[5]["facility"] = "Local Institution - 0063"
    sites(old).append(
        site("Local Institution - 0064", "Boston", "02101", "United States", state="Massachusetts")
    )


@case("two thousand sites get new names", told("locations", "minor", "2000 sites renamed in Peru", ["sites"]))
def _(old, new):
    """each keeps its postcode; past a number of pairs they were all said to be removed and added"""
    for record, name in ((old, "Clinica"), (new, "Sanatorio")):
        sites(record).extend(
            site(f"{name} {n:x}{n * 7919:x}", "Lima", f"{n:05d}", "Peru", "NOT_YET_RECRUITING")
            for n in range(2000)
        )


@case(
    "a site listed as withdrawn is not counted as withdrawn",
    told("locations", "minor", "listed as withdrawn", ["sites"]),
    told("locations", "minor", "withdrawn (was", ["sites"]),
    headline=("1 site withdrawn", "1 listed as withdrawn"),
)
def _(old, new):
    sites(new)[0]["status"] = "WITHDRAWN"
    sites(new).append(site("Klinik Fiktiv", "Paris", "75001", "France", "WITHDRAWN"))


@case(
    "a site's staff under an unknown key is not told", told("locations", "minor", "investigators", ["sites"])
)
def _(old, new):
    sites(new)[0]["investigators"] = [dict(PERSON)]


@case("a key of a site that is Python's own", told("locations", "minor", "__class__", ["sites"]))
def _(old, new):
    """deepdiff leaves it out in silence"""
    sites(new)[0]["__class__"] = "x"


@case(
    "a site that had closed recruits again",
    told("locations", "minor", ("recruiting again (was completed)", "Harbour Clinic"), ["sites"]),
)
def _(old, new):
    sites(old)[5]["status"] = "COMPLETED"


@case(
    "the last site of a country that stops enrolling closes it",
    told("locations", "major", ("Krakow", "none in Poland is recruiting or about to"), ["sites"]),
)
def _(old, new):
    sites(new)[2]["status"] = "ACTIVE_NOT_RECRUITING"


@case(
    "among many sites one that stopped enrolling stands by itself, and a repaired name is no new one",
    told("locations", "major", ("Recruitment opened in Spain", "!renamed"), item="Spain"),
    told("locations", "minor", ("stopped enrolling", "Harbour Clinic"), item="Harbour Clinic"),
    only=False,
)
def _(old, new):
    old["protocolSection"]["contactsLocationsModule"]["locations"] = [
        *[
            site(f'Hă"Pital Fictif {n}', "Madrid", f"2800{n}", "Spain", "NOT_YET_RECRUITING")
            for n in range(10)
        ],
        *[site(f"Clinic {n}", "Austin", f"7330{n}", "United States", "NOT_YET_RECRUITING") for n in range(5)],
        site("Harbour Clinic", "Boston", "02215", "United States"),
    ]
    new["protocolSection"]["contactsLocationsModule"]["locations"] = [
        *[site(f"Hôpital Fictif {n}", "Madrid", f"2800{n}", "Spain") for n in range(10)],
        *[site(f"Clinic {n}", "Austin", f"7330{n}", "United States") for n in range(5)],
        site("Harbour Clinic", "Boston", "02215", "United States", "ACTIVE_NOT_RECRUITING"),
    ]
