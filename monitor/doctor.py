"""What can go wrong with a set-up, looked at one thing after another: each finding is one line, good or not.

Asks the registry and the channels; sends nothing, and writes only what the deep check found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import packages_distributions
from pathlib import Path

from sqlite_utils import Database

from monitor.config import Config, ConfigError

CLOCK_MAY_DIFFER = timedelta(minutes=2)
_EXPOSED = "every user of this machine may read its secret: `{file}`; `chmod o-r` keeps them out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    room: str  # config, packages, registry, database, pages, notifier NAME, clock
    good: bool | None  # None: no matter by itself
    text: str


def examine(
    config: Config, *, database: Path, environ: Mapping[str, str], now: Callable[[], datetime]
) -> Iterator[Finding]:
    """Every finding, as soon as it is found. For the database in depth see `database_in_depth`."""
    counted = (("watch", config.watches), ("notifier", config.notifiers), ("route", config.routes))
    watching = ", ".join(
        f"{len(them)} {word}{'' if len(them) == 1 else 'es' if word == 'watch' else 's'}"
        for word, them in counted
    )
    yield Finding(room="config", good=True, text=f"{config.file}: {watching}")
    for note in config.notes:
        yield Finding(room="config", good=True, text=note.text)
    yield from _packages()
    answers = False
    for finding in _registry(config, now):
        answers = answers or (finding.room == "registry" and finding.good is True)
        yield finding
    if answers:
        yield from _queries(config)
    yield from _database(database)
    yield from _pages(config, environ)
    for name in config.notifiers:
        yield from _notifier(config, name, environ)
    yield from _deliveries(database, config, now())
    yield from _operator(config, environ)


def _packages() -> Iterator[Finding]:
    """An unrelated distribution brings a package of the same name: whichever came last would have won."""
    owners = packages_distributions()
    for package in ("monitor", "snapshots", "notifiers"):
        names = sorted(set(owners.get(package, ())))
        if len(names) > 1:
            yield Finding(
                room="packages",
                good=False,
                text=f"the package `{package}` is brought by {' and '.join(names)}: install trialbell by itself"
                " (`uv tool install`, `pipx`)",
            )


def _registry(config: Config, now: Callable[[], datetime]) -> Iterator[Finding]:
    from monitor.registries.ctgov_probe import combinations, probe

    settings = config.registries.ctgov
    passed_as_set = False
    found = probe(settings.url, combinations(settings.user_agent))
    for position, one in enumerate(found):
        as_set = one.tls == settings.tls and position < 2
        passed_as_set = passed_as_set or (as_set and one.passed)
        mark = " (as configured)" if as_set else ""
        yield Finding(
            room="registry",
            good=one.passed if as_set else True if one.passed else None,
            text=f'{settings.url} with user_agent = "{one.user_agent}", tls = "{one.tls}"{mark}: {one.note}',
        )
    others = [one for one in found if one.passed]
    if not passed_as_set and others:
        yield Finding(
            room="registry",
            good=False,
            text=f'set `user_agent = "{others[0].user_agent}"` and `tls = "{others[0].tls}"` in [registries.ctgov]',
        )
    yield from _clock([one.date for one in others if one.date is not None], now())


def _queries(config: Config) -> Iterator[Finding]:
    """Whether the registry understands each query that is watched, and how many match: one request each."""
    from monitor.assembly import registry_of
    from monitor.registries.base import BadQuestion, RegistryError

    watched = [one for one in config.watches if one.query is not None]
    if not watched:
        return
    registry = registry_of(config, "ctgov")
    try:
        for watch in watched:
            room = f"watch {watch.name}"
            try:
                matches = registry.count(watch.query or {})
            except BadQuestion as error:
                yield Finding(room=room, good=False, text=str(error))
            except RegistryError as error:
                yield Finding(room=room, good=None, text=f"its query was not tried: {error}")
                return
            else:
                some = f"{matches:,} {'trial matches' if matches == 1 else 'trials match'} now"
                yield Finding(
                    room=room, good=True if matches else None, text=some if matches else "nothing matches now"
                )
    finally:
        getattr(registry, "close", lambda: None)()


def _clock(dates: list[datetime], now: datetime) -> Iterator[Finding]:
    """Our clock against the registry's: alerts carry our times."""
    if not dates:
        return
    off = now - max(dates)
    good = abs(off) <= CLOCK_MAY_DIFFER
    text = (
        "agrees with the registry's"
        if good
        else f"differs from the registry's by {off}: set this machine's clock"
    )
    yield Finding(room="clock", good=good, text=text)


def _database(database: Path) -> Iterator[Finding]:
    from monitor.database import open_for_reading
    from monitor.diagnosis import read_by_older
    from monitor.lease import holder
    from monitor.soundness import at_a_glance
    from snapshots.errors import SnapshotsError
    from snapshots.query import Reader

    if not database.exists():
        yield Finding(room="database", good=True, text=f"{database}: none yet, the first poll makes it")
        return
    try:
        db = open_for_reading(database)
    except SnapshotsError as error:
        yield Finding(room="database", good=False, text=str(error))
        return
    try:
        for good, text in at_a_glance(db):
            yield Finding(
                room="database", good=good, text=text if "ledger" in text else f"{database}: {text}"
            )
        if older := read_by_older(Reader(db).outdated()):
            yield Finding(room="database", good=None, text=older)
    finally:
        db.close()
    poller = holder(database)
    yield Finding(
        room="database", good=True, text=f"lease: {poller}" if poller else "lease: free, nothing polls"
    )


