"""The database as a site for people with questions: metadata for Datasette (https://datasette.io, 0.65).

What a table is, what its columns mean, which queries are worth having. What is not named here is the program's own
and hidden from the list of tables, whatever a later version adds.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from monitor.export.tables import CHANGES, TRIALS, VERSIONS, Table

_PER_PAGE = 50


def metadata(db: Database, name: str) -> dict[str, Any]:
    """For the database under the name that Datasette gives it: its file's, without the ending."""
    known = {"sqlite_sequence", *db.table_names(), *db.view_names()}
    tables: dict[str, Any] = {table: told for table, told in TABLES.items() if table in known}
    tables |= {table: {"hidden": True} for table in sorted(known - set(TABLES))}
    return {
        "title": "trialbell",
        "description": "Clinical trials as their registries published them, and what changed. "
        "Whole records are compressed: `trialbell show ID@VERSION` prints one, `trialbell export` all.",
        "databases": {name: {"tables": tables, "queries": QUERIES}},
    }


def _words(table: Table) -> dict[str, str]:
    return {column.name: column.words for column in table.columns if not column.name.endswith("_date")}


def _table(title: str, description: str, columns: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"title": title, "description": description, "columns": columns, "size": _PER_PAGE, **more}


_TRIAL = {"trial": "The registry's id"}
_VERSION_WORDS = _words(VERSIONS)

TABLES: dict[str, dict[str, Any]] = {
    "trial": _table(
        "Trials",
        "Each with the facts of its newest record.",
        {"key": "Ours, in this file only"} | _words(TRIALS),
        label_column="trial",
        sort_desc="updated",
        facets=["status", "phase", "sponsor_class", "study_type", "state"],
    ),
    "history": _table(
        "Versions",
        "Every version of every trial that is stored, both ours and the registry's own.",
        {
            name: _VERSION_WORDS[name]
            for name in ("registry", "trial", "build", "updated", "submitted", "seen_at", "size", "sha256")
        }
        | {"line": _VERSION_WORDS["source"], "number": _VERSION_WORDS["version"]},
    ),
    "changes": _table(
        "Changes",
        "A row a change, with what its event says of it; a row for an event without any.",
        _words(CHANGES),
    ),
    "event": _table(
        "Events",
        "What happened: a new version with all its changes, a trial that came, went, was merged, or fell overdue.",
        _TRIAL
        | {
            "sequence": "Order in which they were written",
            "id": "The same for ever: receivers know repeats by it",
            "kind": "changed, entered, left, returned, gone, back, merged, deadline",
            "at": "When we found it, UTC",
            "build": "Data build that shows it",
            "severity": "noise, minor, major or critical: the highest of its changes",
            "headline": "The event in a line",
        },
        label_column="headline",
        sort_desc="sequence",
        facets=["kind", "severity"],
    ),
    "deadline": _table(
        "States that time makes",
        "As they stand: results due or apparently overdue, dates that passed, statuses not verified for long.",
        {
            "trial": "Key of the trial",
            "state": "Which state",
            "since": "Its first day, by the record's dates",
            "until": "Its last day, if it has one",
            "due": "The day by which something was to happen",
            "assumed": "1 where a day was assumed that the record does not give",
            "reason": "Why",
            "entered_on": "When we saw it begin",
        },
        facets=["state"],
    ),
    "watch": _table(
        "Watches",
        "What is watched, and how far each watch has come.",
        {
            "name": "Its name",
            "definition": "Ids or a query, JSON",
            "origin": "config: of config.toml; command: added by hand",
            "finished": "The registry's stamp of the last build that was gone through completely",
            "error": "Why the last try did not finish",
        },
        label_column="name",
    ),
    "member": _table(
        "Trials of watches",
        "Which trial a watch holds or held.",
        _TRIAL
        | {
            "watch": "Row of the watch",
            "state": "in, left, or absent: not in the registry",
            "since": "Since when",
        },
        facets=["watch", "state"],
    ),
    "poll": _table(
        "Polls",
        "Each time that the registry was asked.",
        {
            "build": "The registry's stamp of its data",
            "outcome": "How it ended",
            "requests": "Sent to the registry",
            "records": "Looked at",
            "versions": "Newly stored",
            "events": "Newly written",
            "error": "Why it broke off",
        },
        sort_desc="id",
        facets=["outcome"],
    ),
    "delivery": _table(
        "Deliveries",
        "That an event is to reach a notifier, and whether it did.",
        {
            "event": "Id of the event",
            "state": "waiting, queued, sent, failed or dropped",
            "reason": "Why not",
        },
        sort_desc="id",
        facets=["notifier", "state"],
    ),
    "message": _table(
        "Messages",
        "What was sent.",
        {"headline": "Its first line", "state": "waiting, claimed, unknown, sent, failed or dropped"},
        sort_desc="number",
        facets=["notifier", "state"],
    ),
    "mute": _table(
        "Mutes", "What is not told for a while.", {"scope": "trial, watch or field", "until": "Till when"}
    ),
    "held": _table(
        "Held sweeps",
        "What was too much at once to be believed without a second look.",
        {
            "kind": "lost-section or vanished",
            "count": "Of so many records",
            "swept": "That were looked at",
            "state": "open, and what was decided",
        },
        facets=["state"],
    ),
    "drift": _table(
        "The registry's own doing",
        "Changes that most records of a build shared.",
        {"field": "Which field", "count": "In so many records", "swept": "That were looked at"},
        sort_desc="id",
    ),
}

