"""What the bench asks every address of the browser for, and what each may take.

A page is named by its address (`monitor.web.rooms`), and behind a colon by what it is asked; arguments vary.
`tests/test_bench.py` sees to it that every address is here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from urllib.parse import quote

from sqlite_utils import Database

from monitor.database import open_for_reading

LIMIT, SEARCH, MEGABYTE = (
    0.050,
    0.080,
    0.300,
)  # seconds at p99: a page, a search, what is about records of 1 MB
BIG = "NCT99999998"  # has three versions of more than 1 MB
DAY = "2026-01-15"
WORDS = (
    "cancer",
    "pain",
    "exosomes",
    "randomized children",
    "placebo",
    "covid",
    "stem cells",
    "quality of life",
)
SLUGS = (
    "enrollment",
    "overall-status",
    "primary-completion-date",
    "conditions",
    "official-title",
    "lead-sponsor",
)
COUNTRIES = ("Poland", "United States", "Germany", "Japan")
STATUSES = ("recruiting", "completed", "suspended", "terminated")
ALL, THOUSAND = "/watches/all", "/watches/a%20thousand"


class Known:
    """What there is to ask for."""

    def __init__(self, path: Path) -> None:
        with closing(open_for_reading(path)) as db:
            self.trials = [row[0] for row in db.execute("select trial from trial where trial < 'NCT999'")]
            self.events = _most(db, "sequence", "event")
            self.entries = _most(db, "entry", "ledger")
            self.deliveries = _most(db, "id", "delivery")


def _most(db: Database, column: str, name: str) -> int:
    found: int = db.execute(f"select max({column}) from {name}").fetchone()[0]
    return found


Made = Callable[[Random, Known], str]


def _as(path: str) -> Made:
    return lambda random, known: path


def _one(*paths: str) -> Made:
    return lambda random, known: random.choice(paths)


def _trial(rest: str = "") -> Made:
    return lambda random, known: f"/trials/ctgov/{random.choice(known.trials)}{rest}"


def _version(rest: str = "") -> Made:
    return lambda random, known: _trial(f"/versions/{random.randrange(1, 9)}{rest}")(random, known)


def _compare(rest: str = "") -> Made:
    def made(random: Random, known: Known) -> str:
        older, newer = sorted(random.sample(range(1, 9), 2))
        return _trial(f"/compare/{older}...{newer}{rest}")(random, known)

    return made


def _chosen_pair(random: Random, known: Known) -> str:
    older, newer = sorted(random.sample(range(1, 9), 2))
    return _trial(f"/compare?a={older}&b={newer}")(random, known)


def _two(rest: str = "") -> Made:
    def made(random: Random, known: Known) -> str:
        one, other = random.sample(known.trials, 2)
        return f"/compare/ctgov/{one}@{random.randrange(1, 9)}...{other}@{random.randrange(1, 9)}{rest}"

    return made


def _form(random: Random, known: Known) -> str:
    one, other = random.sample(known.trials, 2)
    return f"/compare?a={one}&a_at=3&b={other}"


def _field(*slugs: str, end: str = "") -> Made:
    return lambda random, known: _trial(f"/field/{random.choice(slugs)}{end}")(random, known)


def _search(rest: str = "", *, end: str = "") -> Made:
    return lambda random, known: f"/search{end}?q={quote(random.choice(WORDS))}{rest}"


def _today(query: str, newest: int = 1_000_000_000) -> Made:
    """With the number of an event put in: one of the newest so many, and of the newer half."""
    return lambda random, known: (
        f"/?{query.format(random.randrange(max(known.events // 2, known.events - newest), known.events))}"
    )


def _held(path: str) -> Made:
    return lambda random, known: path + random.choice(known.trials)


PAGES: dict[str, Made] = {
    "today": _as("/"),
    "today: new since": _today("since={}", newest=2_000),
    "today: new since a day": _one("/?since=2026-01-20", "/?since=2025-12-20"),
    "today: severity": _one("/?severity=critical", "/?severity=noise"),
    "today: tag": _one("/?tag=stopped", "/?tag=results", "/?tag=compliance"),
    "today: field": _one("/?field=locations", "/?field=enrollment"),
    "today: watch": _one("/?watch=all", "/?watch=a+thousand&tag=timeline"),
    "today: country": lambda random, known: f"/?country={quote(random.choice(COUNTRIES))}",
    "today: status": lambda random, known: f"/?status={random.choice(STATUSES)}",
    "today: rare in all": _one(
        "/?country=Malta&status=suspended&tag=stopped", "/?watch=a+thousand&severity=critical&country=Japan"
    ),
    "today: trial": _held("/?trial="),
    "today: older": _today("before={}"),
    "today: JSON": _one("/today.json", "/today.json?since=600000"),
    "today: CSV": _as("/today.csv"),
    "event": lambda random, known: f"/events/{random.randrange(1, known.events)}",
    "event: JSON": lambda random, known: f"/events/{random.randrange(1, known.events)}.json",
    "search": _search(),
    "search: later pages": lambda random, known: _search(f"&page={random.randrange(2, 11)}")(random, known),
    "search: filtered": lambda random, known: _search(
        random.choice(("&status=recruiting", "&country=Poland", "&phase=2&sponsor=uni", "&watch=all"))
    )(random, known),
    "search: as of a day": _search(f"&as_of={DAY}"),
    "search: as of a day, later pages": lambda random, known: _search(
        f"&as_of={DAY}&page={random.randrange(2, 11)}"
    )(random, known),
    "search: as of a day, filtered": _search(f"&as_of={DAY}&status=recruiting&country=Poland"),
    "search: changes": _search("&in=changes"),
    "search: changes, later pages": lambda random, known: _search(
        f"&in=changes&page={random.randrange(2, 11)}"
    )(random, known),
    "search: JSON": _search(end=".json"),
    "trials": _held("/trials?after="),
    "trials: filtered": lambda random, known: (
        f"/trials?status={random.choice(STATUSES)}&phase=2&after={random.choice(known.trials)}"
    ),
    "trials: of a watch": _one("/trials?watch=all", "/trials?watch=a+thousand&status=suspended"),
    "trials: JSON": _held("/trials.json?after="),
    "trial": _trial(),
    "trial: JSON": _trial(".json"),
    "trial: CSV": _trial(".csv"),
    "version": _version(),
    "version: JSON": _version(".json"),
    "chosen_day": _trial(f"/on?day={DAY}"),
    "as_of": _trial(f"/on/{DAY}"),
    "evidence": _version("/evidence"),
    "version_bundle": _version("/bundle.zip"),
    "compare_bundle": _compare("/bundle.zip"),
    "related": _trial("/related"),
    "ledger": _as("/ledger"),
    "ledger: older": lambda random, known: f"/ledger?from={random.randrange(1, known.entries)}",
    "ledger: JSON": _as("/ledger.json"),
    "chosen_pair": _chosen_pair,
    "compare": _compare(),
    "compare: unified": _compare("?view=unified"),
    "compare: all": _compare("?show=all"),
    "compare: all, unified": _compare("?show=all&view=unified"),
    "compare: JSON": _compare(".json"),
    "compare_trials": _form,
    "two_trials": _two(),
    "two_trials: all": _two("?show=all"),
    "two_trials: JSON": _two(".json"),
    "changed_fields": _trial("/field"),
    "field: one value": _field(*SLUGS),
    "field: outcomes": _field("primary-outcomes", "secondary-outcomes"),
    "field: criteria": _field("eligibility-criteria"),
    "field: sites": _field("locations"),
    "field: arms": _field("arms", "interventions"),
    "field: JSON": _field("enrollment", "primary-outcomes", end=".json"),
    "deliveries": _as("/deliveries"),
    "deliveries: state": _one(
        "/deliveries?state=waiting", "/deliveries?state=sent", "/deliveries?state=failed"
    ),
    "deliveries: dropped": _as("/deliveries?state=dropped"),
    "deliveries: notices": _one("/deliveries?of=notices", "/deliveries?of=notices&state=failed"),
    "deliveries: notifier": _as("/deliveries?notifier=team&state=failed"),
    "deliveries: trial": _held("/deliveries?trial="),
    "deliveries: older": lambda random, known: f"/deliveries?before={random.randrange(1, known.deliveries)}",
    "deliveries: JSON": _as("/deliveries.json"),
    "sites_of_trial": _trial("/sites"),
    "sites_of_trial: JSON": _trial("/sites.json"),
    "sites_of_watch": _one(f"{ALL}/sites", f"{THOUSAND}/sites"),
    "sites_of_watch: country": _one(f"{ALL}/sites?country=Poland", f"{THOUSAND}/sites?country=us"),
    "watches": _as("/watches"),
    "watch: all": _as(ALL),
    "watch: all, status": lambda random, known: f"{ALL}?status={random.choice(STATUSES).upper()}",
    "watch: all, further": _held(f"{ALL}?after="),
    "watch: a thousand": _one(THOUSAND, f"{THOUSAND}?status=SUSPENDED"),
    "watch: JSON": _one(f"{ALL}.json", f"{THOUSAND}.json"),
    "watch: CSV": _one(f"{ALL}.csv", f"{THOUSAND}.csv"),
    "feed": _one("/feed.atom", "/feed.json"),
    "feed: filtered": _one(
        "/feed.atom?min_severity=critical", "/feed.atom?tag=stopped", "/feed.atom?field=results"
    ),
    "feed_of_watch": _one(f"{ALL}/feed.atom", f"{THOUSAND}/feed.json"),
    "feed_of_trial": _trial("/feed.atom"),
    "calendar_of_watch": _as(f"{THOUSAND}/calendar.ics"),
    "calendar_of_trial": _trial("/calendar.ics"),
    "health": _as("/health"),
    "health: JSON": _as("/health.json"),
    "state": _as("/state"),
    "healthz": _as("/healthz"),
    "readyz": _as("/readyz"),
    "metrics": _as("/metrics"),
    "api": _as("/api"),
    "api: JSON": _as("/api.json"),
    "openapi": _as("/openapi.json"),
    "trial_by_id": _held("/trials/"),
    "study_by_id": _held("/study/"),
    "by_id": _held("/"),
}
MAY_FAIL = frozenset({"healthz", "readyz"})  # which say that nobody polls here

_AT = f"/trials/ctgov/{BIG}"
MEGABYTES: dict[str, Made] = {
    "compare": _as(f"{_AT}/compare/1...2"),
    "compare: unified": _as(f"{_AT}/compare/1...2?view=unified"),
    "compare: a tenth edited": _as(f"{_AT}/compare/2...3"),
    "compare: all, a tenth edited": _as(f"{_AT}/compare/2...3?show=all"),
    "compare: all, unified, a tenth edited": _as(f"{_AT}/compare/2...3?show=all&view=unified"),
    "compare: JSON": _as(f"{_AT}/compare/2...3.json"),
    "compare_bundle": _as(f"{_AT}/compare/2...3/bundle.zip"),
    "two_trials": lambda random, known: f"/compare/ctgov/{BIG}@3...{random.choice(known.trials)}@1",
    "trial": _as(_AT),
    "version": _as(f"{_AT}/versions/3"),
    "as_of": _as(f"{_AT}/on/2026-11-23"),
    "related": _as(f"{_AT}/related"),
    "field: outcomes": _as(f"{_AT}/field/secondary-outcomes"),
    "field: criteria": _as(f"{_AT}/field/eligibility-criteria"),
    "field: sites": _as(f"{_AT}/field/locations"),
    "sites_of_trial": _as(f"{_AT}/sites"),
    "evidence": _as(f"{_AT}/versions/3/evidence"),
    "version_bundle": _as(f"{_AT}/versions/3/bundle.zip"),
    "feed_of_trial": _as(f"{_AT}/feed.atom"),
}


def address_of(page: str) -> str:
    """Its address's name."""
    return page.partition(":")[0]


def limit_of(page: str) -> float:
    return SEARCH if address_of(page) == "search" else LIMIT
