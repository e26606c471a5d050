"""Asks one registry's host: politely spaced, each request under one deadline, answers of bounded size.

Safe to call from several threads. What is sent names us; what is logged or raised holds no credentials.
"""

from __future__ import annotations

import logging
import random as random_module
import threading
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from urllib.parse import SplitResult, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from monitor import release
from monitor.transport import retries
from monitor.transport.answer import Answer, shortened
from monitor.transport.inflate import body_for
from monitor.transport.library import httpx
from monitor.transport.limiter import Limiter
from monitor.transport.problems import Broken, Misdirected, NoAnswer, Stopped, TooLarge, Unreadable
from monitor.transport.wire import BROKEN, TLS, Deadline, Wire

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
LARGEST = 64 * MEGABYTE
LARGEST_ERROR = 64 * 1024  # of a body that is not 200 nobody reads more
REDIRECTS = 3
PHASE = 30.0  # seconds without a byte, or to connect

# Waits so many seconds; True when a stop was asked for, at once then.
Wait = Callable[[float], bool]


class Transport:
    """For one host.

    deadline: seconds for one try, redirects and last byte included. patience: seconds for all tries of one
    question, from the first on. wait: see `Wait`; without one, waits cannot be ended. wire: another way to
    the network, whose answers are streams. called: what errors and the log say in place of an address that is a
    secret; of where it redirects to they say nothing then.
    """

    def __init__(
        self,
        origin: str,
        *,
        limiter: Limiter | None = None,
        user_agent: str | None = None,
        tls: TLS = "default",
        trust_env: bool = True,
        deadline: float = 120.0,
        patience: float | None = None,
        attempts: int = retries.ATTEMPTS,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait | None = None,
        random: Callable[[], float] = random_module.random,
        wire: httpx.BaseTransport | None = None,
        called: str | None = None,
    ) -> None:
        parts = urlsplit(origin.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not the address of a web site: it must begin with http:// or https://")
        self.origin = urlunsplit(_bare(parts))
        self._credentials = None
        if parts.username is not None:
            self._credentials = (unquote(parts.username), unquote(parts.password or ""))
        self.user_agent = user_agent or honest_user_agent()
        if not (self.user_agent.isascii() and self.user_agent.isprintable()):
            raise ValueError("a User-Agent can hold printable ASCII only")
        self._tls: TLS = tls
        self._trust_env = trust_env
        self._seconds = deadline
        self._patience = 2.5 * deadline if patience is None else patience
        self._attempts = attempts
        self._clock = clock
        self._wait = wait or threading.Event().wait
        self._random = random
        self._limiter = limiter
        self._wire = wire
        self._called = called
        self._deadline = Deadline(clock)
        self._building = threading.Lock()
        self._client: httpx.Client | None = None

    def ask(
        self,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        follow: bool = True,
        cap: int = LARGEST,
    ) -> Answer:
        """GET; an answer of any status but those that another try may mend.

        follow: go where a redirect within the host points; else the redirect is the answer. cap: bytes that
        the body may have once decompressed. Raises the errors of `problems`.
        """
        url = self.address(path, params)
        begun: float | None = None
        for tries in range(1, self._attempts + 1):
            self._pause(self._limiter.reserve() if self._limiter else 0.0)
            begun = self._clock() if begun is None else begun
            asked: float | None = None
            status: int | None = None
            try:
                answer = self._once(url, follow=follow, cap=cap)
            except Broken as error:
                why = error.why
            else:
                if not retries.passing(answer.status):
                    return answer
                status = answer.status
                why = f"it answered {status}"
                asked = retries.asked_pause(answer.headers)
            pause = max(asked or 0.0, retries.pause(tries, self._random))
            left = begun + self._patience - self._clock()
            log.debug("%s: %s (try %d of %d)", self._name(url), why, tries, self._attempts)
            if asked is not None and asked > min(left, retries.LONGEST_PAUSE):
                why += f" and wants to be left alone for {asked:.0f} s"
                break
            if tries == self._attempts or pause >= left:
                break
            if status == 429 and self._limiter:
                self._limiter.hold(pause)  # it is meant for all who ask, not for this question
            else:
                self._pause(pause)
        tried = f"{tries} {'try' if tries == 1 else 'tries'}"
        raise NoAnswer(f"{shortened(self._name(url))}: {why} ({tried})", status=status, retry_after=asked)

    def address(self, path: str, params: Sequence[tuple[str, str]] = ()) -> str:
        """The whole address of a question. Commas stay as they are: they are a third of a list of ids."""
        query = urlencode(params, safe=",:", quote_via=quote)
        return f"{self.origin}{path}?{query}" if query else f"{self.origin}{path}"

    def close(self) -> None:
        """May be called twice; a later question opens it again."""
        with self._building:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _name(self, url: str) -> str:
        return self._called or url

    def _pause(self, seconds: float) -> None:
        # Asked even for no wait at all: a stop must end a sweep that never has to wait.
        if self._wait(seconds):
            raise Stopped("stopping: nothing more is asked")

    def _once(self, url: str, *, follow: bool, cap: int) -> Answer:
        """One try; redirects within the host are part of it."""
        self._deadline.begin(self._seconds)
        first = url
        for _ in range(REDIRECTS + 1):
            answer = self._exchange(url, cap=cap)
            if not follow or answer.status not in (301, 302, 303, 307, 308):
                return answer
            if answer.location is None:
                raise Misdirected(f"{self._name(url)}: redirected to nowhere")
            url = self._within(url, answer.location)
            self._pause(self._limiter.reserve() if self._limiter else 0.0)
        raise Misdirected(f"{self._name(first)}: redirected more than {REDIRECTS} times")

    def _within(self, url: str, location: str) -> str:
        """Where a redirect leads. Raises Misdirected when that is another host, or unencrypted."""
        here = urlsplit(url)
        try:
            target = urlsplit(urljoin(url, location))
            same = target.hostname == here.hostname and (
                (target.scheme, target.port) == (here.scheme, here.port)
                or (here.scheme, target.scheme, here.port, target.port) == ("http", "https", None, None)
            )
        except ValueError:  # brackets or a port that are none
            raise Misdirected(f"{self._name(url)}: redirected to no address") from None
        bare = urlunsplit(_bare(target))
        if not same:
            where = "" if self._called else f": `{bare[:200]}`"
            raise Misdirected(f"{self._name(url)}: redirected to another host{where}")
        return bare

    def _exchange(self, url: str, *, cap: int) -> Answer:
        """One request and its answer."""
        client = self._opened()
        left = self._deadline.left()
        phases = httpx.Timeout(max(0.001, min(PHASE, left)))
        started = self._clock()
        try:
            with client.stream("GET", url, timeout=phases) as response:
                whole = response.status_code == 200
                if whole:
                    body = body_for(response.headers.get("content-encoding", ""), cap=cap)
                    for piece in response.iter_raw():
                        body.feed(piece)
                        if not self._deadline.left():
                            raise Broken(self._too_slow())
                    body.finish()
                    raw = body.whole
                else:
                    raw = self._beginning(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                answer = Answer(status=response.status_code, headers=headers, body=raw, url=url)
        except httpx.InvalidURL as error:
            what = "" if self._called else f" ({error})"
            raise Misdirected(f"{self._name(url)}: redirected to no address{what}") from None
        except BROKEN as error:
            if not self._deadline.left():
                raise Broken(self._too_slow()) from None
            raise Broken(_in_words(error)) from None
        log.debug(
            "%s: %d, %d bytes, %.3f s", self._name(url), answer.status, len(raw), self._clock() - started
        )
        return answer

    def _beginning(self, response: httpx.Response) -> bytearray:
        """The first of an error's body, for its words; whatever is wrong with it does not matter."""
        try:
            body = body_for(response.headers.get("content-encoding", ""), cap=LARGEST_ERROR)
        except Unreadable:
            return bytearray()
        try:
            for piece in response.iter_raw():
                body.feed(piece)
                if not self._deadline.left():
                    break
        except (Broken, TooLarge, *BROKEN):
            pass  # what came so far may still say what is wrong
        return body.whole[:LARGEST_ERROR]

    def _opened(self) -> httpx.Client:
        with self._building:
            if self._client is None:
                wire = self._wire or Wire(
                    self.origin, tls=self._tls, trust_env=self._trust_env, deadline=self._deadline
                )
                self._client = httpx.Client(
                    transport=wire,
                    # False: httpx would read .netrc; proxies and certificates are the wire's affair.
                    trust_env=False,
                    auth=self._credentials,
                    follow_redirects=False,
                    headers={
                        "User-Agent": self.user_agent,
                        "Accept": "application/json",
                        "Accept-Encoding": "gzip",
                    },
                )
            return self._client

    def _too_slow(self) -> str:
        return f"no whole answer within {self._seconds:g} s"


def honest_user_agent() -> str:
    """Who we are, where our project says more about itself, and by which library we ask.

    The registry's firewall lets a client through that names itself and python-httpx.
    """
    try:
        urls = metadata.metadata("trialbell").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        urls = []  # imported from a checkout that was never installed
    page = next((url.partition(",")[2].strip() for url in urls), "")
    return f"trialbell/{release.version()} {f'(+{page}) ' if page else ''}python-httpx/{httpx.__version__}"


def _bare(parts: SplitResult) -> SplitResult:
    """Without user name and password."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")


def _in_words(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    name = type(error).__name__
    kind: dict[str, str] = {
        "ConnectError": "no connection",
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "it went silent",
        "RemoteProtocolError": "cut off",
        "ReadError": "cut off",
        "WriteError": "cut off",
        "ProxyError": "the proxy refused",
    }
    words = kind.get(name, name)
    return f"{words} ({text})" if text else words