_OURS = "source is not 'archive'"  # each change once: what the registry's own versions tell is told apart
_CHANGE = 'seen_at, trial, title, field, "before", "after", severity, summary, sponsor, phase, url'

QUERIES: dict[str, dict[str, Any]] = {
    "stopped_this_month": {
        "title": "Stopped this month",
        "description": "Suspended, terminated or withdrawn since the first of the month, with the reason given.",
        "sql": "select seen_at, trial, title, headline, event_severity, sponsor, phase, url from changes"
        f" where {_OURS} and seen_at >= strftime('%Y-%m-01', 'now') and position = 1"
        " and exists (select 1 from json_each(event_tags) where value = 'stopped') order by seen_at desc",
    },
    "stopped_in_the_past": {
        "title": "Stopped, by the registry's own history",
        "description": "What a backfill brought, by the day of submission; since: a day, as 2020-01-01.",
        "sql": "select updated, trial, title, headline, event_severity, sponsor, phase, url from changes"
        " where source = 'archive' and updated >= :since and position = 1"
        " and exists (select 1 from json_each(event_tags) where value = 'stopped') order by updated desc",
    },
    "results_posted": {
        "title": "Results posted",
        "description": "Trials whose results appeared, the newest first.",
        "sql": f"select {_CHANGE} from changes where field = 'has-results' and source = 'snapshot'"
        " order by seen_at desc",
    },
    "enrolment_cut_by_half": {
        "title": "Enrolment cut by half or more",
        "description": "Participants before and after, the newest first.",
        "sql": 'select seen_at, trial, title, cast("before" as integer) as was, cast("after" as integer) as now,'
        f" status, sponsor, phase, url from changes where {_OURS} and field = 'enrollment'"
        ' and cast("before" as integer) > 0 and 2 * cast("after" as integer) <= cast("before" as integer)'
        " order by seen_at desc",
    },
    "why_stopped": {
        "title": "Why stopped",
        "description": "Every stopped trial with the sponsor's reason. Words: a part of it.",
        "sql": "select trial, title, status, why_stopped, sponsor, phase, enrollment, updated from trial"
        " where status in ('SUSPENDED', 'TERMINATED', 'WITHDRAWN')"
        " and ifnull(why_stopped, '') like '%' || :words || '%'"
        " order by updated desc",
    },
    "field_of_a_trial": {
        "title": "One field of a trial through time",
        "description": "E.g. trial NCT07146087, field enrollment. Where source is archive, by the day of submission: "
        "the same change may stand there once more, as we saw it.",
        "sql": "select case source when 'archive' then updated else ifnull(build, date(seen_at)) end as day, source,"
        ' to_version, action, "before", "after", summary from changes'
        " where trial = :trial and field = :field order by day, source, to_version",
    },
    "versions_of_a_trial": {
        "title": "Versions of a trial",
        "description": "Ours and the registry's own, with the day that each is of.",
        "sql": "select line, number, ifnull(build, updated) as day, updated, seen_at, size, sha256 from history"
        " where trial = :trial order by day, line, number",
    },
    "changes_by_field": {
        "title": "What changes most",
        "description": "Changes of the last 30 days by field, noise left out.",
        "sql": "select field, label, count(*) as changes, count(distinct trial) as trials,"
        " sum(severity in ('major', 'critical')) as weighty from changes"
        f" where {_OURS} and seen_at >= date('now', '-30 days') and severity <> 'noise'"
        " group by field, label order by changes desc",
    },
    "outcomes_rewritten": {
        "title": "Primary outcomes changed",
        "description": "Added, dropped, reworded or moved, the newest first.",
        "sql": f"select {_CHANGE} from changes where {_OURS} and field = 'primary-outcomes' and severity <> 'noise'"
        " order by seen_at desc",
    },
    "stops_by_sponsor": {
        "title": "Who stops most",
        "description": "Share of a sponsor's interventional trials that were stopped; ten trials or more.",
        "sql": "select sponsor, sponsor_class, count(*) as trials,"
        " sum(status in ('SUSPENDED', 'TERMINATED', 'WITHDRAWN')) as stopped,"
        " round(100.0 * sum(status in ('SUSPENDED', 'TERMINATED', 'WITHDRAWN')) / count(*), 1) as percent"
        " from trial where study_type = 'INTERVENTIONAL' and sponsor is not null"
        " group by sponsor, sponsor_class having count(*) >= 10 order by percent desc, trials desc",
    },
    "results_overdue": {
        "title": "Results that appear overdue",
        "description": "By the record's own dates; nobody is accused.",
        "sql": "select trial.trial, trial.title, deadline.since, deadline.due, deadline.reason, trial.sponsor"
        " from deadline join trial on trial.key = deadline.trial where deadline.state = 'results-overdue'"
        " order by deadline.since",
    },
}
