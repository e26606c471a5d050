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
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from notifiers.backoff import Backoff
from notifiers.secret import Secret
from notifiers.slack.calls import Calls
from notifiers.slack.errors import reason
from notifiers.slack.interactions import Interaction, interaction_of
from notifiers.slack.scopes import APP

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

PING_EVERY = (
    15.0  # seconds without a word after which we ask; as many again without an answer, and it is dead
)
OPEN_WITHIN = 15.0  # seconds, for connecting and for Slack's `hello`, each
CLOSE_WITHIN = 2.0
STEADY_AFTER = timedelta(minutes=1)  # a connection that lived so long ends the count of failures
BACKOFF = Backoff(first=timedelta(seconds=1), longest=timedelta(minutes=5))
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# Their debug output has the connection's address, which lets anybody in.
_SILENT = logging.getLogger("notifiers.slack.websocket")
_SILENT.setLevel(logging.CRITICAL + 1)

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
    except _Failed as error:
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


class _Failed(Exception):
    def __init__(self, words: str, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


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
        self._line: _Line | None = None
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
        line: _Line | None = None
        try:
            while not self._stopping.is_set():
                line = line or self._open()
                if line is None:
                    continue
                ended = self._listen(line)
                if ended is _Ended.REFRESH:
                    fresh = self._open()
                    if fresh is not None:
                        self._leave(line)
                        line = fresh
                        continue
                    self._listen(line, to_its_end=True)  # it is heard until Slack closes it
                self._leave(line)
                line = None
        finally:
            if line is not None:
                self._leave(line)
            self._note(connected_since=None)
            self._ended()

    def _open(self) -> _Line | None:
        """A connection that said hello; None when it failed, after the pause that follows."""
        try:
            line = _Line(_address(self._calls, self._api_url), self._open_within)
            try:
                hello = line.hello(self._open_within)
            except BaseException:
                line.close()
                raise
        except _Failed as error:
            self._fail(str(error), error.retry_after)
            return None
        now = self._clock()
        line.opened_at = now
        info = hello.get("debug_info")
        seconds = info.get("approximate_connection_time") if isinstance(info, dict) else None
        if isinstance(seconds, int | float) and 0 < seconds < 10**7:
            line.refresh_at = now + timedelta(seconds=seconds)
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
        self._say("connected")
        return line

    def _listen(self, line: _Line, *, to_its_end: bool = False) -> _Ended:
        """Take what comes, until it is to be replaced or has ended."""
        while not self._stopping.is_set():
            if not to_its_end and line.refresh_at is not None and self._clock() >= line.refresh_at:
                return _Ended.REFRESH
            try:
                text = line.hear(self._ping_every)
            except _Failed as error:
                return self._lost(line, str(error))
            if line.heard:
                self._note(last_heard=self._clock())
            if text is None:
                continue
            try:
                refresh = self._hear(line, text)
            except _Failed as error:
                return self._lost(line, str(error))
            if refresh and not to_its_end:
                return _Ended.REFRESH
        return _Ended.STOPPED

    def _hear(self, line: _Line, text: str) -> bool:
        """One message. True when Slack is about to close the connection."""
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if not isinstance(envelope, dict):
            return False
        if envelope.get("type") == "disconnect":
            if envelope.get("reason") == _OFF:
                raise _Failed("Socket Mode is switched off in the app's settings")
            return True
        id_ = envelope.get("envelope_id")
        if not isinstance(id_, str) or not id_:
            return False
        asked = interaction_of(envelope, api_url=self._api_url)
        if asked is not None:
            try:
                self._take(asked)
            except Exception as error:  # noqa: BLE001 - whatever it is, Slack is not told that it was taken
                self._note(untaken=self.standing().untaken + 1)
                self._say(f"not written down: {type(error).__name__}")
                return False
        line.send(json.dumps({"envelope_id": id_}))
        return False

    def _leave(self, line: _Line) -> None:
        """Take what came before it was replaced, and close it."""
        with contextlib.suppress(_Failed):
            while not self._stopping.is_set() and (text := line.waiting()) is not None:
                self._hear(line, text)
        line.close()
        with self._lock:
            if self._line is line:
                self._line = None

    def _lost(self, line: _Line, words: str) -> _Ended:
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
        self._say(f"not connected: {words}")
        if not connected:
            pause = self._backoff.delay(failures, self._random, asked_for=retry_after)
            self._stopping.wait(pause.total_seconds())

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
        raise _Failed(words, answer.retry_after)
    address = answer.data.get("url")
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    local = urlsplit(api_url).hostname in _LOOPBACK and parts.hostname in _LOOPBACK
    if parts.scheme != "wss" and not (parts.scheme == "ws" and local):
        raise _Failed("Slack gave no address to connect to")
    return str(address)


class _Line:
    """A WebSocket, and whether the other side is still there. Used from one thread, but for `close`."""

    def __init__(self, address: str, within: float) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        self.opened_at: datetime | None = None
        self.refresh_at: datetime | None = None
        self.heard = False  # by the last `hear`: a message, or the answer to a ping
        self._pong: threading.Event | None = None
        self._open = contextlib.ExitStack()
        try:
            self._socket: ClientConnection = self._open.enter_context(
                connect(
                    address,
                    open_timeout=within,
                    close_timeout=CLOSE_WITHIN,
                    ping_interval=None,  # `hear` asks, when nothing came
                    compression=None,
                    logger=_SILENT,
                )
            )
        except (OSError, WebSocketException, ValueError) as error:
            # Some of their words have the address in them.
            raise _Failed(f"the connection could not be opened: {type(error).__name__}") from None

    def hello(self, within: float) -> dict[str, Any]:
        try:
            message = json.loads(self._receive(within) or "")
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or message.get("type") != "hello":
            raise _Failed("Slack did not say hello")
        return message

    def hear(self, within: float) -> str | None:
        """The next message; None when none came within so many seconds. _Failed when the other side is gone."""
        text = self._receive(within)
        answered = self._pong is not None and self._pong.is_set()
        self.heard = text is not None or answered
        if self.heard:
            self._pong = None
        elif self._pong is not None:
            raise _Failed(f"Slack has not answered for {2 * within:g} s")
        if text is None:
            self._pong = self._ask()
        return text

    def waiting(self) -> str | None:
        """A message that is there already; None for none."""
        return self._receive(0)

    def send(self, text: str) -> None:
        from websockets.exceptions import WebSocketException

        try:
            self._socket.send(text)
        except (OSError, WebSocketException):
            raise _Failed(self._how_closed()) from None

    def close(self) -> None:
        """Says goodbye, and waits for no more than CLOSE_WITHIN for its answer. May be called twice."""
        with contextlib.suppress(Exception):
            self._open.close()

    def _ask(self) -> threading.Event:
        from websockets.exceptions import WebSocketException

        try:
            return self._socket.ping()
        except (OSError, WebSocketException):
            raise _Failed(self._how_closed()) from None

    def _receive(self, within: float) -> str | None:
        from websockets.exceptions import WebSocketException

        try:
            text = self._socket.recv(timeout=within)
        except TimeoutError:
            return None
        except (OSError, WebSocketException):
            raise _Failed(self._how_closed()) from None
        return text if isinstance(text, str) else ""

    def _how_closed(self) -> str:
        code = self._socket.close_code
        return "the connection broke" if code in (None, 1006) else f"Slack closed the connection ({code})"
