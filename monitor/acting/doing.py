"""What a person does in Slack, by a button or a command: done in the caller's transaction, with the words to answer.

Wrong input is one clear line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlite_utils import Database

from monitor import watches
from monitor.acting import buttons, looking, mutes, showing
from monitor.acting.about import About, Unknown, about_field, about_watch
from monitor.acting.acknowledgements import acknowledge, newest_event
from monitor.acting.looking import Place, silent
from monitor.acting.mutes import Kind, Scope
from monitor.acting.people import Person, Via, named
from monitor.config.durations import WrongDuration, parse_duration
from monitor.registries.base import MalformedId
from notifiers import sent as outbox_sent
from notifiers.sent import Sent
from notifiers.slack.hand import Reply
from notifiers.slack.interactions import LONGEST, Interaction
from snapshots.query import Reader

COMMAND = "/trial"
FROM_SLACK = "From Slack"  # the watch that `/trial watch` adds to
MOST_IDS = 50  # of one command
HELP = """/trial NCT07146087 – its status and last changes
/trial watch NCT07146087 – watch it
/trial mute NCT07146087 30d – tell nobody of it for 30 days, or until a day: 2026-12-31
/trial snooze NCT07146087 3d – tell of it then, all at once; what is critical is told at once
/trial mute watch MSC exosomes 30d – trials that no other watch holds; `mute field locations 7d`, `snooze …` likewise
/trial unmute NCT07146087 – tell of it again; `unmute watch …`, `unmute field …`
/trial ack NCT07146087 [a few words] – say that you have seen what happened"""


class Refused(Exception):
    """It cannot be done; `str()` is the answer."""


def do(db: Database, place: Place, one: Interaction, *, now: datetime) -> Reply | None:
    """Returns what is to be answered; None for what is none of ours. Caller owns the transaction."""
    doing = _Doing(db, place, one, now)
    try:
        if one.kind == "command":
            return doing.command()
        return doing.press()
    except (Refused, Unknown) as error:
        return Reply(text=str(error))


class _Doing:
    def __init__(self, db: Database, place: Place, one: Interaction, now: datetime) -> None:
        self._db = db
        self._place = place
        self._one = one
        self._now = now
        self._reader = Reader(db)

    def press(self) -> Reply | None:
        presses: dict[str, Callable[[str, str], Reply]] = {
            buttons.MUTE: self._press_mute,
            buttons.UNMUTE: lambda trial, event: self._unmute(About(scope=Scope.TRIAL, value=trial)),
            buttons.ACKNOWLEDGE: lambda trial, event: self._acknowledge(
                About(scope=Scope.TRIAL, value=trial), event, ""
            ),
            buttons.SHOW_DIFF: lambda trial, event: self._diff(event),
        }
        press = presses.get(self._one.name)
        about = self._pressed_about()
        if press is None or about is None:
            return None
        if self._one.name != buttons.SHOW_DIFF:
            self._may_act()
        return press(*about)

    def _pressed_about(self) -> tuple[str, str] | None:
        """Trial and event of a button; None when it is none of ours, or the two do not belong together."""
        registry, trial, event = buttons.carried(self._one.value) or ("", "", "")
        try:
            if registry != self._place.registry or self._place.trial_id(trial) != trial:
                return None
        except MalformedId:
            return None
        stored = self._reader.event(event)  # None after a database was begun anew
        ours = stored is None or (stored.registry, stored.trial) == (registry, trial)
        return (trial, event) if ours else None

    def command(self) -> Reply:
        if self._one.cut:  # the last id may be half of one, and that another trial's
            raise Refused(f"Too long, nothing was done: write {LONGEST:,} characters at most")
        words = self._one.value.split()
        verb = words[0].lower() if words else "help"
        commands: dict[str, Callable[[list[str]], Reply]] = {
            "help": lambda rest: Reply(text=HELP),
            "status": lambda rest: self._status(self._only(rest, "status")),
            "watch": self._watch,
            "mute": lambda rest: self._silence(rest, Kind.MUTE),
            "snooze": lambda rest: self._silence(rest, Kind.SNOOZE),
            "unmute": self._end,
            "ack": self._ack,
        }
        if verb in commands:
            if verb not in ("help", "status"):
                self._may_act()
            return commands[verb](words[1:])
        if len(words) > 1 and words[0].isalpha():
            raise Refused(f"No such command: `{words[0]}`. `{COMMAND} help` lists them")
        return self._status(self._only(words, ""))

    def _may_act(self) -> None:
        actors, home = self._place.actors, self._place.home
        if actors is not None:
            if self._one.person_id not in actors:
                raise Refused("You may look, and change nothing: your id is not in `actors` of config.toml")
        elif home is None:
            raise Refused(
                "Nothing was done: Slack did not say which workspace this app is of. Try again in a minute"
            )
        elif self._one.team not in home:
            raise Refused(
                "You may look, and change nothing: you are of another workspace, and not in `actors` of config.toml"
            )

    @property
    def _person(self) -> Person:
        return named(self._one.person, Via.SLACK, id=self._one.person_id)

    def _trial(self, text: str) -> str:
        bare = text.strip("<>").partition("|")[0]  # as Slack writes addresses
        try:
            return self._place.trial_id(bare)
        except MalformedId:
            raise Refused(
                f"No trial's id: `{text[:80]}`. Write it like NCT07146087; `{COMMAND} help` has examples"
            ) from None

    def _only(self, words: Sequence[str], verb: str) -> str:
        example = " ".join(part for part in (COMMAND, verb, "NCT07146087") if part)
        if not words:
            raise Refused(f"Which trial? Write `{example}`")
        if len(words) > 1:
            raise Refused(f"One trial at a time: `{example}`")
        return self._trial(words[0])

    def _pressed(self, trial: str) -> Sent | None:
        """The message that the button stands in."""
        one = self._one
        thread = f"{self._place.registry}:{trial}"
        if one.message is None:
            return None
        return outbox_sent.standing_at(self._db, thread, channel=one.channel, ts=one.message)

    def _show(self, about: About) -> None:
        pressed = self._pressed(about.value) if about.scope is Scope.TRIAL else None
        showing.ask_of(self._db, self._place.registry, about.scope, about.value, pressed=pressed)

    def _about(self, words: Sequence[str], verb: str) -> About:
        """A trial, or `watch` and its name, or `field` and its slug."""
        if len(words) > 1 and words[0].lower() == Scope.WATCH:
            return about_watch(self._db, words[1:])
        if len(words) > 1 and words[0].lower() == Scope.FIELD:
            return about_field(words[1:])
        return About(scope=Scope.TRIAL, value=self._only(words, verb))

    def _press_mute(self, trial: str, event: str) -> Reply:
        about = About(scope=Scope.TRIAL, value=trial)
        return self._begin(about, _end(self._now, buttons.MUTED_FOR), Kind.MUTE)

    def _silence(self, words: list[str], kind: Kind) -> Reply:
        """`mute` and `snooze`: a trial, a watch or a field, and until when."""
        default = f"{buttons.MUTED_FOR.days}d" if kind is Kind.MUTE else ""
        named = len(words) > 1 and words[0].lower() in (Scope.WATCH, Scope.FIELD)
        timed = len(words) > 2 and words[-1][:1].isdigit() if named else len(words) > 1
        about, until = (words[:-1], words[-1]) if timed else (words, default)
        if not about or not until or (len(about) > 1 and not named):
            raise Refused(f"Write `{COMMAND} {kind} NCT07146087 {default or '3d'}`: a trial, and until when")
        return self._begin(self._about(about, kind), self._until(until), kind)

    def _begin(self, about: About, until: datetime, kind: Kind) -> Reply:
        before = mutes.of(self._db, about.scope, about.value, now=self._now)
        if (
            before is not None
            and before.kind is Kind.MUTE is kind
            and (before.until is None or before.until >= _iso(until))
        ):
            return Reply(text=f"{about} is muted already: {silent(before)}")
        made = mutes.mute(
            self._db, about.scope, about.value, until=until, now=self._now, by=self._person, kind=kind
        )
        self._show(about)
        stranger = (
            about.scope is Scope.TRIAL and self._reader.trial(self._place.registry, about.value) is None
        )
        doubt = "\nNothing is stored of it yet: is the id right?" if stranger else ""
        meanwhile = (
            "What happens is stored and shown, and nobody is told of it."
            if kind is Kind.MUTE
            else "What happens is told then, all at once; what is critical at once."
        )
        return Reply(text=f"{about}: {silent(made)}. {about.limits}{meanwhile}{doubt}")

    def _end(self, words: list[str]) -> Reply:
        return self._unmute(self._about(words, "unmute"))

    def _unmute(self, about: About) -> Reply:
        ended = mutes.unmute(self._db, about.scope, about.value, now=self._now, by=self._person)
        self._show(about)  # one that says so may be out of date
        if not ended:
            return Reply(text=f"{about} is not muted")
        return Reply(text=f"{about} is told again, from the next event on")

    def _ack(self, words: list[str]) -> Reply:
        if not words:
            raise Refused(f"Which trial? Write `{COMMAND} ack NCT07146087`")
        if words[0].lower() in (Scope.WATCH, Scope.FIELD):
            return self._acknowledge(self._about(words, "ack"), None, "")
        about = About(scope=Scope.TRIAL, value=self._trial(words[0]))
        return self._acknowledge(about, None, " ".join(words[1:]))

    def _acknowledge(self, about: About, event: str | None, note: str) -> Reply:
        if event is None:
            newest = newest_event(self._db, self._place.registry, about.scope, about.value)
            number = newest[0] if newest else None
        else:
            number = self._reader.number(event)
        if number is None:
            raise Refused(f"Nothing happened to {about} yet")
        made, dropped = acknowledge(
            self._db,
            self._place.registry,
            about.scope,
            about.value,
            up_to=number,
            now=self._now,
            by=self._person,
            note=note,
        )
        self._show(about)
        waited = "" if not dropped else f"; {dropped} that waited will not be told"
        return Reply(text=f"{about}, up to {made.event}: seen by {showing.called(made.by)}{waited}")

    def _watch(self, words: list[str]) -> Reply:
        """Adds to the watch of the database that this command owns: config.toml is never written."""
        if not words:
            raise Refused(f"Which trial? Write `{COMMAND} watch NCT07146087`")
        if len(words) > MOST_IDS:
            raise Refused(f"{MOST_IDS} trials at a time at most")
        ids = list(dict.fromkeys(map(self._trial, words)))
        active = watches.active(self._db, registry=self._place.registry)
        known: dict[str, str] = {}
        for id_ in ids:
            names = [one.name for one in active if id_ in (one.definition.ids or ())]
            names += watches.holding(self._db, id_, registry=self._place.registry)
            if names:
                known[id_] = names[0]
        fresh = [id_ for id_ in ids if id_ not in known]
        said = [f"{id_} is watched already, by “{name}”" for id_, name in known.items()]
        if fresh:
            self._add(active, fresh)
            said.insert(
                0,
                f"Watching {', '.join(fresh)} (watch “{FROM_SLACK}”). The next poll takes a first look, silently",
            )
        return Reply(text="\n".join(said))

    def _add(self, active: Sequence[watches.Watch], ids: Sequence[str]) -> None:
        try:
            if any((one.name, one.origin) == (FROM_SLACK, "command") for one in active):
                watches.extend(self._db, FROM_SLACK, ids)
            else:
                definition = watches.Definition(registry=self._place.registry, ids=tuple(sorted(ids)))
                watches.add(self._db, FROM_SLACK, definition, now=self._now)
        except watches.WatchError as error:
            raise Refused(f"Not added: {error}") from None

    def _status(self, trial: str) -> Reply:
        found = looking.status(self._db, self._place, trial, now=self._now)
        if found is None:
            raise Refused(f"Nothing is stored of {trial}; `{COMMAND} watch {trial}` watches it")
        return found

    def _diff(self, event: str) -> Reply:
        found = looking.diff(self._db, self._place, event, sent=self._pressed, name=self._one.id)
        if found is None:
            raise Refused("That event is not in this database any more")
        return found

    def _until(self, text: str) -> datetime:
        end: datetime | None = None
        try:
            end = _end(self._now, parse_duration(text))
        except WrongDuration:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                try:
                    end = datetime.fromisoformat(text).replace(tzinfo=UTC)
                except ValueError:
                    end = None
        except OverflowError:
            end = None
        if end is None:
            raise Refused(f"No end: `{text[:40]}`. Write 30d, 12h, or a day like 2026-12-31")
        if end <= self._now:
            raise Refused(f"`{text}` is past: write a day to come, or 7d")
        return end


def _end(now: datetime, span: timedelta) -> datetime:
    """Of some days: the beginning of a day, which reads as one."""
    end = now + span
    if span < timedelta(days=2):
        return end
    return datetime.combine(end.astimezone(UTC).date(), time(), UTC)


def _iso(moment: datetime) -> str:
    from snapshots.instants import stamp

    return stamp(moment)
