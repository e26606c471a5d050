"""Migration 0010: what a watch holds by status, and what happened in it by week, kept counted.

A watch may hold a whole registry: to count that for each page would take longer than the page may. The counts move
in the transaction that moves what is counted, by triggers, whoever writes.
"""

from __future__ import annotations

from sqlite_utils import Database


def keep_tallies(db: Database) -> None:
    for statement in _STATEMENTS:
        db.execute(statement)


# The Monday of the week, in UTC.
_WEEK = "date(substr(event.at, 1, 10), 'weekday 0', '-6 days')"
_KEYS = "watch = {row}.watch and status = {row}.status"
# A trial's status may have been another when its row was written: it is looked for under each.
_TAKEN_OUT = (
    "delete from watch_trial where watch = old.watch and trial = old.trial"
    " and status in (select status from watch_status where watch = old.watch)"
)
_PUT_IN = (
    "insert into watch_trial (watch, status, trial)"
    " select new.watch, ifnull(trial.status, ''), new.trial from watch"
    " left join trial on trial.trial = new.trial and trial.registry = watch.registry where watch.id = new.watch"
)
_HOLDERS = (
    "from member join watch on watch.id = member.watch"
    " where member.trial = new.trial and member.state = 'in' and watch.registry = new.registry"
)
_MOVED = (
    "delete from watch_trial where trial = new.trial and status = {before}"
    f" and watch in (select member.watch {_HOLDERS});"
    " insert into watch_trial (watch, status, trial)"
    f" select member.watch, ifnull(new.status, ''), new.trial {_HOLDERS};"
)
_OF_WEEK = "watch = {row}.watch and severity = {row}.severity and week = "
_COUNTED_WEEK = (
    "update watch_week set events = events {change} where "
    + _OF_WEEK
    + f"(select {_WEEK} from event where sequence = {{row}}.event)"
)

_STATEMENTS = (
    # The trials that a watch holds (`member` in state `in`), by status; '' where the record gives none.
    """create table watch_trial (
        watch integer not null,
        status text not null,
        trial text not null,
        primary key (watch, status, trial)
    ) strict, without rowid""",
    """create table watch_status (
        watch integer not null,
        status text not null,
        trials integer not null,
        primary key (watch, status)
    ) strict, without rowid""",
    # What happened in a watch, quiet versions aside: by the name that it had then, the Monday of the week in which
    # we saw it, and severity.
    """create table watch_week (
        watch text not null,
        week text not null,
        severity text not null,
        events integer not null,
        primary key (watch, week, severity)
    ) strict, without rowid""",
    "insert into watch_trial select member.watch, ifnull(trial.status, ''), member.trial"
    " from member join watch on watch.id = member.watch"
    " left join trial on trial.trial = member.trial and trial.registry = watch.registry"
    " where member.state = 'in'",
    "insert into watch_status select watch, status, count(*) from watch_trial group by watch, status",
    f"insert into watch_week select event_watch.watch, {_WEEK} as week, event_watch.severity, count(*)"
    " from event_watch join event on event.sequence = event_watch.event"
    " where event_watch.severity <> 'noise' and event.at is not null"
    " group by event_watch.watch, week, event_watch.severity",
    # No statement in a trigger may run into a conflict: an `insert or ignore` that set it off would hide it.
    f"""create trigger watch_trial_counted after insert on watch_trial begin
        insert into watch_status select new.watch, new.status, 0
            where not exists (select 1 from watch_status where {_KEYS.format(row="new")});
        update watch_status set trials = trials + 1 where {_KEYS.format(row="new")};
    end""",
    f"""create trigger watch_trial_discounted after delete on watch_trial begin
        update watch_status set trials = trials - 1 where {_KEYS.format(row="old")};
        delete from watch_status where {_KEYS.format(row="old")} and trials = 0;
    end""",
    f"""create trigger member_came after insert on member when new.state = 'in' begin
        {_PUT_IN};
    end""",
    f"""create trigger member_went after delete on member when old.state = 'in' begin
        {_TAKEN_OUT};
    end""",
    f"""create trigger member_came_back after update of state on member
        when old.state <> 'in' and new.state = 'in' begin
        {_PUT_IN};
    end""",
    f"""create trigger member_left after update of state on member
        when old.state = 'in' and new.state <> 'in' begin
        {_TAKEN_OUT};
    end""",
    f"""create trigger trial_came after insert on trial when new.status is not null begin
        {_MOVED.format(before="''")}
    end""",
    f"""create trigger trial_moved after update of status on trial when new.status is not old.status begin
        {_MOVED.format(before="ifnull(old.status, '')")}
    end""",
    f"""create trigger event_watch_counted after insert on event_watch when new.severity <> 'noise' begin
        insert into watch_week select new.watch, {_WEEK}, new.severity, 0 from event
            where sequence = new.event and at is not null
            and not exists (select 1 from watch_week where {_OF_WEEK.format(row="new")} {_WEEK});
        {_COUNTED_WEEK.format(row="new", change="+ 1")};
    end""",
    f"""create trigger event_watch_discounted after delete on event_watch when old.severity <> 'noise' begin
        {_COUNTED_WEEK.format(row="old", change="- 1")};
    end""",
)
