"""Persons who are not named, and lines made of several changes."""

from __future__ import annotations

import copy

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import (
    PERSON,
    PRIMARY,
    arms,
    contacts,
    dates,
    enrol,
    outcomes,
    protocol,
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