def database_in_depth(
    database: Path, progress: Callable[[str], object], now: Callable[[], datetime]
) -> Iterator[Finding]:
    """Every version held against its hash, and nothing else looked at. The file must be there.

    What it found is noted in the database, where it can be written.
    """
    from monitor.database import open_for_reading
    from monitor.soundness import in_depth

    problems: list[str] = []
    db = open_for_reading(database)
    try:
        begun, versions = _begun(db)
        for good, text in in_depth(db, progress):
            if good is False:
                problems.append(text)
            yield Finding(room="database", good=good, text=text)
    finally:
        db.close()
    yield from _noted(database, begun, problems, versions=versions, at=now())


def _begun(db: Database) -> tuple[tuple[int, bytes | None], int]:
    from snapshots import deep_check

    try:
        return deep_check.begun(db), db.execute("select count(*) from version").fetchone()[0]
    except sqlite3.DatabaseError:  # pages that make no sense: what is found says so
        return (0, None), 0


def _noted(
    database: Path, begun: tuple[int, bytes | None], problems: list[str], *, versions: int, at: datetime
) -> Iterator[Finding]:
    """For the page of the ledger. A copy that cannot be written is checked all the same."""
    from monitor.database import open_for_writing
    from snapshots import deep_check
    from snapshots.database import immediate
    from snapshots.errors import SnapshotsError

    try:
        db = open_for_writing(database)
    except SnapshotsError as error:
        yield Finding(room="database", good=None, text=f"the result was not noted: {error}")
        return
    try:
        with immediate(db):
            deep_check.note(db, begun, problems, versions=versions, at=at)
    except (SnapshotsError, sqlite3.DatabaseError) as error:
        yield Finding(room="database", good=None, text=f"the result was not noted: {error}")
    finally:
        db.close()


def _pages(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Who may read and act on the pages."""
    from monitor.config.secrets import is_exposed, web_files
    from monitor.web.access.configured import access_of, described

    try:
        access = access_of(config, None, environ)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding(room="pages", good=False, text=problem.text)
        return
    for good, text in described(config.web, access):
        yield Finding(room="pages", good=good, text=text)
    for file in web_files(config, environ):
        if is_exposed(file):
            yield Finding(room="pages", good=None, text=_EXPOSED.format(file=file))


def _notifier(config: Config, name: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    from monitor.assembly import notifier_of
    from monitor.config import Slack, expanded
    from monitor.config.secrets import files, is_exposed
    from notifiers.notifier import NotifiersError

    room = f"notifier {name}"
    for file in files(config, environ, only=name):
        if is_exposed(file):
            yield Finding(
                room=room,
                good=None,
                text=_EXPOSED.format(file=file),
            )
    try:
        notifier, _ = notifier_of(config, name, environ)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding(room=room, good=False, text=problem.text)
        return
    except NotifiersError as error:
        hint = f"; {error.hint}" if error.hint else ""
        yield Finding(room=room, good=False, text=f"{error}{hint}")
        return
    try:
        for good, text in notifier.check():
            yield Finding(room=room, good=good, text=text)
    finally:
        notifier.close()
    table = config.notifiers[name]
    if isinstance(table, Slack) and table.app_token is not None:
        from notifiers.slack.socket import check

        ready = expanded(config, name, environ)
        good, text = check(ready.secrets["app_token"], api_url=table.api_url)
        yield Finding(room=room, good=good, text=text)


def _deliveries(database: Path, config: Config, now: datetime) -> Iterator[Finding]:
    """What the channels said when they were last tried, as `status` has it: a look may find well what refuses us."""
    from monitor.database import open_for_reading
    from monitor.diagnosis import not_reached
    from monitor.operating import conditions
    from notifiers import standing
    from snapshots.errors import SnapshotsError

    if not database.exists():
        return
    try:
        db = open_for_reading(database)
    except SnapshotsError:
        return  # said above
    try:
        for one in standing.paused(db, config.notifiers):
            known = conditions.refusing(one.notifier, one.reason, since=one.since)
            text = f"{known.text}; once that is set right, `trialbell outbox retry` tries at once"
            yield Finding(room=f"notifier {one.notifier}", good=False, text=text)
        for lost in standing.given_up(db, config.notifiers):
            known = conditions.given_up(lost.notifier, deliveries=lost.deliveries, messages=lost.messages)
            yield Finding(room=f"notifier {lost.notifier}", good=False, text=known.text)
        for held in standing.unreached(db, now):
            if held.waiting and held.notifier in config.notifiers:
                yield Finding(room=f"notifier {held.notifier}", good=None, text=not_reached(held, now))
    finally:
        db.close()


def _operator(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Who is told of the watching, and whether the address of the ping can be reached: connected to, not asked."""
    from monitor.config import pings
    from monitor.transport.reach import unreachable

    told = config.operator.to
    text = (
        f"told of what is not well: {', '.join(told)}"
        if told
        else "nobody is told of what is not well: the log and `trialbell status` say it ([operator] to)"
    )
    yield Finding(room="operator", good=True if told else None, text=text)
    try:
        addresses = pings(config, environ)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding(room="operator", good=False, text=problem.text)
        return
    for key, address in addresses.items():
        why = unreachable(address.reveal())
        yield Finding(
            room="operator",
            good=why is None,
            text=f"{key}: its host can be reached; nothing was sent" if why is None else f"{key}: {why}",
        )
