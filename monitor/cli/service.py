"""`trialbell run`, the service, and `trialbell serve`, the history browser alone."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.errors import DONE
from monitor.cli.session import Session, clock, shared_options_but_json

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.diagnosis import Look
    from monitor.web.access.rules import Access
    from monitor.web.question import Present

_STAYS = "configuration is wrong, the old one stays in force"
LOOK_AT_FILES = 2.0  # seconds between two looks at whether the configuration changed


@click.command(
    epilog="""\b
Examples:
  trialbell run
  trialbell run --config /etc/trialbell/config.toml --port 8080

\b
Exit codes: 0 stopped by SIGTERM or Ctrl-C, 2 wrong configuration or an unset variable,
3 another process polls on this database, or the port is taken."""
)
@click.option(
    "--host",
    help="Where the browser listens. Default: [web] host, 127.0.0.1. Beyond this machine [web] must say who may read.",
)
@click.option("--port", type=click.IntRange(0, 65535), help="Default: [web] port, 8787.")
@click.option("--no-web", is_flag=True, help="Poll and send only.")
@shared_options_but_json
def run(session: Session, host: str | None, port: int | None, no_web: bool) -> int:
    """Poll on schedule, deliver alerts, serve the history browser; until SIGTERM or Ctrl-C.

    config.toml is read again when it changes or on SIGHUP; a wrong one is reported and the old one kept."""
    from monitor import logs
    from monitor.assembly import app_of
    from monitor.lease import Lease
    from monitor.web.access.configured import access_of

    config = session.needed_config()
    access = None if no_web else access_of(config, host, os.environ)
    logs.configure()
    app = app_of(config, database=session.database, environ=os.environ, clock=clock)
    if not config.watches:
        session.say("nothing is watched in config.toml: only what `trialbell watch add` added is polled")
    with Lease(session.database, command="run", now=clock()):
        return _Running(session, config, app, host=host, port=port, access=access).until_told()


class _Running:
    """The service with its browser, and what signals and file changes do to it."""

    def __init__(
        self,
        session: Session,
        config: Config,
        app: Any,
        *,
        host: str | None,
        port: int | None,
        access: Access | None,
    ) -> None:
        """access: of the browser; None: there is none."""
        from monitor.schedule import Service

        self._session = session
        self._config = config
        self._given_host = host
        self._host = host or config.web.host
        self._port = config.web.port if port is None else port
        self._access = access
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._serving = threading.Event()
        self._reload = False
        self.service = Service(app)
        self._changed_at = _changed_at(config)

    def until_told(self) -> int:
        self.service.app.reconcile()  # a wrong watch list is said before anything starts
        self._listen_to_signals()
        failure: list[BaseException] = []
        browser = threading.Thread(target=self._serve, args=(failure,), name="web", daemon=True)
        if (
            self._access is not None
        ):  # before the first poll: a service that cannot start tells nobody anything
            browser.start()
            while not (failure or self._serving.wait(0.05)):
                pass
        if not failure:
            self.service.start()
        try:
            while not self._stop.is_set() and not failure:
                self._wake.wait(LOOK_AT_FILES)
                self._wake.clear()
                if self._stop.is_set():
                    break
                changed_at = _changed_at(self._config)
                if self._reload or changed_at != self._changed_at:
                    self._reload, self._changed_at = False, changed_at
                    self._read_again()
        finally:
            self._stop.set()
            self.service.stop()
            if self._access is not None:
                browser.join(10)
            self.service.app.close()
        if failure:
            raise failure[0]
        return DONE

    def _read_again(self) -> None:
        """Take over a changed configuration; keep the old one when the new one is wrong."""
        from monitor.assembly import app_of
        from monitor.config import ConfigError, load
        from monitor.logs import log
        from monitor.schedule import Service
        from monitor.watches import WatchError
        from monitor.web.access.configured import access_of
        from notifiers.notifier import NotifiersError
        from snapshots.errors import SnapshotsError

        try:
            config = load(self._config.file)
            access = None if self._access is None else access_of(config, self._given_host, os.environ)
            app = app_of(config, database=self._session.database, environ=os.environ, clock=clock)
        except ConfigError as error:
            for problem in error.problems:
                hint = {"hint": problem.hint} if problem.hint else {}
                log.error(_STAYS, problem=_unquoted(problem.text), **hint)
            return
        except NotifiersError as error:
            log.error(_STAYS, problem=str(error), **({"hint": error.hint} if error.hint else {}))
            return
        # Only looked at: until the old service has ended, it makes the stored watches those that it knows.
        try:
            app.could_reconcile()
        except (WatchError, SnapshotsError) as error:
            log.error("configuration cannot be taken over, the old one stays in force", problem=str(error))
            app.close()
            return
        kept = (self._config.store.path, self._config.web, self._access)
        if (config.store.path, config.web, access) != kept:
            log.warning("changes of [store] path, [web] and its tokens take effect after a restart")
        self.service.stop(at_once=False)
        self.service.app.close()
        self._config = config
        self._changed_at = _changed_at(config)
        self.service = Service(app)
        self.service.start()
        log.info("configuration read again", file=config.file.name, watches=len(config.watches))

    def _serve(self, failure: list[BaseException]) -> None:
        from monitor.web.server import serve

        assert self._access is not None
        try:
            serve(
                _browser(self._session, self._config, self._host, self._access, present=self._present),
                self._host,
                self._port,
                ready=self._is_served,
                stop=self._stop,
            )
        except Exception as error:  # noqa: BLE001 - a service without its browser must not go on in silence
            failure.append(error)
            self._wake.set()

    def _is_served(self, port: int) -> None:
        self._session.say(f"history browser: http://{_shown(self._host)}:{port}/")
        self._serving.set()

    def _present(self) -> Present:
        """By the configuration that is in force: another one may have been read."""
        return _present(self.service.app.config, self.service.look())

    def _listen_to_signals(self) -> None:
        def end(*_: object) -> None:
            self._stop.set()
            self.service.app.stopping.set()
            self._wake.set()

        def again(*_: object) -> None:
            self._reload = True
            self._wake.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGHUP, again)


@click.command(
    epilog="""\b
