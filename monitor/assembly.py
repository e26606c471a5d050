"""From a configuration to what it names: registries, notifiers, the app. The only place that knows every module.

Imports are inside the functions: a command pays for what it uses.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from monitor.config import Apprise, Config, Jsonl, Mail, Slack, SlackWebhook, Webhook, expanded, pings
from monitor.release import version

if TYPE_CHECKING:
    from monitor.acting.desk import Desk
    from monitor.app import App
    from monitor.registries.base import Registry
    from notifiers.notifier import Notifier
    from notifiers.secret import Secret
    from notifiers.settings import Settings


def registry_of(config: Config, name: str, *, wait: Callable[[float], bool] | None = None) -> Registry:
    """A registry by its name in the configuration. Asks nobody yet. wait: ends its pauses by returning True."""
    assert name == "ctgov"
    from monitor.registries.ctgov import CtgovRegistry

    settings = config.registries.ctgov
    return CtgovRegistry(
        url=settings.url,
        requests_per_minute=settings.requests_per_minute,
        user_agent=settings.user_agent,
        tls=settings.tls,
        deadline=settings.request_deadline.total_seconds(),
        wait=wait,
    )


def notifier_of(config: Config, name: str, environ: Mapping[str, str]) -> tuple[Notifier, Settings]:
    """A notifier by its name. Raises ConfigError when a variable that it needs is unset."""
    from notifiers.settings import Settings

    ready = expanded(config, name, environ)
    if isinstance(ready.settings, Jsonl):
        from notifiers.jsonl import JsonlNotifier

        path = ready.settings.path
        return JsonlNotifier(name=name, path="-" if ready.settings.to_stdout else path), Settings()
    if isinstance(ready.settings, Webhook):
        from notifiers.webhook.channel import WebhookNotifier

        webhook = WebhookNotifier(
            name=name,
            url=ready.secrets["url"],
            secrets=ready.secret_lists["secrets"],
            user_agent=f"trialbell/{version()}",
        )
        return webhook, Settings()
    if isinstance(ready.settings, Apprise):
        from notifiers.apprise.channel import AppriseNotifier

        return AppriseNotifier(name=name, url=ready.secrets["url"]), Settings()
    if isinstance(ready.settings, Mail):
        return _mail(name, ready.settings, ready.secrets.get("password")), Settings()
    if isinstance(ready.settings, SlackWebhook):
        from notifiers.slack.webhook import SlackWebhookNotifier

        return SlackWebhookNotifier(name=name, url=ready.secrets["url"]), Settings()
    assert isinstance(ready.settings, Slack)
    from notifiers.slack.channel import SlackNotifier

    slack = SlackNotifier(
        name=name,
        token=ready.secrets["token"],
        channel=ready.settings.channel,
        api_url=ready.settings.api_url,
        reconcile_after=ready.settings.reconcile_after,
        interactive=ready.settings.app_token is not None,
    )
    return slack, Settings(thread_fresh_for=ready.settings.thread_fresh_for)


def _mail(name: str, table: Mail, password: Secret | None) -> Notifier:
    from notifiers.mail.channel import MailNotifier

    return MailNotifier(
        name=name,
        host=table.host,
        port=table.port,
        security=table.security,
        user=table.user,
        password=password,
        sender=table.sender,
        recipients=table.recipients,
        reply_to=table.reply_to,
        list_id=table.list_id,
        hide_recipients=table.hide_recipients,
        ca_file=table.ca_file,
        deadline=table.deadline.total_seconds(),
    )


def app_of(
    config: Config,
    *,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    database: Path | None = None,
    send: bool = True,
) -> App:
    """The app of a configuration. database: instead of the configured one. send: False leaves notifiers out."""
    from monitor.app import App
    from monitor.config.errors import ConfigError, Problem
    from monitor.polling.patience import Patience

    if database is not None and database != config.store.path:
        config = msgspec.structs.replace(config, store=msgspec.structs.replace(config.store, path=database))
    notifiers: dict[str, Notifier] = {}
    settings: dict[str, Settings] = {}
    problems: list[Problem] = []
    for name in config.notifiers if send else ():
        try:
            notifiers[name], settings[name] = notifier_of(config, name, environ)
        except ConfigError as error:
            problems += error.problems
    addresses: dict[str, Secret] = {}
    try:
        if send and config.operator.ping is not None:
            addresses = pings(config, environ)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    stopping = threading.Event()
    patience = Patience(config.registries.ctgov.poll_deadline, stopping=stopping)
    app = App(
        config,
        registries={"ctgov": registry_of(config, "ctgov", wait=patience.wait)},
        notifiers=notifiers,
        settings=settings,
        clock=clock,
        stopping=stopping,
        patience={"ctgov": patience},
        pings=addresses,
    )
    tables = [config.notifiers[name] for name in notifiers]
    if any(isinstance(table, Slack) and table.app_token is not None for table in tables):
        app.open_desk = lambda: desk_of(config, app, environ)
    return app


def desk_of(config: Config, app: App, environ: Mapping[str, str]) -> Desk:
    """What hears people in Slack: of each app token one connection. Raises ConfigError."""
    from random import random

    from monitor.acting.desk import Desk, SlackApp
    from monitor.acting.looking import Place
    from monitor.alerting.alerts import message_of
    from monitor.registries.ctgov_ids import trial_id

    found: dict[str, SlackApp] = {}
    for name, table in config.notifiers.items():
        if not isinstance(table, Slack) or table.app_token is None:
            continue
        ready = expanded(config, name, environ)
        token, settings = ready.secrets["app_token"], ready.settings
        assert isinstance(settings, Slack)
        before = found.get(token.reveal())
        actors = frozenset(settings.actors) or None
        if before is not None and None not in (before.actors, actors):
            actors = (before.actors or frozenset()) | (actors or frozenset())
        elif before is not None:
            actors = before.actors or actors
        found[token.reveal()] = SlackApp(
            app_token=token,
            api_url=settings.api_url,
            tokens={**(before.tokens if before else {}), name: ready.secrets["token"]},
            actors=actors,
        )
    site = config.registries.ctgov.url.rstrip("/")
    return Desk(
        list(found.values()),
        place=Place(
            registry="ctgov",
            trial_id=lambda text: trial_id(text, site=site),
            record_url=lambda trial: f"{site}/study/{trial}",
            public_url=config.web.public_url,
            effective=app.effective,
            words=lambda event, id_: message_of(
                event, message_id=id_, order=0, public_url=config.web.public_url, payload=None
            ),
            actors=None,
        ),
        db=lambda: app.db,
        close_db=app.close_thread,
        clock=app.clock,
        random=random,
    )
