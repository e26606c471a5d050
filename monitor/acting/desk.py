"""The service's desk for what people do in Slack: it listens, does it, answers, and shows it.

One connection an app, whatever the number of its channels. What is done is done in short transactions of this
process; only then is anybody told, and showing what was done is tried until it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlite_utils import Database

from monitor.acting import doing, inbox, showing
from monitor.acting.looking import Place
from monitor.logs import log
from notifiers import sent as outbox_sent
from notifiers.backoff import Backoff
from notifiers.notifier import Outcome, Result
from notifiers.secret import Secret
from notifiers.slack.hand import Reply, SlackHand
from notifiers.slack.interactions import Interaction
from notifiers.slack.socket import BACKOFF, PING_EVERY, SlackSocket, Standing
from notifiers.slack.workspace import home_of
from snapshots.database import immediate
from snapshots.errors import DatabaseHeld

AT_ONCE = 20
MOST_TRIES = 300  # of showing something: three days of it
_ANSWERING = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=1))
_SHOWING = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=15))
_TROUBLED = 3  # failures in a row that are worth saying


class SlackApp(msgspec.Struct, frozen=True, kw_only=True):
    """An app of Slack's, and the channels that it posts to."""

    app_token: Secret
    api_url: str
    tokens: Mapping[str, Secret]  # the bot's token, by notifier; one at least
    actors: frozenset[str] | None = None  # who may act; None: everybody of the app's workspace

    @property
    def name(self) -> str:
        """That of the first of its notifiers."""
        return next(iter(self.tokens))


