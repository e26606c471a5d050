"""Finds and reads config.toml. Either the whole file is understood, or every reason why not is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.config.checking import Checker, Slugs
from monitor.config.errors import ConfigError, Problem
from monitor.config.id_lists import TrialId
from monitor.config.places import Places
from monitor.config.report import Report
from monitor.config.settings import Config, File
from monitor.config.shaping import shape

FILE_NAME = "config.toml"
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def find(explicit: Path | None, cwd: Path, environ: Mapping[str, str]) -> Path | None:
    """The file to read: the one named, else the working folder's, else the user's own; None when there is
    none."""
    if explicit is not None:
        return explicit
    here = cwd / FILE_NAME
    if here.is_file():
        return here
    theirs = user_file(environ)
    return theirs if theirs is not None and theirs.is_file() else None


def user_file(environ: Mapping[str, str]) -> Path | None:
    """Where the user's own configuration would be, by the XDG rules (a relative XDG_CONFIG_HOME is
    ignored)."""
    base = environ.get("XDG_CONFIG_HOME", "")
    if base and Path(base).is_absolute():
        return Path(base) / "trialbell" / FILE_NAME
    home = environ.get("HOME", "")
    return Path(home) / ".config" / "trialbell" / FILE_NAME if home else None


def load(path: Path, *, trial_id: TrialId | None = None, slugs: Slugs | None = None) -> Config:
    """Read a file. Raises ConfigError with all that is wrong. Variables of the environment are not looked
    at.

    trial_id: the canonical id in a text, raising MalformedId; slugs: the names of the fields.
    ClinicalTrials.gov's when None.
    """
    return read(_text(path), path, trial_id=trial_id, slugs=slugs)


def read(text: str, path: Path, *, trial_id: TrialId | None = None, slugs: Slugs | None = None) -> Config:
    """As `load`, of a text that stands or would stand at `path`."""
    shown = str(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(shown, text, str(error))]) from None
    except RecursionError:
        raise ConfigError([Problem(file=shown, message="not TOML: nested too deeply")]) from None
    if not raw:
        raise ConfigError(
            [
                Problem(
                    file=shown,
                    message="is empty: nothing is set in it",
                    hint="`trialbell init NCT07146087` writes one",
                )
            ]
        )
    where = Places(text)
    report = Report(shown, raw, where)
    checker = Checker(
        report, path.absolute().parent, trial_id=trial_id or _ctgov_id(raw), slugs=slugs or _field_slugs
    )
    file = checker.check(shape(report))
    if report.problems:
        raise ConfigError(
            sorted(report.problems, key=lambda one: (one.file != shown, one.file, one.line or 0))
        )
    return Config(
        **{name: getattr(file, name) for name in File.__struct_fields__},
        file=path.absolute(),
        shown=shown,
        places=where,
        read=(path.absolute(), *checker.read),
        notes=tuple(report.notes),
    )


def defaults(folder: Path) -> Config:
    """What holds where there is no file: nothing watched, nobody told, the database in the folder."""
    path = folder.absolute() / FILE_NAME
    report = Report(FILE_NAME, {}, {})
    file = Checker(report, path.parent, trial_id=_ctgov_id({}), slugs=_field_slugs).check(File())
    return Config(
        **{name: getattr(file, name) for name in File.__struct_fields__}, file=path, shown=FILE_NAME, read=()
    )


def remnant(path: Path) -> Config:
    """What a file that is wrong says of its database and schedule; the defaults where that is wrong too."""
    try:
        raw = tomllib.loads(_text(path))
    except (ConfigError, tomllib.TOMLDecodeError, RecursionError):
        raw = {}
    for tables in (("store", "schedule"), ("store",)):
        report = Report(str(path), {name: raw[name] for name in tables if name in raw}, {})
        checker = Checker(report, path.absolute().parent, trial_id=_ctgov_id({}), slugs=_field_slugs)
        file = checker.check(shape(report))
        if not report.problems:
            return Config(
                **{name: getattr(file, name) for name in File.__struct_fields__},
                file=path.absolute(),
                shown=str(path),
                read=(),
            )
    return defaults(path.parent)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            [
                Problem(
                    file=str(path),
                    message="there is no such file",
                    hint="`trialbell init NCT07146087` writes one; `--config FILE` names another",
                )
            ]
        ) from None
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise ConfigError([Problem(file=str(path), message=f"cannot be read: {reason}")]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            [
                Problem(
                    file=str(path),
                    line=line,
                    message=f"is not UTF-8: byte `0x{content[error.start]:02x}`",
                    hint="save the file as UTF-8",
                )
            ]
        ) from None


def _syntax(shown: str, text: str, message: str) -> Problem:
    """tomllib's words, with the place apart and a remedy for what people usually do."""
    found = _PLACE.search(message)
    what = message[: found.start()] if found else message
    at = int(found["line"]) if found and found["line"] else len(text.splitlines())
    column = f" (column {found['column']})" if found and found["column"] else " (at the end)"
    hint = {
        "Invalid value": 'texts stand in quotes (`name = "MSC exosomes"`), true and false in small letters',
        "Cannot overwrite a value": "the key is there twice in its table",
        "Unterminated string": "a quote is missing at the end of the text",
        "Illegal character": "a quote is missing at the end of the text",
        "Expected '=' after a key in a key/value pair": "a line is `key = value`, or `[table]`",
        "Unclosed array": "a `]` is missing",
    }.get(re.sub(r" '.*", "", what) if what.startswith("Illegal") else what)
    if what.startswith("Cannot declare"):
        hint = "the table is there twice; `[[watch]]` and `[[route]]` take two brackets"
    return Problem(
        file=shown, line=max(at, 1), message=f"not TOML{column}: {what[:1].lower()}{what[1:]}", hint=hint
    )


def _ctgov_id(raw: Mapping[str, Any]) -> TrialId:
    """Addresses of the configured site are understood too, as far as its address is one."""

    def canonical(text: str) -> str:
        from monitor.registries.ctgov_ids import SITE, trial_id

        site: Any = raw
        for key in ("registries", "ctgov", "url"):
            site = site.get(key) if isinstance(site, dict) else None
        return trial_id(text, site=site if isinstance(site, str) else SITE)

    return canonical


def _field_slugs() -> list[str]:
    from snapshots.deadlines.states import STATE_SLUGS
    from snapshots.fields import table

    return sorted({*table("ctgov").slugs(), *STATE_SLUGS})
