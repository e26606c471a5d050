"""What every command shares: its options, where its configuration and database are, and how it prints.

Reading commands work with no configuration and no database at all; what needs one says so in one line.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.errors import UseError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from monitor.acting.people import Person
    from monitor.config import Config
    from monitor.registries.base import Registry
    from snapshots.query import Reader

F = TypeVar("F", bound=Callable[..., Any])


def clock() -> datetime:
    """The command line is a composition root: here the clock is read."""
    return datetime.now(UTC)


class Session:
    """One command's view of the world. Everything is opened when first asked for."""

    def __init__(self, *, config_path: Path | None, database_path: Path | None, as_json: bool) -> None:
        self.config_path = config_path
        self.database_path = database_path
        self.as_json = as_json

    @cached_property
    def found_config(self) -> Path | None:
        from monitor.config import find

        return find(self.config_path, cwd=Path.cwd(), environ=os.environ)

    @cached_property
    def config(self) -> Config:
        """The configuration that was found, else the defaults with nothing watched."""
        from monitor.config import defaults, load

        return load(self.found_config) if self.found_config is not None else defaults(Path.cwd())

    def needed_config(self) -> Config:
        """For commands that mean nothing without one, or without watches that `watch add` put into a database."""
        if self.found_config is None and not self.database.exists():
            raise UseError(
                "no configuration: there is no `config.toml` here nor in your config directory",
                hint="`trialbell init NCT07146087` writes one; `trialbell watch add NCT07146087` does without",
            )
        return self.config

    @cached_property
    def database(self) -> Path:
        if self.database_path is not None:
            return self.database_path
        return self.config.store.path

    @cached_property
    def db(self) -> Database | None:
        """The database for reading; None when there is none yet."""
        from monitor.database import open_for_reading

        if not self.database.exists():
            if self.database_path is not None:
                raise UseError(f"no database: `{self.database}`", hint="`--db` names an existing file")
            return None
        return open_for_reading(self.database)

    @cached_property
    def reader(self) -> Reader | None:
        from snapshots.query import Reader

        return Reader(self.db) if self.db is not None else None

    def needed_reader(self) -> Reader:
        if self.reader is None:
            raise UseError(
                f"no database: nothing is stored at `{self.database}` yet",
                hint="`trialbell check` polls once and stores what it finds",
            )
        return self.reader

    registry_name = "ctgov"

    @property
    def site(self) -> str:
        return self.config.registries.ctgov.url.rstrip("/")

    def trial_id(self, text: str) -> str:
        """The id in a text. Raises MalformedId. Loads no HTTP library, unlike the registry itself."""
        from monitor.registries.ctgov_ids import trial_id

        return trial_id(text, site=self.site)

    def check_names(
        self,
        *,
        watch: str | None = None,
        field: str | None = None,
        told: str | None = None,
        tag: str | None = None,
        trial: str | None = None,
        notifier: str | None = None,
    ) -> None:
        """A misspelt filter would look like silence. told: a field, or a state that time makes."""
        from monitor import watches
        from monitor.config.checking import TAGS
        from monitor.config.errors import nearest_names, suggestion
        from snapshots.fields import table

        if watch is not None and self.db is not None:
            names = [one.name for one in watches.active(self.db)]
            if watch not in names:
                raise UseError(f"no such watch: `{watch}`", hint=suggestion(watch, names) if names else None)
        if field is not None:
            slugs = sorted(table("ctgov").slugs())
            if field not in slugs:
                raise UseError(f"no such field: `{field}`", hint=nearest_names(field, slugs))
        if told is not None:
            from snapshots.deadlines.states import STATE_SLUGS

            slugs = [*STATE_SLUGS, *sorted(table("ctgov").slugs())]
            if told not in slugs:
                raise UseError(f"no such field: `{told}`", hint=nearest_names(told, slugs))
        if tag is not None and tag not in TAGS:
            raise UseError(f"no such tag: `{tag}`", hint=suggestion(tag, TAGS))
        if trial is not None and self.needed_reader().trial(self.registry_name, trial) is None:
            raise UseError(f"nothing stored: `{trial}`", hint=f"`trialbell watch add {trial}` watches it")
        if notifier is not None:
            from notifiers.outbox import Outbox

            known = sorted(
                {*self.config.notifiers, *(Outbox(self.db).counts() if self.db is not None else ())}
            )
            if notifier not in known:
                raise UseError(
                    f"no such notifier: `{notifier}`", hint=suggestion(notifier, known) if known else None
                )

    def url(self, trial: str) -> str:
        return f"{self.site}/study/{trial}"

    @cached_property
    def registry(self) -> Registry:
        from monitor.assembly import registry_of

        return registry_of(self.config, "ctgov")

    def refuse_mixed_output(self) -> None:
        """For commands that deliver to every notifier: with --json nothing else goes to stdout."""
        if self.as_json:
            for name, settings in self.config.notifiers.items():
                if getattr(settings, "to_stdout", False):
                    raise UseError(
                        f"`--json` and a notifier that writes to stdout would mix: `{name}`",
                        hint="leave out `--json`, or give the notifier a path",
                    )

    def emit(self, value: Any) -> None:
        """One JSON value, one line, on stdout."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

    @property
    def on_a_terminal(self) -> bool:
        """Whether what is said can be overwritten."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    @contextmanager
    def at_work(self, words: str) -> Iterator[Callable[[str], object]]:
        """Shows on a terminal, and nowhere else, that something takes its time; call it with how far it has come."""
        if not self.on_a_terminal:
            yield lambda further: None
            return
        from rich.console import Console

        with Console(stderr=True).status(words) as status:
            yield status.update

    def say(self, text: str = "") -> None:
        """Words for a person, on stderr."""
        click.echo(text, err=True)

    def close(self) -> None:
        if "db" in self.__dict__ and self.db is not None:
            self.db.close()
        if "registry" in self.__dict__:
            closing = getattr(self.registry, "close", None)
            if closing is not None:
                closing()


