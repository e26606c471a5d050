"""`trialbell notify`: a sample alert through one notifier, to see that it arrives and how it looks."""

from __future__ import annotations

import os
from random import SystemRandom

import click

from monitor.cli.errors import DONE, UseError, WorldError
from monitor.cli.session import Session, clock, shared_options

_WORDS = {  # nothing is tried again after a sample
    "later": "not delivered",
    "unknown": "nobody can tell whether it arrived",
    "channel-refuses": "it refuses us",
    "message-refused": "it refuses this message",
}


@click.command(
    epilog="""\b
Example:
  trialbell notify team

\b
Exit codes: 0 it arrived, 2 no such notifier or a variable unset, 3 it could not be delivered."""
)
@click.argument("notifier", required=False)
@shared_options
def notify(session: Session, notifier: str | None) -> int:
    """Send a sample alert. It is marked as a sample and stored nowhere."""
    from monitor.alerting import alerts
    from monitor.alerting.making import new_id
    from monitor.assembly import notifier_of
    from monitor.config.errors import suggestion
    from notifiers.notifier import Placement, Result

    config = session.needed_config()
    names = list(config.notifiers)
    if notifier is None:
        raise UseError(
            "which notifier?", hint=f"`trialbell notify {names[0]}`" if names else "config.toml has none"
        )
    if notifier not in names:
        raise UseError(
            f"no such notifier: `{notifier}`",
            hint=suggestion(notifier, names) if names else "config.toml has no [notifiers.NAME] table",
        )
    channel, _ = notifier_of(config, notifier, os.environ)
    if session.as_json and getattr(config.notifiers[notifier], "to_stdout", False):
        raise UseError("`--json` and a notifier that writes to stdout would mix", hint="leave out `--json`")
    now = clock()
    closer = None
    try:
        outcome = channel.send(alerts.sample(message_id=new_id(SystemRandom()), now=now), Placement(now=now))
        if outcome.result is not Result.SENT:
            # What `doctor` would say of it; nothing where it would find all well.
            closer = next((text for good, text in channel.check() if good is False), None)
    finally:
        channel.close()
    if session.as_json:
        session.emit({"notifier": notifier, "result": outcome.result.value, "reason": outcome.reason})
    if outcome.result is not Result.SENT:
        raise WorldError(
            f"{notifier}: {_WORDS[outcome.result.value]}: {outcome.reason}",
            hint=None if closer is None else f"`trialbell doctor` finds: {closer}",
        )
    session.say(f"sent to {notifier}" + (f"; {outcome.reason}" if outcome.reason else ""))
    return DONE
