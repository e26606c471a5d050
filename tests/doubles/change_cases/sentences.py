"""Persons who are not named, and lines made of several changes."""

from __future__ import annotations

import copy

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import (
    COMPLETION,
    PERSON,
    PRIMARY,
    arms,
    contacts,
    dates,
    enrol,
    outcomes,
    protocol,
    put,
    site,
    sites,
    turn,
)
from doubles.change_cases.results import TRACK, post_results

case = Cases()


@case(
    "contacts: that they changed, not who",
    told("central-contacts", "minor", ("changed", "!Eve", "!999", "!@")),
)
def _(old, new):
    contacts(new)["centralContacts"][0].update(name="Eve Newton", phone="+00 999", email="eve@x.example")


@case("officials: that they changed, not who", told("officials", "minor", ("changed", "!Eve", "!Bert")))
def _(old, new):
    contacts(new)["overallOfficials"][0]["name"] = "Eve Newton"


@case("responsible party: not who", told("responsible-party", "minor", ("changed", "!Eve", "!Bert")))
def _(old, new):
    protocol(new)["sponsorCollaboratorsModule"]["responsibleParty"]["investigatorFullName"] = "Eve Newton"


@case(
    "a site's contact: not who", told("locations", "minor", ("Contacts changed", "!Eve", "!Ada"), ["sites"])
)
def _(old, new):
    sites(new)[2]["contacts"] = [{**PERSON, "name": "Eve Newton"}]


@case(
    "a long slip is not hidden behind lesser words",
    told("primary-completion-date", "major"),
    told("primary-outcomes", "major"),
    told("arms", "major"),
    told("locations", "major"),
    headline="737 days",
)
def _(old, new):
    """gold NCT07098338: the slip of years leads the headline"""
    dates(old, new, PRIMARY, "2027-03-31 E", "2029-04-06 E")
    outcomes(new)["primaryOutcomes"][0]["description"] = "0 is none, 10 the worst."
    arms(new)["armGroups"][0]["label"] = "Zorvanib 10 mg daily"
    sites(new)[3]["status"] = "RECRUITING"


@case(
    "status beside the site changes: the stop leads",
    told("overall-status", "critical"),
    told("why-stopped", "critical"),
    told("locations", "minor"),
    headline=("Recruiting → Terminated", "Futility"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "TERMINATED", "Futility")
    sites(new).pop(5)


@case(
    "results: submitted, posted in one step",
    told("has-results", "critical"),
    told("results", "major"),
    told("results-submission", "noise"),
    only=False,
)
def _(old, new):
    post_results(old, new)
    old["derivedSection"]["miscInfoModule"]["submissionTracking"] = copy.deepcopy(TRACK)


@case(
    "a country keeps its capital inside a line",
    told("enrollment", "major"),
    told("locations", "major", "Poland", ["sites"], action="removed"),
    headline="; Poland closed",
)
def _(old, new):
    enrol(old, new, (300, "ESTIMATED"), (120, "ESTIMATED"))
    sites(new).pop(2)


@case(
    "a short news of a site stands before a long text",
    told("locations", "minor", "Lille", ["sites"]),
    told("brief-summary", "minor"),
    headline="1 site added in France, recruiting: Lille; brief summary",
)
def _(old, new):
    protocol(new)["descriptionModule"]["briefSummary"] = "Another summary of another length. " * 20
    sites(new).append(site("CHU Fictif", "Lille", "59000", "France"))


@case(
    "a reason that ends in a full stop leaves none in the line",
    told("overall-status", "critical", ("No funding", "!funding.")),
    told("why-stopped", "critical", "!funding."),
    told("enrollment", "major"),
    headline=("No funding; enrolment cut", "!.;"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "TERMINATED", "No funding.")
    enrol(old, new, (300, "ESTIMATED"), (120, "ESTIMATED"))


@case(
    "completed as planned: one sentence for the numbers, one for the dates",
    told("overall-status", "major", "Recruiting → Completed"),
    told("enrollment", "major", "as planned"),
    told("primary-completion-date", "major"),
    told("completion-date", "major"),
    headline=(
        "Recruiting → Completed, with 300 enrolled as planned; primary and study completion now actual,"
        " on the planned dates (2026-03-31 and 2026-09-30)",
        "!enrolment of",
    ),
)
def _(old, new):
    turn(old, new, "RECRUITING", "COMPLETED")
    enrol(old, new, (300, "ESTIMATED"), (300, "ACTUAL"))
    dates(old, new, PRIMARY, "2026-03-31 E", "2026-03-31 A")
    dates(old, new, COMPLETION, "2026-09-30 E", "2026-09-30 A")


@case(
    "a publication is told by its title and its journal, not by its authors",
    told(
        "references",
        "minor",
        (
            "Publication linked: “Zorvanib for pain: a trial” (J Invented Med 2026, PMID 90000002)",
            "!Invented B",
        ),
        ["results"],
        item="PMID 90000002",
    ),
)
def _(old, new):
    paper = (
        "Invented B, Fictive A; Pain Group. Zorvanib for pain: a trial. J Invented Med. 2026 Mar;3(1):1-9."
    )
    references = protocol(new)["referencesModule"]["references"]
    references.append({"pmid": "90000002", "type": "DERIVED", "citation": paper})


@case(
    "a country that closed says by what, once",
    told("locations", "major", "Szpital Wymyślony", ["sites"]),
    headline=("Poland closed: 1 site suspended: Krakow", "!; 1 site"),
)
def _(old, new):
    sites(new)[2]["status"] = "SUSPENDED"


@case(
    "sites added in up to four countries are counted by country",
    told("locations", "minor", None, ["sites"], count=6),
    headline="6 sites added in the United States (3), France (2) and Poland, all recruiting",
)
def _(old, new):
    sites(new)[0:0] = [
        site("Clinic A", "Austin", "73301", "United States"),
        site("Clinic B", "Denver", "80014", "United States"),
        site("Clinic C", "Mobile", "36525", "United States"),
        site("Clinique D", "Lille", "59000", "France"),
        site("Clinique E", "Nice", "06000", "France"),
        site("Klinika F", "Gdynia", "81-004", "Poland"),
    ]


@case(
    "after many removals it is said how many sites are left",
    told("locations", "minor", None, ["sites"], count=None),
    headline="13 sites removed in France (23 → 10 sites)",
)
def _(old, new):
    for record, count in ((old, 17), (new, 4)):
        sites(record).extend(
            site(f"Clinique {n}", f"Ville {n}", f"{31000 + n}", "France") for n in range(count)
        )


@case(
    "that contacts changed is said last",
    told("central-contacts", "minor"),
    told("ipd-sharing", "minor"),
    headline="; central contacts changed",
)
def _(old, new):
    contacts(new)["centralContacts"][0]["phone"] = "+00 1"
    put(new, "protocolSection", "ipdSharingStatementModule", "ipdSharing", "NO")
