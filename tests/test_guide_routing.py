"""docs/guide/routing.md: every set of routes in it is read, and what happens goes where the page says."""

from __future__ import annotations

import copy
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.small_records import small_record

from monitor.alerting.router import Router
from monitor.alerting.subject import Given
from monitor.config import read
from snapshots.changes import compare
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.event import Event, EventKind, changed_event
from snapshots.facts import facts

PAGE = (Path(__file__).parents[1] / "docs" / "guide" / "routing.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)+)", PAGE, re.MULTILINE))
EXAMPLES = [
    (heading, toml, what, who)
    for heading, body in SECTIONS.items()
    for toml in re.findall(r"```toml\n(.*?)```", body, re.DOTALL)
    for what, who in re.findall(r"^\| (?!what happens|---)(.+?) \| (.+?) \|$", body, re.MULTILINE)
]
COMMANDS = [shlex.split(line)[1:] for line in re.findall(r"^trialbell .+$", PAGE, re.MULTILINE)]
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
REF = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
Record = dict[str, Any]
Edit = Callable[[Record], None]


def record(
    *,
    sponsor: str = "A Hospital",
    status: str = "RECRUITING",
    phases: tuple[str, ...] = ("PHASE2", "PHASE3"),
    countries: tuple[str, ...] = ("Spain",),
) -> Record:
    new = small_record("NCT07146087", status=status)
    protocol = new["protocolSection"]
    protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = sponsor
    protocol["designModule"]["phases"] = list(phases)
    protocol["statusModule"] |= {
        "startDateStruct": {"date": "2026-01-01", "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": "2027-06-01", "type": "ESTIMATED"},
    }
    protocol["contactsLocationsModule"]["locations"] = [
        {
            "facility": f"Hospital of {country}",
            "city": "A City",
            "country": country,
            "status": "NOT_YET_RECRUITING",
        }
        for country in countries
    ]
    protocol["outcomesModule"] = {
        "primaryOutcomes": [{"measure": "Relapse rate", "timeFrame": "2 years"}],
        "secondaryOutcomes": [{"measure": "Walking speed over ten metres", "timeFrame": "1 year"}],
    }
    protocol["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Adults with multiple sclerosis"
    }
    return new


def event(edit: Edit, **of: Any) -> tuple[Event, Given]:
    old = record(**of)
    new = copy.deepcopy(old)
    edit(new)
    changes = compare(old, new, registry="ctgov", from_=REF, to=REF, past=())
    read_ = facts(new)
    made = changed_event(
        changes,
        at=NOW,
        url=None,
        watches=("w",),
        sponsor=read_.sponsor,
        phase=read_.phase,
        status=read_.status,
    )
    return made, Given(countries=read_.countries)


def happened(
    kind: EventKind, severity: Severity, *tags: str, detail: str | None = None, **of: Any
) -> tuple[Event, Given]:
    plain, subject = event(lambda new: None, **of)
    return replace(plain, kind=kind, severity=severity, tags=tags, detail=detail, changes=()), subject


def put(path: str, value: Any) -> Edit:
    def edit(new: Record) -> None:
        node: Any = new
        *most, last = path.split(".")
        for key in most:
            node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
        node[int(last) if isinstance(node, list) else last] = value

    return edit


def together(*edits: Edit) -> Edit:
    def edit(new: Record) -> None:
        for one in edits:
            one(new)

    return edit


P = "protocolSection."
SITES = P + "contactsLocationsModule.locations"
SUSPENDED = put(P + "statusModule.overallStatus", "SUSPENDED")
SLIPPED = put(P + "statusModule.primaryCompletionDateStruct.date", "2027-07-31")
POSTED = together(
    put("hasResults", True),
    put("resultsSection", {"participantFlowModule": {"preAssignmentDetails": "None."}}),
    put(P + "statusModule.resultsFirstPostDateStruct", {"date": "2026-11-20", "type": "ACTUAL"}),
)
LINKED = put(
    P + "referencesModule.references", [{"pmid": "25989179", "type": "DERIVED", "citation": "A paper. 2026."}]
)
PROTOCOL = put(
    "documentSection.largeDocumentModule.largeDocs",
    [
        {
            "typeAbbrev": "Prot",
            "hasProtocol": True,
            "label": "Study Protocol",
            "date": "2026-01-01",
            "filename": "p.pdf",
        }
    ],
)
CRITERIA = put(P + "eligibilityModule.eligibilityCriteria", "Inclusion Criteria:\n\n* Children with epilepsy")
REPLACED = put(P + "outcomesModule.primaryOutcomes.0", {"measure": "Blood pressure", "timeFrame": "6 weeks"})
REWORDED = put(P + "outcomesModule.secondaryOutcomes.0.measure", "Walking speed over ten metres, timed")
WITHDRAWN = put(
    "derivedSection.miscInfoModule.submissionTracking.submissionInfos",
    [{"releaseDate": "2026-10-01", "unreleaseDate": "2026-10-20"}],
)
RECRUITS = put(SITES + ".0.status", "RECRUITING")
POLAND = {"countries": ("Poland", "Spain")}