class Desk:
    """`start`, `hang_up` and `close` from one thread, `work` from one, `tell` from one; `standing` from any."""

    def __init__(
        self,
        apps: Sequence[SlackApp],
        *,
        place: Place,
        db: Callable[[], Database],
        close_db: Callable[[], None],
        clock: Callable[[], datetime],
        random: Callable[[], float],
        backoff: Backoff = BACKOFF,
        ping_every: float = PING_EVERY,
    ) -> None:
        """db: the calling thread's connection; close_db: lets go of it."""
        self._apps = {app.name: app for app in apps}
        self._place = place
        self._homes: dict[str, frozenset[str]] = {}  # of an app: it stays
        self._db = db
        self._clock = clock
        self._random = random
        self._hands = {
            name: SlackHand(name=name, token=token, api_url=app.api_url)
            for app in apps
            for name, token in app.tokens.items()
        }
        self._sockets = {
            app.name: SlackSocket(
                name=app.name,
                app_token=app.app_token,
                api_url=app.api_url,
                take=self._taking(app.name),
                clock=clock,
                random=random,
                say=self._saying(app.name),
                ended=close_db,
                backoff=backoff,
                ping_every=ping_every,
            )
            for app in apps
        }

    def start(self) -> None:
        """Begin to listen."""
        for socket in self._sockets.values():
            socket.start()

    def hang_up(self) -> None:
        """Listen no more. What was taken and not worked is worked after the next start."""
        for socket in self._sockets.values():
            socket.close()

    def close(self) -> None:
        """Let go of everything; `work` and `tell` have ended."""
        self.hang_up()
        for hand in self._hands.values():
            hand.close()

    def standing(self) -> dict[str, Standing]:
        """How each connection is, by the first of its notifiers."""
        return {name: socket.standing() for name, socket in self._sockets.items()}

    def troubles(self) -> list[tuple[str, str]]:
        """Connections that do not come about, and such as others share: by the first notifier, one line each."""
        lines = []
        for name, one in self.standing().items():
            if one.connected_since is None and one.failures >= _TROUBLED:
                lines.append((name, f"buttons and commands of Slack (`{name}`) are not heard: {one.reason}"))
            elif one.others:
                shared = (
                    f"another process listens with the app token of `{name}`: what people do goes to either"
                )
                lines.append((name, shared))
        return lines

    def work(self) -> int:
        """Do what was asked for and is not done. Returns how much."""
        done = 0
        waiting = inbox.unworked(self._db(), limit=AT_ONCE)
        homes = {app: self._home(app) for app in {app for app, _ in waiting}}  # asked outside of transactions
        for app, one in waiting:
            reply: Reply | None = None
            try:
                with immediate(self._db()):
                    reply = self._do(app, one, homes[app])
                    inbox.worked(self._db(), one.id, reply, now=self._clock())
            except DatabaseHeld:
                raise  # all of it is done at the next call
            except Exception as error:  # noqa: BLE001 - whoever waits for an answer must get one
                log.error("not done", interaction=one.id, name=one.name, exc_info=error)
                reply = Reply(text="That went wrong here and was not done; the service's log says why")
                with immediate(self._db()):
                    inbox.worked(self._db(), one.id, reply, now=self._clock())
            log.info("done", name=one.name, value=one.value, person=one.person, person_id=one.person_id)
            done += 1
        return done

    def tell(self) -> int:
        """Answer those who did something, and show what was done. Returns how much was told."""
        return self._answer() + self._show()

    def _home(self, app: str) -> frozenset[str] | None:
        """An app's workspace, and the organisation of that; None where nobody needs it, or Slack does not say."""
        found = self._apps.get(app)
        if found is None or found.actors is not None:
            return None
        if app not in self._homes:
            home = home_of(found.name, found.tokens[found.name], api_url=found.api_url)
            if home is None:
                return None
            self._homes[app] = home
        return self._homes[app]

    def _do(self, app: str, one: Interaction, home: frozenset[str] | None) -> Reply | None:
        found = self._apps.get(app)
        if found is None:
            return None  # it left the configuration
        place = msgspec.structs.replace(self._place, actors=found.actors, home=home)
        return doing.do(self._db(), place, one, now=self._clock())

    def _answer(self) -> int:
        told = 0
        for one in inbox.unanswered(self._db(), list(self._apps), now=self._clock(), limit=AT_ONCE):
            outcome, done = Outcome(result=Result.MESSAGE_REFUSED, reason="too late"), one.done
            if self._clock() - one.taken_at < inbox.ANSWERED_WITHIN:
                outcome, done = self._hands[one.app].respond(one.respond_to, one.reply, done=one.done)
            with immediate(self._db()):
                if outcome.result in (Result.LATER, Result.UNKNOWN):
                    until = self._clock() + self._delay(_ANSWERING, one.tries, outcome)
                    inbox.put_off(self._db(), one, done=done, until=until, reason=outcome.reason)
                    continue
                inbox.answered(self._db(), one.id, now=self._clock(), reason=outcome.reason or None)
            told += 1
        return told

    def _show(self) -> int:
        told = 0
        for one in showing.due(self._db(), list(self._hands), now=self._clock(), limit=AT_ONCE):
            sent = outbox_sent.by_id(self._db(), one.message)
            outcome = Outcome(
                result=Result.MESSAGE_REFUSED, reason="the message is not in the outbox any more"
            )
            if sent is not None:
                notes, actions = showing.state_of(
                    self._db(), one.registry, one.trial, sent, now=self._clock()
                )
                outcome = self._hands[one.notifier].show(sent, notes=notes, actions=actions)
            given_up = outcome.result is Result.MESSAGE_REFUSED or one.tries >= MOST_TRIES
            with immediate(self._db()):
                if outcome.result is Result.SENT or given_up:
                    showing.shown(self._db(), one, reason=outcome.reason or None)
                else:
                    until = self._clock() + self._delay(_SHOWING, one.tries, outcome)
                    showing.put_off(self._db(), one, until=until, reason=outcome.reason)
                    continue
            if given_up:
                log.warning("not shown", notifier=one.notifier, message=one.message, reason=outcome.reason)
            told += 1
        return told

    def _delay(self, backoff: Backoff, tries: int, outcome: Outcome) -> timedelta:
        return backoff.delay(tries + 1, self._random, asked_for=outcome.retry_after)

    def _taking(self, app: str) -> Callable[[Interaction], None]:
        def take(one: Interaction) -> None:
            with immediate(self._db()):
                inbox.take(self._db(), app, one, now=self._clock())

        return take

    def _saying(self, app: str) -> Callable[[str], None]:
        return lambda words: log.info("slack socket", notifier=app, state=words)
