"""One connection of Socket Mode: what people do in Slack comes in by it, and no public address is needed.

It knows no trial. Each envelope is handed to `take`, which writes it down; only then is Slack told that it was taken,
within three seconds; it is worked on later, elsewhere. So nothing that was taken is lost, and what Slack hands over
again, for it heard no answer, has the same id.

A connection that is silent is asked (ping), and left when it does not answer: a peer may be gone without a word. One
that Slack is about to close is replaced before. `websockets` has the frames: slack_sdk's own client (3.48) loses what
it has read of a frame at a time-out, spins on a connection that was closed without a close frame, and sleeps and
calls itself when it is rate limited.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from notifiers.backoff import Backoff
from notifiers.secret import Secret
from notifiers.slack.calls import Calls
from notifiers.slack.errors import reason
from notifiers.slack.interactions import Interaction, interaction_of
from notifiers.slack.line import CLOSE_WITHIN, Line, LineFailed
from notifiers.slack.scopes import APP

PING_EVERY = (
    15.0  # seconds without a word after which we ask; as many again without an answer, and it is dead
)
OPEN_WITHIN = 15.0  # seconds, for connecting and for Slack's `hello`, each
# A connection that lived so long ends the count of failures; a younger one is not replaced, however Slack asks for it:
# when it does close it, that is a failure, and the pauses grow.
STEADY_AFTER = timedelta(minutes=1)
BACKOFF = Backoff(first=timedelta(seconds=1), longest=timedelta(minutes=5))
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

# In the words of a bot's token these would mislead.
_HINTS = {
    "invalid_auth": "set a valid app-level token, it begins with xapp-",
    "not_authed": "set the app-level token, it begins with xapp-",
    "not_allowed_token_type": "use the app-level token, it begins with xapp-",
    "token_revoked": "make a new app-level token and set it",
    "missing_scope": f"give the app-level token the scope {', '.join(APP)}",
    "forbidden_team": "install the app in this workspace",
    "socket_mode_not_enabled": "switch Socket Mode on in the app's settings",
}
# https://docs.slack.dev/apis/events-api/using-socket-mode: reasons of a `disconnect`.
_OFF = "link_disabled"


def check(app_token: Secret, *, api_url: str) -> tuple[bool, str]:
    """For `doctor`: whether a connection could be opened. Opens none."""
    token = Secret(app_token.reveal().strip())
    calls = Calls(name="doctor", token=token, api_url=api_url, timeout=int(OPEN_WITHIN), deadline=OPEN_WITHIN)
    try:
        _address(calls, api_url)
    except LineFailed as error:
        return False, f"Slack: buttons and /trial are not heard: {token.mask(str(error))}"
    finally:
        calls.close()
    return True, "Slack: the app token opens connections, so that buttons and /trial are heard"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the connection is, for whoever looks after it."""

    connected_since: datetime | None = None  # None while it is not
    last_heard: datetime | None = None  # anything at all, an answer to a ping too
    opened: int = 0  # connections since the start
    failures: int = 0  # in a row
    reason: str = ""  # of the last failure; "" before any
    untaken: int = 0  # envelopes that could not be written down: Slack said so to who sent them
    others: int = 0  # connections that this app has besides ours: what is done goes to any of them


class _Ended(StrEnum):
    REFRESH = "refresh"  # Slack will close it; it still works
    LOST = "lost"
    STOPPED = "stopped"