HAPPENINGS: dict[str, Callable[[], tuple[Event, Given]]] = {
    "a trial is suspended": lambda: event(SUSPENDED),
    "results are posted": lambda: event(POSTED),
    "the primary completion of a Novartis trial slips by 60 days": lambda: event(
        SLIPPED, sponsor="Novartis Pharmaceuticals"
    ),
    "the primary completion of a hospital's trial slips by 60 days": lambda: event(SLIPPED),
    "a publication is linked": lambda: event(LINKED),
    "a protocol is added": lambda: event(PROTOCOL),
    "a trial in phase 2/3 begins to match a watch": lambda: happened(
        EventKind.ENTERED, Severity.MAJOR, "watch"
    ),
    "a trial in phase 1 begins to match a watch": lambda: happened(
        EventKind.ENTERED, Severity.MAJOR, "watch", phases=("PHASE1",)
    ),
    "a primary outcome of a trial in phase 2/3 is replaced": lambda: event(REPLACED),
    "a secondary outcome is reworded": lambda: event(REWORDED),
    "a site in Spain begins to recruit": lambda: event(RECRUITS, countries=("Spain", "Poland")),
    "a site in Poland begins to recruit": lambda: event(RECRUITS, **POLAND),
    "a trial with a site in Poland is suspended": lambda: event(SUSPENDED, **POLAND),
    "the criteria of a recruiting trial with a site in Poland change": lambda: event(CRITERIA, **POLAND),
    "the criteria of a completed trial with a site in Poland change": lambda: event(
        CRITERIA, status="COMPLETED", **POLAND
    ),
    "results appear overdue": lambda: happened(
        EventKind.DEADLINE, Severity.MAJOR, "results", "compliance", detail="results-overdue"
    ),
    "submitted results are withdrawn": lambda: event(WITHDRAWN),
    "a record is gone from the registry": lambda: happened(EventKind.GONE, Severity.CRITICAL, "integrity"),
}


def notifiers(toml: str) -> str:
    names = dict.fromkeys(
        name for to in re.findall(r"^to = (\[.+\])$", toml, re.MULTILINE) for name in json.loads(to)
    )
    return "".join(f'[notifiers.{name}]\ntype = "jsonl"\npath = "{name}.jsonl"\n' for name in names)


def told(router: Router, one: Event, subject: Given) -> str:
    urgent = router.effective(one).severity is Severity.CRITICAL
    sent = []
    for decision in router.of_subject(one, subject):
        if decision.send:
            _, digest = router.when(decision, urgent=urgent, now=NOW)
            sent.append(f"`{decision.notifier}`, {'at once' if digest is None else 'in the digest'}")
    return "; ".join(sent) or "nobody"


def test_every_set_of_routes_is_tried() -> None:
    assert PAGE.count("```toml") == len({toml for _, toml, _, _ in EXAMPLES}) == 6
    assert {what for _, _, what, _ in EXAMPLES} == set(HAPPENINGS)
    assert len(EXAMPLES) == PAGE.count("\n| ") - PAGE.count("\n| what happens")


@pytest.mark.parametrize(
    ("heading", "toml", "what", "who"), EXAMPLES, ids=[f"{one[0]}: {one[2]}" for one in EXAMPLES]
)
def test_it_goes_where_the_page_says(heading: str, toml: str, what: str, who: str) -> None:
    router = Router(read(notifiers(toml) + toml, Path("config.toml")))
    one, subject = HAPPENINGS[what]()
    assert one.severity is not Severity.NOISE
    assert told(router, one, subject) == who


def test_results_on_mondays_too() -> None:
    assert 'has-results = "major"' in SECTIONS["Reviewers: results and publications"]
    toml = re.findall(r"```toml\n(.*?)```", SECTIONS["Reviewers: results and publications"], re.DOTALL)[0]
    config = read(f'{notifiers(toml)}{toml}[severity]\nhas-results = "major"\n', Path("config.toml"))
    assert told(Router(config), *HAPPENINGS["results are posted"]()) == "`review`, in the digest"


def test_the_commands_are_as_they_would_be_typed(terminal: Any) -> None:
    assert len(COMMANDS) == 4
    old = record()
    new = copy.deepcopy(old)
    SUSPENDED(new)
    toml = EXAMPLES[0][1]
    with LoopbackRegistry([old], day="2026-11-20") as registry:
        terminal.write(
            "config.toml",
            f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "MSC exosomes"\nids = ["NCT07146087"]\n{notifiers(toml)}{toml}',
        )
        terminal.write("old.json", json.dumps(old))
        terminal.write("new.json", json.dumps(new))
        assert terminal.run("check").code == 0
        registry.publish(date(2026, 11, 23), [new])
        assert terminal.run("check").code == 0
    for command in COMMANDS:
        ran = terminal.run(*command)
        assert (ran.code, "desk" in ran.out) == (0, True), ran.err