Examples:
  trialbell serve
  trialbell serve --port 8080 --db copy.db

\b
Exit codes: 0 stopped by SIGTERM or Ctrl-C, 2 no database or wrong configuration, 3 the port is taken."""
)
@click.option(
    "--host", help="Default: [web] host, 127.0.0.1. Beyond this machine [web] must say who may read."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Default: [web] port, 8787.")
@shared_options_but_json
def serve(session: Session, host: str | None, port: int | None) -> int:
    """The history browser alone: polls and sends nothing, and writes only what a person does in it."""
    session.needed_reader()
    with ended_by_signals() as stop:
        serve_until(session, session.config, host=host, port=port, stop=stop)
    return DONE


@contextmanager
def ended_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set. Ctrl-C is how a person ends a server: no error, so no KeyboardInterrupt,
    which would also tear the pages under way out of the event loop."""
    stop = threading.Event()
    both = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, lambda *_: stop.set()) for one in both]
    try:
        yield stop
    finally:
        for one, handler in zip(both, before, strict=True):
            signal.signal(one, handler)


def serve_until(
    session: Session,
    config: Config,
    *,
    host: str | None,
    port: int | None,
    stop: threading.Event,
    ready: Any = None,
    registry_runs: bool = False,
) -> None:
    """Serve a database's pages until told to stop. registry_runs: the configured registry is served from here too,
    so that links to it lead somewhere."""
    from monitor.diagnosis import Look
    from monitor.web.access.configured import access_of
    from monitor.web.server import serve as listen

    where = host or config.web.host
    access = access_of(config, host, os.environ)
    present = _present(config, Look.by(config, lease=session.database))
    listen(
        _browser(session, config, where, access, present=lambda: present, registry_runs=registry_runs),
        where,
        config.web.port if port is None else port,
        ready=ready
        or (lambda port: session.say(f"history browser: http://{_shown(where)}:{port}/ until Ctrl-C")),
        stop=stop,
    )


def _present(config: Config, look: Look) -> Present:
    from functools import partial

    from monitor.alerting.routes import severities
    from monitor.web.question import Present

    # It goes to another process with each request: not the whole configuration, which may name thousands of trials.
    effective = partial(severities, overrides=config.severity)
    return Present(look=look.health, effective=effective, overridden=bool(config.severity))


def _browser(
    session: Session,
    config: Config,
    host: str,
    access: Access,
    *,
    present: Callable[[], Present],
    registry_runs: bool = False,
) -> Any:
    """present: see `create_app`."""
    from functools import partial

    from monitor.database import open_for_reading, open_for_writing
    from monitor.web.app import create_app
    from monitor.web.guard import hosts_for
    from monitor.web.sources import site_of
    from monitor.web.workers import usual

    processes = config.web.processes
    return create_app(
        database=partial(open_for_reading, session.database),
        present=present,
        now=clock,
        public_url=config.web.public_url,
        allowed_hosts=hosts_for(host, config.web.public_url),
        acting=(lambda: open_for_writing(session.database)) if _may_act(config, host) else None,
        writing=lambda: open_for_writing(session.database),
        access=access,
        sites={"ctgov": site_of(config.registries.ctgov.url, runs=registry_runs)},
        study_staff=config.web.study_staff,
        processes=usual() if processes is None else processes,
    )


def _may_act(config: Config, host: str) -> bool:
    """Whether pages that are served on this host take what people do about alerts at all: see `[web] acting`."""
    from monitor.web.guard import is_loopback, leads_elsewhere

    web = config.web
    if web.has_login:  # then whoever may act is named
        return web.acting is not False and bool(web.act_token or web.actors)
    return web.acting if web.acting is not None else is_loopback(host) and not leads_elsewhere(web.public_url)


def _unquoted(text: str) -> str:
    """Values in backticks without TOML's quotes, which a line of JSON would escape."""
    return re.sub(r'`"([^"`]*)"`', r"`\1`", text)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _changed_at(config: Config) -> tuple[tuple[str, int], ...]:
    """When each file that the configuration was made of, or takes a secret from, was last changed."""
    from monitor.config.secrets import files

    found = []
    for file in (*config.read, *files(config, os.environ)):
        path = Path(file)
        try:
            found.append((str(path), path.stat().st_mtime_ns))
        except OSError:
            found.append((str(path), 0))
    return tuple(found)