class SlackSocket:
    def __init__(
        self,
        *,
        name: str,
        app_token: Secret,
        api_url: str,
        take: Callable[[Interaction], None],
        clock: Callable[[], datetime],
        random: Callable[[], float],
        say: Callable[[str], None] = lambda words: None,
        ended: Callable[[], None] = lambda: None,
        backoff: Backoff = BACKOFF,
        ping_every: float = PING_EVERY,
        open_within: float = OPEN_WITHIN,
    ) -> None:
        """take: writes it down, soon; raises when it cannot. It is called in this connection's thread, as is `ended`,
        last of all. say: is told when the connection comes and goes. random: 0 to 1.
        """
        self.name = name
        self._token = Secret(app_token.reveal().strip())
        self._api_url = api_url
        self._take = take
        self._clock = clock
        self._random = random
        self._say = say
        self._ended = ended
        self._backoff = backoff
        self._ping_every = ping_every
        self._open_within = open_within
        self._calls = Calls(
            name=name, token=self._token, api_url=api_url, timeout=int(open_within) or 1, deadline=open_within
        )
        self._lock = threading.Lock()
        self._standing = Standing()
        self._stopping = threading.Event()
        self._line: Line | None = None
        self._thread = threading.Thread(target=self._run, name=f"slack-socket-{name}", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the connection and its thread. May be called twice, and before `start`."""
        self._stopping.set()
        with self._lock:
            line = self._line
        if line is not None:
            line.close()
        if self._thread.is_alive():
            self._thread.join(CLOSE_WITHIN + 1)  # a daemon: one that waits for an answer ends by itself
        self._calls.close()

    def standing(self) -> Standing:
        """Any thread may ask."""
        with self._lock:
            return self._standing

    def _run(self) -> None:
        line: Line | None = None
        try:
            while not self._stopping.is_set():
                try:
                    line = self._turn(line)
                except Exception as error:  # noqa: BLE001 - nobody would start this thread again, nor notice
                    self._drop(line)
                    line = None
                    self._fail(f"something went wrong here: {type(error).__name__}", None)
        finally:
            self._drop(line)
            self._note(connected_since=None)
            self._ended()

    def _turn(self, line: Line | None) -> Line | None:
        """Hear a connection, or a new one, to its end. Returns the one that took its place, if one did."""
        line = line or self._open()
        if line is None:
            return None
        ended = self._listen(line)
        if ended is _Ended.REFRESH:
            fresh = self._open()
            if fresh is not None:
                self._leave(line)
                return fresh
            self._listen(line, to_its_end=True)  # it is heard until Slack closes it
        self._leave(line)
        return None

    def _open(self) -> Line | None:
        """A connection that said hello; None when it failed, after the pause that follows."""
        try:
            line = Line(_address(self._calls, self._api_url), self._open_within)
            try:
                hello = line.hello(self._open_within)
                now = line.opened_at = self._clock()
            except BaseException:
                line.close()
                raise
        except LineFailed as error:
            self._fail(str(error), error.retry_after)
            return None
        info = hello.get("debug_info")
        seconds = info.get("approximate_connection_time") if isinstance(info, dict) else None
        if isinstance(seconds, int | float) and 0 < seconds < 10**7:
            line.refresh_at = now + max(timedelta(seconds=seconds), STEADY_AFTER)
        with self._lock:
            ours = 1 if self._line is None else 2
            self._line = line
        if self._stopping.is_set():  # `close` may have come before there was anything to close
            line.close()
        connections = hello.get("num_connections")
        self._note(
            connected_since=now,
            last_heard=now,
            opened=self.standing().opened + 1,
            others=max(connections - ours, 0) if isinstance(connections, int) else 0,
        )
        self._tell("connected")
        return line

    def _listen(self, line: Line, *, to_its_end: bool = False) -> _Ended:
        """Take what comes, until it is to be replaced or has ended."""
        while not self._stopping.is_set():
            if not to_its_end and line.refresh_at is not None and self._clock() >= line.refresh_at:
                return _Ended.REFRESH
            try:
                text = line.hear(self._ping_every)
            except LineFailed as error:
                return self._lost(line, str(error))
            if line.heard:
                self._note(last_heard=self._clock())
            if text is None:
                continue
            try:
                refresh = self._hear(line, text)
            except LineFailed as error:
                return self._lost(line, str(error))
            if refresh:
                line.refresh_at = max(self._clock(), (line.opened_at or self._clock()) + STEADY_AFTER)
        return _Ended.STOPPED

    def _hear(self, line: Line, text: str) -> bool:
        """One message. True when Slack is about to close the connection."""
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if not isinstance(envelope, dict):
            return False
        if envelope.get("type") == "disconnect":
            if envelope.get("reason") == _OFF:
                raise LineFailed("Socket Mode is switched off in the app's settings")
            return True
        id_ = envelope.get("envelope_id")
        if not isinstance(id_, str) or not id_:
            return False
        try:
            asked = interaction_of(envelope, api_url=self._api_url)
            if asked is not None:
                self._take(asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, Slack is not told that it was taken
            self._note(untaken=self.standing().untaken + 1)
            self._tell(f"not written down: {type(error).__name__}")
            return False
        line.send(json.dumps({"envelope_id": id_}))
        return False

    def _leave(self, line: Line) -> None:
        """Take what came before it was replaced, and close it."""
        with contextlib.suppress(LineFailed):
            while not self._stopping.is_set() and (text := line.waiting()) is not None:
                self._hear(line, text)
        line.close()
        with self._lock:
            if self._line is line:
                self._line = None

    def _lost(self, line: Line, words: str) -> _Ended:
        if self._stopping.is_set():
            return _Ended.STOPPED
        if line.opened_at is not None and self._clock() - line.opened_at >= STEADY_AFTER:
            self._note(failures=0)
        with self._lock:
            if self._line is line:
                self._line = None
        line.close()
        self._fail(words, None)
        return _Ended.LOST

    def _fail(self, words: str, retry_after: timedelta | None) -> None:
        """Write down why, and keep still for a while: the longer the more often it failed."""
        if self._stopping.is_set():
            return
        words = self._token.mask(words)
        with self._lock:
            connected = self._line is not None  # the one before is still there
        failures = self.standing().failures + 1
        more = {} if connected else {"connected_since": None}
        self._note(failures=failures, reason=words, **more)
        self._tell(f"not connected: {words}")
        if not connected:
            pause = self._backoff.delay(failures, self._random, asked_for=retry_after)
            self._stopping.wait(pause.total_seconds())

    def _drop(self, line: Line | None) -> None:
        """Close all there is."""
        with self._lock:
            lines, self._line = {line, self._line}, None
        for one in lines:
            if one is not None:
                one.close()

    def _tell(self, words: str) -> None:
        """A log that cannot be written is no reason to hear nobody."""
        with contextlib.suppress(Exception):
            self._say(words)

    def _note(self, **values: Any) -> None:
        with self._lock:
            self._standing = msgspec.structs.replace(self._standing, **values)


def _address(calls: Calls, api_url: str) -> str:
    """A new address to connect to: good once, and a secret."""
    answer = calls.call("apps.connections.open")
    if not answer.ok:
        words = answer.reason
        if answer.code in _HINTS:
            words = f"Slack says `{answer.code}`; {_HINTS[answer.code]}"
        elif answer.code is not None:
            words = reason(200, answer.code)
        raise LineFailed(words, answer.retry_after)
    address = answer.data.get("url")
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
    except ValueError:  # `wss://[x`
        parts = urlsplit("")
    local = urlsplit(api_url).hostname in _LOOPBACK and parts.hostname in _LOOPBACK
    if parts.scheme != "wss" and not (parts.scheme == "ws" and local):
        raise LineFailed("Slack gave no address to connect to")
    return str(address)
