"""`trialbell init`: a commented config.toml to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, shared_options


@click.command(
    epilog="""\b
Examples:
  trialbell init NCT07146087
  trialbell init https://clinicaltrials.gov/study/NCT07146087 NCT01730547

\b
Exit codes: 0 written, 2 malformed id or the file is there already."""
)
@click.argument("ids", nargs=-1, metavar="[ID|ADDRESS]...")
@shared_options
def init(session: Session, ids: tuple[str, ...]) -> int:
    """Write a commented config.toml from ids or record addresses, check it, and say what to do next."""
    from monitor.config import load
    from monitor.config.starter import starter
    from monitor.registries.ctgov_ids import trial_id

    target = session.config_path or Path("config.toml")
    if not ids:
        raise UseError(
            "which trials?", hint="`trialbell init NCT07146087`; more can be added to the file later"
        )
    canonical = tuple(dict.fromkeys(trial_id(text) for text in ids))
    if not target.parent.is_dir():
        raise UseError(f"no such folder: `{target.parent}`", hint="make the folder first")
    text = starter(canonical)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UseError(
            f"it is there already and is not overwritten: `{target}`",
            hint="`--config OTHER.toml` writes another; `trialbell watch add` adds to what is watched",
        ) from None
    load(target)
    if session.as_json:
        session.emit({"config": str(target), "ids": list(canonical)})
    at = "" if target == Path("config.toml") else f" --config {target}"
    named = ", ".join(canonical) if len(canonical) <= 5 else f"{len(canonical)} trials"
    session.say(f"wrote {target}, watching {named}")
    session.say("next:")
    session.say(f"  trialbell doctor{at}    is the registry reachable?")
    session.say(f"  trialbell check{at}     a first look, silently")
    session.say(
        f"  trialbell run{at}       poll every hour, alerts into alerts.jsonl, pages on http://127.0.0.1:8787/"
    )
    session.say("Slack: see the comments in the file and the README")
    return DONE
