"""The scripted days, as data: what the registry publishes on each, and one sentence about it for people.

Days and edits are the project's own. That NCT07146087 is suspended on the third of them, and why, is part of
the script and no statement about the study.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from monitor.demo.archive import Edit, Seed
from monitor.demo.compose import outcome, site
from monitor.demo.records import NEWCOMER, SEEDS
from monitor.demo.results import DOCUMENTS, RESULTS
from monitor.demo.taken_over import TAKE_OVER

POLL_TIME = time(9, 20, tzinfo=UTC)

BY_QUERY = frozenset(
    {"NCT99000101", "NCT99000769"}
)  # held by the demo's query watch, named by none of its ids

DISCLAIMER = (
    "The days, the edits and all ids from NCT99000000 on are invented for this demo. NCT07146087, NCT01730547"
    " and NCT02403947 exist, but what is said of them here is abridged, and NCT07146087's suspension and its"
    " reason are scripted. Nothing below is news."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    date: date  # a working day: the registry has no builds at weekends
    sentence: str  # what happens, as a person would say it
    expect: str  # what comes of it in Slack
    tells: tuple[str, ...] = ()  # the trials that an alert is due about
    edits: tuple[Edit, ...] = ()
    new: tuple[Seed, ...] = ()

    @property
    def polled_at(self) -> datetime:
        return datetime.combine(self.date, POLL_TIME)


DAYS: tuple[Day, ...] = (
    Day(
        date=date(2026, 11, 16),
        sentence="trialbell meets its three watches for the first time",
        expect="A baseline: every record is stored, and nobody is told.",
        new=SEEDS,
    ),
    Day(
        date=date(2026, 11, 17),
        sentence="A site's name gets its accent, and the registry redraws its own keywords",
        expect="Noise: a quiet version is stored, and nobody is told.",
        edits=(
            Edit(
                trial="NCT99000434",
                submitted="2026-11-13",
                put={
                    "contactsLocationsModule.locations.0.city": "Málaga",
                    "contactsLocationsModule.locations.0.geoPoint": {"lat": 36.72, "lon": -4.42},
                },
            ),
            Edit(trial="NCT99000434", submitted=None, drop=("conditionBrowseModule.ancestors",)),
        ),
    ),
    Day(
        date=date(2026, 11, 18),
        sentence="Biocells Medical suspends recruitment",
        expect="A critical alert: the status change with the reason beside it.",
        tells=("NCT07146087",),
        edits=(
            Edit(
                trial="NCT07146087",
                submitted="2026-11-16",
                put={
                    "statusModule.overallStatus": "SUSPENDED",
                    "statusModule.whyStopped": "On hold for a protocol amendment (scripted)",
                },
                drop=("contactsLocationsModule.locations.0.status",),
            ),
        ),
    ),
    Day(
        date=date(2026, 11, 19),
        sentence=(
            "Halden Dermatologics posts the results of a completed trial, with protocol and analysis plan"
        ),
        expect="A critical alert: results are posted.",
        tells=("NCT99000215",),
        edits=(
            Edit(
                trial="NCT99000215",
                submitted="2026-11-17",
                put={
                    "statusModule.resultsFirstSubmitDate": "2026-10-26",
                    "statusModule.resultsFirstSubmitQcDate": "2026-11-17",
                    "statusModule.resultsFirstPostDateStruct": {"date": "2026-11-19", "type": "ACTUAL"},
                    "resultsSection": RESULTS,
                    "documentSection": DOCUMENTS,
                },
            ),
        ),
    ),
    Day(
        date=date(2026, 11, 20),
        sentence="Calder Oncology puts off completion in two submissions, and the second cuts enrolment",
        expect="Two major alerts: one that tells both steps, and one that time makes: results that appear overdue.",
        tells=("NCT99000328", "NCT99000653"),
        edits=(
            Edit(
                trial="NCT99000328",
                submitted="2026-11-17",
                put={
                    "statusModule.primaryCompletionDateStruct": {"date": "2027-08-31", "type": "ESTIMATED"},
                    "statusModule.completionDateStruct": {"date": "2028-02-29", "type": "ESTIMATED"},
                },
            ),
            Edit(
                trial="NCT99000328",
                submitted="2026-11-18",
                put={
                    "statusModule.primaryCompletionDateStruct": {"date": "2027-10-29", "type": "ESTIMATED"},
                    "statusModule.completionDateStruct": {"date": "2028-04-28", "type": "ESTIMATED"},
                    "designModule.enrollmentInfo": {"count": 186, "type": "ESTIMATED"},
                },
            ),
        ),
    ),
    Day(
        date=date(2026, 11, 23),
        sentence=(
            "Norrhavn Therapeutics rewords a primary outcome of a running trial, and a new trial begins to"
            " match the query watch"
        ),
        expect="Two major alerts: the outcome before and after, and the newcomer.",
        tells=("NCT99000101", "NCT99000769"),
        edits=(
            Edit(
                trial="NCT99000101",
                submitted="2026-11-19",
                put={
                    "outcomesModule.primaryOutcomes.0": outcome(
                        "Time to 24-week confirmed disability progression on the EDSS or the timed 25-foot"
                        " walk",
                        "Up to 120 weeks",
                        "Days from the first dose to an increase of the EDSS score or of the walking time by"
                        " 20 %, whichever comes first, that is confirmed 24 weeks later.",
                    )
                },
            ),
        ),
        new=(NEWCOMER,),
    ),
    Day(
        date=date(2026, 11, 24),
        sentence=(
            "Biocells Medical recruits again; Tessel Vaccines opens sites in Poland and Spain and goes to Portugal,"
            " and one German site withdraws"
        ),
        expect=(
            "A critical alert, as a reply below the first one and in the channel: back after so many days. A major"
            " one: the sites by country, with the new country and the loss named."
        ),
        tells=("NCT07146087", "NCT99000547"),
        edits=(
            Edit(
                trial="NCT07146087",
                submitted="2026-11-20",
                put={
                    "statusModule.overallStatus": "RECRUITING",
                    "contactsLocationsModule.locations.0.status": "RECRUITING",
                },
                drop=("statusModule.whyStopped",),
            ),
            Edit(
                trial="NCT99000547",
                submitted="2026-11-20",
                put={
                    "contactsLocationsModule.locations.1.status": "RECRUITING",
                    "contactsLocationsModule.locations.2.status": "WITHDRAWN",
                },
                add={
                    "contactsLocationsModule.locations": (
                        site(
                            "Poradnia Brzask", "Poznan", "Poland", (52.40692, 16.92993), status="RECRUITING"
                        ),
                        site(
                            "Szpital Dzieciecy Kalina",
                            "Lodz",
                            "Poland",
                            (51.77058, 19.47395),
                            status="RECRUITING",
                        ),
                        site(
                            "Centro de Salud Olivar",
                            "Valencia",
                            "Spain",
                            (39.47391, -0.37966),
                            status="RECRUITING",
                        ),
                        site(
                            "Policlinica Marbrisa",
                            "Bilbao",
                            "Spain",
                            (43.26271, -2.92528),
                            status="RECRUITING",
                        ),
                        site(
                            "Clinica da Ribeira",
                            "Porto",
                            "Portugal",
                            (41.14961, -8.61099),
                            status="RECRUITING",
                        ),
                        site(
                            "Casa da Infancia",
                            "Lisbon",
                            "Portugal",
                            (38.71667, -9.13333),
                            status="RECRUITING",
                        ),
                    )
                },
            ),
            Edit(
                trial="NCT99000547",
                submitted=None,
                put={
                    "conditionBrowseModule.ancestors": [{"id": "D018186", "term": "Pneumovirus Infections"}]
                },
            ),
        ),
    ),
    Day(
        date=date(2026, 11, 25),
        sentence="Astrel Pharma takes over Lundmark Biosciences, and seven records change in one build",
        expect="One summary instead of seven alerts, the weightiest first; what changed in each is in its thread.",
        tells=tuple(edit.trial for edit in TAKE_OVER),
        edits=TAKE_OVER,
    ),
    Day(
        date=date(2026, 11, 27),
        sentence="Tessel Vaccines plans for a few participants more, and adds a keyword",
        expect="One minor alert for both changes: a reply in the thread alone, that rings in nobody's channel.",
        tells=("NCT99000547",),
        edits=(
            Edit(
                trial="NCT99000547",
                submitted="2026-11-24",
                put={
                    "designModule.enrollmentInfo": {"count": 5420, "type": "ESTIMATED"},
                    "conditionsModule.keywords": ["respiratory syncytial virus"],
                },
            ),
        ),
    ),
)


def trials() -> tuple[str, ...]:
    """All ids of the script, in the order of their publication."""
    return tuple(
        seed.record["protocolSection"]["identificationModule"]["nctId"] for day in DAYS for seed in day.new
    )
