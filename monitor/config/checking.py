"""What the types cannot say: names that must exist, keys that exclude each other, ids that must be ids.

Works on the file as shaped and reports everything it finds; a table that was already reported is not blamed
again for what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from monitor.config.cron import fault as cron_fault
from monitor.config.durations import duration_text
from monitor.config.errors import nearest, quoted
from monitor.config.id_lists import TrialId, canonical_ids, ids_of_file
from monitor.config.notifiers import Jsonl, Mail, Notifier, Ringing, Slack, Webhook
from monitor.config.report import Report
from monitor.config.route_checking import checked_route, meant
from monitor.config.routes import Route
from monitor.config.secrets import VARIABLE
from monitor.config.settings import File, Operator, Schedule, Store, Watch, Web

Slugs = Callable[[], list[str]]  # the names of the registry's fields, and of the states that time makes
SHORTEST_RETENTION = timedelta(days=30)  # below it a slip of the finger is likelier: `2d` for `2y`
TAGS = (
    "status",
    "stopped",
    "restarted",
    "results",
    "timeline",
    "enrolment",
    "outcomes",
    "eligibility",
    "sites",
    "sponsor",
    "design",
    "integrity",
    "documents",
    "compliance",
    "watch",
)


class Checker:
    """Checks one file. Use once. trial_id: the canonical id in a text, or an error with `hint`."""

    def __init__(self, report: Report, folder: Path, *, trial_id: TrialId, slugs: Slugs) -> None:
        self._report = report
        self._folder = folder
        self._trial_id = trial_id
        self._slugs = slugs
        self.read: list[Path] = []  # files that were read beside the configuration

    def check(self, file: File) -> File:
        """The file with paths absolute, ids canonical and the schedule settled."""
        watches = [self._watch(index, watch) for index, watch in self._members("watch", file.watches)]
        self._names_once()
        self._definitions_once(watches)
        routes = [self._route(index, route) for index, route in self._members("route", file.routes)]
        self._operator(file.operator)
        if file.web != Web():
            from monitor.config.web_checking import check_web

            check_web(self._report, file.web)
        self._severity()
        self._addresses()
        notifiers = {name: self._notifier(name, table) for name, table in file.notifiers.items()}
        self._one_file_each(notifiers)
        if not file.watches and "watch" not in self._report.raw:
            self._report.note(
                (), "no [[watch]]: nothing is watched by this file", hint="`trialbell init` writes one"
            )
        if not file.notifiers and "notifiers" not in self._report.raw:
            self._report.note((), "no [notifiers.NAME]: changes are kept, nobody is told")
        return msgspec.structs.replace(
            file,
            store=self._store(file.store),
            schedule=self._schedule(file.schedule),
            watches=tuple(watches),
            notifiers=notifiers,
            routes=tuple(routes),
        )

    def _store(self, store: Store) -> Store:
        if store.keep_versions_for is not None and store.keep_versions_for < SHORTEST_RETENTION:
            self._report.problem(
                ("store", "keep_versions_for"),
                f"`keep_versions_for` is less than 30 days: `{duration_text(store.keep_versions_for)}`",
                hint="`d` is days and `m` minutes: write `90d` for three months, `3y` for three years",
            )
        return msgspec.structs.replace(store, path=self._folder / store.path.expanduser())

    def _members(self, name: str, shaped: tuple[Any, ...]) -> list[tuple[int, Any]]:
        """Shaped tables with their place in the file; tables that could not be shaped fell out."""
        raw = self._report.raw.get(name)
        wanted = [
            index
            for index, table in enumerate(raw if isinstance(raw, list) else [])
            if self._sound(name, index)
        ]
        return list(zip(wanted, shaped, strict=True))

    def _sound(self, name: str, index: int) -> bool:
        """Whether a table has what it cannot be without."""
        return (name, index) not in self._report.unusable

    def _watch(self, index: int, watch: Watch) -> Watch:
        path = ("watch", index)
        raw = self._report.raw["watch"][index]
        given = [key for key in ("ids", "ids_file", "query") if key in raw]
        if len(given) != 1:
            what = (
                " and ".join(f"`{key}`" for key in given) + " are both given" if given else "watches nothing"
            )
            if len(given) == 3:
                what = "`ids`, `ids_file` and `query` are all given"
            self._report.problem(path, what, hint="give exactly one of `ids`, `ids_file` and `query`")
            return watch
        if watch.query is not None:
            self._query(path, watch.query)
            return watch
        if watch.ids_file is not None:
            file = self._folder / watch.ids_file.expanduser()
            self.read.append(file)
            ids = ids_of_file(self._report, (*path, "ids_file"), file, self._trial_id)
            return msgspec.structs.replace(watch, ids=ids, ids_file=file)
        if watch.ids is None:
            return watch  # reported: of another type
        return msgspec.structs.replace(
            watch, ids=canonical_ids(self._report, (*path, "ids"), watch.ids, self._trial_id)
        )

    def _query(self, path: tuple[str, int], query: dict[str, str]) -> None:
        from monitor.registries.base import BadQuestion
        from monitor.registries.ctgov_query import parameters

        for key, value in query.items():
            try:
                parameters({key: value})
            except BadQuestion as error:
                self._report.problem((*path, "query", key), str(error), hint=error.hint)

    def _names_once(self) -> None:
        seen: dict[str, int] = {}
        for index, name in self._watch_names():
            if not name.isprintable():  # nor can it stand in an address
                self._report.problem(
                    ("watch", index, "name"), "has a name with a character that cannot be printed"
                )
            if name in seen:
                first = self._report.line(("watch", seen[name]))
                self._report.problem(
                    ("watch", index, "name"),
                    f"is a name twice: `{name}`",
                    hint=f"the other is on line {first}; rename one",
                )
            seen.setdefault(name, index)

    def _watch_names(self) -> list[tuple[int, str]]:
        """As written, so that a watch with another mistake in it can still be routed."""
        raw = self._report.raw.get("watch")
        tables = enumerate(raw if isinstance(raw, list) else [])
        named = [(index, table.get("name")) for index, table in tables if isinstance(table, dict)]
        return [(index, name) for index, name in named if isinstance(name, str) and name]

    def _definitions_once(self, watches: list[Watch]) -> None:
        seen: dict[str, str] = {}
        for (index, _), watch in zip(self._members("watch", tuple(watches)), watches, strict=True):
            if watch.ids is None and watch.query is None:
                continue
            other = seen.setdefault(watch.definition_hash, watch.name)
            if other != watch.name:
                self._report.problem(
                    ("watch", index),
                    f"watches exactly what another watch does: `{other}`",
                    hint="remove one of them",
                )

    def _schedule(self, schedule: Schedule) -> Schedule:
        raw = self._report.raw.get("schedule")
        raw = raw if isinstance(raw, dict) else {}
        if "every" in raw and "cron" in raw:
            self._report.problem(
                ("schedule", "cron"), "`every` and `cron` are both given", hint="remove one of them"
            )
        if schedule.cron is not None:
            found = cron_fault(schedule.cron)
            if found is not None:
                self._report.problem(("schedule", "cron"), found[0], hint=found[1])
        if schedule.timezone != "UTC":
            self._timezone(("schedule", "timezone"), schedule.timezone)
            if "cron" not in raw and not self._rings_by_the_clock():
                self._report.note(
                    ("schedule", "timezone"),
                    "`timezone` has no effect without `cron`, quiet hours, a digest or `all_well`",
                )
        if "every" in raw or "cron" in raw:
            return schedule
        return msgspec.structs.replace(schedule, every=timedelta(hours=1))

    def _timezone(self, path: tuple[str, ...], name: str) -> None:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # an absolute path, a folder: no zone either
            near = nearest(name, available_timezones())
            self._report.problem(
                path,
                f"`timezone` is none that this machine knows: {quoted(name)}",
                hint=f"did you mean `{near}`?" if near else "such as `UTC` or `Europe/Berlin`",
            )

    def _rings_by_the_clock(self) -> bool:
        """Whether any notifier or route goes by local time."""
        raw = self._report.raw
        notifiers = raw.get("notifiers")
        tables = [*(notifiers.values() if isinstance(notifiers, dict) else ()), *(raw.get("route") or ())]
        return any(
            {"quiet_hours", "quiet_days", "digest", "all_well"} & set(one)
            for one in tables
            if isinstance(one, dict)
        )

    def _route(self, index: int, route: Route) -> Route:
        raw = self._report.raw.get("notifiers")
        return checked_route(
            self._report,
            index,
            route,
            known={
                "notifier": list(raw) if isinstance(raw, dict) else [],
                "watch": [name for _, name in self._watch_names()],
                "tag": TAGS,
            },
            slugs=self._slugs,
            trial_id=self._trial_id,
        )

    def _operator(self, operator: Operator) -> None:
        raw = self._report.raw.get("notifiers")
        names = list(raw) if isinstance(raw, dict) else []
        for at, name in enumerate(operator.to):
            if name not in names:
                self._report.problem(
                    ("operator", "to", at),
                    f"`to` names an unknown notifier: {quoted(name)}",
                    hint=meant(name, names, "notifier"),
                )
        if operator.to and not self._report.raw.get("route") and set(names) <= set(operator.to):
            self._report.problem(
                ("operator", "to"),
                "nobody would be told of trials: all notifiers are named here, and there is no [[route]]",
                hint=f"write `[[route]]` with `to = [{quoted(operator.to[0])[1:-1]}]`, or another notifier",
            )
        written = self._report.raw.get("operator")
        for key in ("ping_every", "ping_failed"):
            if isinstance(written, dict) and key in written and "ping" not in written:
                self._report.problem(
                    ("operator", key), f"`{key}` is given without `ping`", hint="give `ping`, or remove it"
                )

    def _severity(self) -> None:
        raw = self._report.raw.get("severity")
        if not isinstance(raw, dict) or not raw:
            return
        valid = self._slugs()
        for slug in raw:
            if slug not in valid:
                self._report.problem(
                    ("severity", slug), f"unknown field: `{slug}`", hint=meant(slug, valid, "field")
                )

    def _notifier(self, name: str, table: Notifier) -> Notifier:
        if not name.strip() or not name.isprintable():
            self._report.problem(("notifiers", name), "a notifier's name is empty or cannot be printed")
        if isinstance(table, Ringing):
            if table.timezone is not None:
                self._timezone(("notifiers", name, "timezone"), table.timezone)
            if len(set(table.quiet_days)) == 7:
                self._report.problem(
                    ("notifiers", name, "quiet_days"),
                    "`quiet_days` are all seven: nothing but what is critical would ever be told",
                    hint="leave a day out, or let a route send only what is critical",
                )
        if isinstance(table, Slack):
            from monitor.config.slack_checking import check_slack

            check_slack(self._report, name, table)
        if isinstance(table, Webhook) and not VARIABLE.search(table.url):
            from notifiers.webhook.address import EXAMPLE, fault

            wrong = fault(table.url.strip())
            if wrong is not None:  # the address is not shown: it may be a secret
                self._report.problem(
                    ("notifiers", name, "url"), f"`url` {wrong}", hint=f"such as `{EXAMPLE}`"
                )
        if isinstance(table, Mail):
            from monitor.config.mail_checking import check_mail

            check_mail(self._report, name, table)
            if table.ca_file is not None and not VARIABLE.search(str(table.ca_file)):
                return msgspec.structs.replace(table, ca_file=self._folder / table.ca_file.expanduser())
        if isinstance(table, Jsonl) and not table.to_stdout and not VARIABLE.search(str(table.path)):
            return msgspec.structs.replace(table, path=self._folder / table.path.expanduser())
        return table

    def _one_file_each(self, notifiers: dict[str, Notifier]) -> None:
        seen: dict[Path, str] = {}
        for name, table in notifiers.items():
            if isinstance(table, Jsonl):
                other = seen.setdefault(table.path, name)
                if other != name:
                    self._report.problem(
                        ("notifiers", name, "path"),
                        f"`path` is that of another notifier: `{other}`",
                        hint="give each its own",
                    )

    def _addresses(self) -> None:
        """Of every key that holds an address: a host, and nothing that does not belong in a root."""
        for path in (("registries", "ctgov", "url"), ("web", "public_url"), *self._api_urls()):
            value: Any = self._report.raw
            for part in path:
                value = value.get(part) if isinstance(value, dict) else None
            if not isinstance(value, str) or VARIABLE.search(value):
                continue
            fault_found = _address_fault(value)
            if fault_found is not None and not self._report.blamed(path):
                self._report.problem(
                    path, f"`{path[-1]}` {fault_found}: {quoted(value)}", hint="such as `https://example.org`"
                )

    def _api_urls(self) -> list[tuple[str, str, str]]:
        raw = self._report.raw.get("notifiers")
        return [("notifiers", name, "api_url") for name in (raw if isinstance(raw, dict) else {})]


def _address_fault(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "wants an address, `https://…`"
    if parts.username or parts.password:
        return "holds a name or a password"
    if parts.query or parts.fragment or any(char.isspace() or not char.isprintable() for char in value):
        return "has something after its path that does not belong there"
    return None
