"""Lists of trial ids, in config.toml or in a file of their own: made canonical, each id once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path as FilePath

from monitor.config.errors import Problem, quoted
from monitor.config.places import Path
from monitor.config.report import Report

TrialId = Callable[[str], str]  # the canonical id in a text; raises MalformedId


def canonical_ids(report: Report, path: Path, texts: Iterable[str], trial_id: TrialId) -> tuple[str, ...]:
    """Ids in the order written. What is no id is reported; an id twice is noted."""
    found: dict[str, str] = {}
    texts = tuple(texts)
    if not texts and path[0] == "watch":
        report.problem(path, f"`{path[-1]}` is an empty list: `[]`", hint="name at least one trial")
    for at, text in enumerate(texts):
        id_, fault, hint = _read(text, trial_id)
        if id_ is None:
            report.problem((*path, at), f"`{path[-1]}`: {fault}", hint=hint)
        elif id_ in found:
            report.note((*path, at), f"`{path[-1]}` has an id twice, counted once: {quoted(text)}")
        else:
            found[id_] = text
    return tuple(found)


def ids_of_file(report: Report, path: Path, file: FilePath, trial_id: TrialId) -> tuple[str, ...]:
    """Ids of a text file, one a line; `#` begins a comment. Its mistakes are told with its own line
    numbers."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        report.problem(path, f"`ids_file` cannot be read ({(error.strerror or 'error').lower()}): `{file}`")
        return ()
    except UnicodeDecodeError:
        report.problem(path, f"`ids_file` is not a UTF-8 text: `{file}`")
        return ()
    from monitor.registries.ctgov_ids import ids_alone

    if plain := ids_alone(text):
        return tuple(plain)
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.partition("#")[0].strip() if not line.lstrip().startswith("http") else line.strip()
        if not entry:
            continue
        id_, fault, hint = _read(entry, trial_id)
        if id_ is None:
            report.problems.append(Problem(file=str(file), line=number, message=fault, hint=hint))
        elif id_ in found:
            report.notes.append(
                Problem(
                    file=str(file),
                    line=number,
                    message=f"is on line {found[id_]} already, counted once: {quoted(entry)}",
                )
            )
        else:
            found[id_] = number
    if not found and not any(problem.file == str(file) for problem in report.problems):
        report.problem(path, f"`ids_file` names no trial: `{file}`")
    return tuple(found)


def _read(text: str, trial_id: TrialId) -> tuple[str | None, str, str | None]:
    from monitor.registries.base import MalformedId

    try:
        return trial_id(text), "", None
    except MalformedId as error:
        return None, str(error), error.hint