def by_option(command: F) -> F:
    """`--by`: who does it, kept with what they did."""
    made: F = click.option("--by", metavar="NAME", help="Who you are. Default: your login name.")(command)
    return made


def person(by: str | None) -> Person:
    """Who does it: as they say, else by their login, where the system knows one."""
    from getpass import getuser

    from monitor.acting.people import Via, named

    if by is None:
        try:
            by = getuser()
        except (OSError, KeyError):  # a container without users
            by = ""
    return named(by, Via.COMMAND)


def shared_options(command: F) -> F:
    """`--json`, `--config`, `--db`; the command gets them as one `session`."""
    return _with_session(command, json_too=True)


def shared_options_but_json(command: F) -> F:
    """For commands that serve and have nothing to print."""
    return _with_session(command, json_too=False)


def json_option_alone(command: F) -> F:
    """For a command that brings its own files: `--config` and `--db` are refused by it, and not offered."""
    return _with_session(command, json_too=True, hidden=True)


def _with_session(command: F, *, json_too: bool, hidden: bool = False) -> F:
    def wrapped(
        *args: Any, config: Path | None, db: Path | None, as_json: bool = False, **kwargs: Any
    ) -> Any:
        session = Session(config_path=config, database_path=db, as_json=as_json)
        try:
            if config is not None and command.__name__ != "init":
                # A file that was named and is not there is a mistake, whether the command needs it or not.
                _ = session.config if not config.is_file() else None
            return command(session, *args, **kwargs)
        finally:
            session.close()

    wrapped.__name__ = command.__name__
    wrapped.__doc__ = command.__doc__
    if hasattr(command, "__click_params__"):
        wrapped.__click_params__ = command.__click_params__  # type: ignore[attr-defined]  # click keeps them there
    path = click.Path(dir_okay=False, path_type=Path)
    result: Any = wrapped
    options = [
        click.option(
            "--db",
            type=path,
            default=None,
            help="The database; default: the one of the configuration.",
            hidden=hidden,
        ),
        click.option(
            "--config",
            type=path,
            default=None,
            help="Default: ./config.toml, else the user's.",
            hidden=hidden,
        ),
    ]
    if json_too:
        words = "One JSON value a line on stdout, nothing else."
        options.append(click.option("--json", "as_json", is_flag=True, help=words))
    for option in options:
        result = option(result)
    typed: F = result
    return typed


def moment(text: str | None) -> datetime | None:
    """A day, an instant, or `7d` / `12h` before now."""
    span = _span(text)
    return clock() - span if span is not None else _instant(text)


def until_end(text: str | None) -> datetime | None:
    """The moment before which something is `until` a day, an instant, or `7d` before now: a day counts whole."""
    from monitor.cli.days import day_of, names_day

    if text is None or not names_day(text):
        return moment(text)
    last = day_of(text, now=clock())
    return datetime.combine(last + timedelta(days=1), time(), UTC)


def span_of(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """From when, and before when. UseError where nothing lies between."""
    begin, end = moment(since), until_end(until)
    if begin is not None and end is not None and begin >= end:
        raise UseError(f"`--since` is not before `--until`: `{since}`, `{until}`", hint="change them over")
    return begin, end


def later(text: str | None) -> datetime | None:
    """A day, an instant, or `7d` / `12h` from now."""
    span = _span(text)
    return clock() + span if span is not None else _instant(text)


def _span(text: str | None) -> timedelta | None:
    from monitor.config.durations import WrongDuration, parse_duration

    try:
        return None if text is None else parse_duration(text)
    except WrongDuration:
        return None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise UseError(
            f"no moment: `{text}`", hint="write 2026-11-20, 2026-11-20T09:00:00Z, 7d or 12h"
        ) from None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
