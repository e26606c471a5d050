"""What only follows from another change: of the study type, of masking, and of the study's status."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import PERSON, arms, contacts, design, put, sites, statuses, turn

case = Cases()
INVESTIGATOR = {"name": "Bert Invented", "role": "PRINCIPAL_INVESTIGATOR"}
FOLLOWS = "follow the study's status"


@case(
    "now interventional: what only such a study has follows",
    told("study-type", "major", "Now interventional, was observational", ["design"]),
    told("allocation", "minor", "Allocation stated", reason="follows the study type"),
    told("intervention-model", "minor", reason="follows the study type"),
    told("masking", "minor", reason="follows the study type"),
    told("who-masked", "minor", reason="follows the study type"),
    told("primary-purpose", "minor", reason="follows the study type"),
    told("observational-model", "minor", "no longer stated (was Case only)", reason="follows the study type"),
    told("time-perspective", "minor", reason="follows the study type"),
    told("arms", "minor", "type stated", count=2, reason="follows the study type"),
    headline="Now interventional, was observational",
)
def _(old, new):
    design(old)["studyType"] = "OBSERVATIONAL"
    design(old)["designInfo"] = {"observationalModel": "CASE_ONLY", "timePerspective": "PROSPECTIVE"}
    for one in arms(old)["armGroups"]:
        del one["type"]


@case(
    "now observational: an arm's type goes with it",
    told("study-type", "major", "Now observational, was interventional"),
    told("arms", "minor", count=2, reason="follows the study type"),
)
def _(old, new):
    design(new)["studyType"] = "OBSERVATIONAL"
    for one in arms(new)["armGroups"]:
        del one["type"]


@case("allocation alone", told("allocation", "major", "Allocation stated: Randomized"))
def _(old, new):
    del design(old)["designInfo"]["allocation"]


@case(
    "masking, and with it who is masked",
    told("masking", "major", "Masking: Double → Triple"),
    told("who-masked", "minor", reason="told by masking"),
)
def _(old, new):
    put(
        design(old),
        "designInfo",
        "maskingInfo",
        {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
    )


@case(
    "masking, and other people are masked",
    told("masking", "major"),
    told("who-masked", "major", "Outcomes assessor"),
)
def _(old, new):
    put(design(old), "designInfo", "maskingInfo", {"masking": "SINGLE", "whoMasked": ["OUTCOMES_ASSESSOR"]})


@case("others are masked, as many as before", told("who-masked", "major"))
def _(old, new):
    put(new, "protocolSection", "designModule", "designInfo", "maskingInfo", "whoMasked", ["PARTICIPANT"])


@case(
    "a stop taken back is told with the status",
    told(
        "overall-status",
        "major",
        "Terminated → Active, not recruiting (backwards): no longer said to be stopped",
        ["status", "integrity", "!stopped", "!restarted"],
    ),
    told("why-stopped", "minor", None, ["!stopped"], reason="told by the status"),
    headline="!other change",
)
def _(old, new):
    turn(old, new, "TERMINATED", "ACTIVE_NOT_RECRUITING")
    statuses(old)["whyStopped"] = "Slow accrual"


@case(
    "a suspension that ends is no matter of integrity",
    told(
        "overall-status", "critical", ("Suspended → Recruiting", "!said to be"), ["restarted", "!integrity"]
    ),
    told("why-stopped", "minor", None, ["!stopped"]),
)
def _(old, new):
    turn(old, new, "SUSPENDED", "RECRUITING")
    statuses(old)["whyStopped"] = "Drug supply"


@case(
    "a stop that stands without its reason",
    told("why-stopped", "minor", "withdrawn", ["stopped"], reason="stands without a reason"),
)
def _(old, new):
    turn(old, new, "TERMINATED", "TERMINATED")
    statuses(old)["whyStopped"] = "Slow accrual"


@case(
    "recruitment opens: contacts are added beside an investigator who was listed",
    told("overall-status", "major"),
    told(
        "locations",
        "minor",
        ("Site statuses and contacts appeared with the opening", "!began"),
        reason=FOLLOWS,
        count=1,
    ),
    headline=("Not yet recruiting → Recruiting", "!site", "!other"),
)
def _(old, new):
    turn(old, new, "NOT_YET_RECRUITING", "RECRUITING")
    for before, after in zip(sites(old), sites(new), strict=True):
        before["contacts"], after["contacts"] = [INVESTIGATOR], [dict(PERSON), INVESTIGATOR]
        before.pop("status", None)
        after["status"] = "RECRUITING"


@case(
    "recruitment ends: an investigator stays listed",
    told("overall-status", "major"),
    told("locations", "minor", "Site contacts vanished with the end of recruitment", reason=FOLLOWS, count=1),
    headline=("!site", "!other"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "ACTIVE_NOT_RECRUITING")
    sites(old)[0]["contacts"], sites(new)[0]["contacts"] = [dict(PERSON), INVESTIGATOR], [INVESTIGATOR]


@case(
    "recruitment ends: other contacts in place of the old are news",
    told("overall-status", "major"),
    told("locations", "minor", "Contacts changed at", count=1),
)
def _(old, new):
    turn(old, new, "RECRUITING", "ACTIVE_NOT_RECRUITING")
    sites(old)[0]["contacts"], sites(new)[0]["contacts"] = [dict(PERSON)], [INVESTIGATOR]


@case(
    "stopped before it began: contacts go, and nothing ended",
    told("overall-status", "critical"),
    told("why-stopped", "critical"),
    told("locations", "minor", ("Site contacts removed before recruitment began", "!statuses", "!end of")),
    headline=("Suspended: Sold", "!site", "!other"),
)
def _(old, new):
    turn(old, new, "NOT_YET_RECRUITING", "SUSPENDED", "Sold")
    for record in (old, new):
        for one in sites(record):
            one.pop("status", None)
    del sites(new)[2]["contacts"]


@case(
    "central contacts come with the opening",
    told("overall-status", "major"),
    told("central-contacts", "minor", "Central contacts added", reason=FOLLOWS),
    headline=("!contacts", "!other"),
)
def _(old, new):
    turn(old, new, "NOT_YET_RECRUITING", "RECRUITING")
    del contacts(old)["centralContacts"]


@case(
    "central contacts go with the end of recruitment",
    told("overall-status", "major"),
    told("central-contacts", "minor", "Central contacts removed", reason=FOLLOWS),
    headline=("!contacts", "!other"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "ACTIVE_NOT_RECRUITING")
    del contacts(new)["centralContacts"]


@case(
    "central contacts go by themselves",
    told("central-contacts", "minor", reason="detail"),
    headline="contacts",
)
def _(old, new):
    del contacts(new)["centralContacts"]


@case(
    "a site's status by itself is said in the middle of a sentence",
    told("locations", "minor", "Site stopped enrolling, recruiting → active, not recruiting: Harbour Clinic"),
)
def _(old, new):
    sites(new)[5]["status"] = "ACTIVE_NOT_RECRUITING"
