"""One question over real sockets: tries, deadlines, sizes, redirects, and what must never be sent or said."""

import gzip
import logging
import threading

import httpx
import pytest
from doubles.scripted_server import ScriptedServer, drip, gzipped, reset, response
from doubles.still_clock import StillClock

from monitor.transport import Limiter, Misdirected, NoAnswer, Stopped, TooLarge, Transport, Unreadable

OK = response(200, b'{"ok":true}')


def transport_to(server, clock=None, **options):
    clock = clock or StillClock()
    options.setdefault("clock", clock.clock)
    return Transport(server.url, wait=clock.wait, random=lambda: 1.0, **options)


def test_an_answer_is_status_headers_and_body():
    with ScriptedServer(gzipped(b'{"ok":true}', ("X-Build", "7"))) as server:
        answer = transport_to(server).ask("/api", [("filter.ids", "A,B"), ("query.cond", "a b&c")])
        assert (answer.status, bytes(answer.body), answer.headers["x-build"]) == (200, b'{"ok":true}', "7")
        assert answer.type == "application/json"
        assert server.paths == ["/api?filter.ids=A,B&query.cond=a%20b%26c"]
        assert answer.url == server.url + server.paths[0]


def test_we_say_who_we_are_and_accept_only_gzip():
    with ScriptedServer(OK) as server:
        transport_to(server).ask("/")
        head = server.requests[0].lower()
        assert f"python-httpx/{httpx.__version__}" in head
        assert "user-agent: trialbell/" in head
        assert "mozilla" not in head
        assert "accept-encoding: gzip\r\n" in head


def test_a_user_agent_of_ones_own():
    with ScriptedServer(OK) as server:
        transport_to(server, user_agent="our-institute/1 (+https://example.org)").ask("/")
        assert "User-Agent: our-institute/1 (+https://example.org)\r\n" in server.requests[0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again_with_growing_pauses(status):
    clock = StillClock()
    with ScriptedServer(response(status), response(status), response(status), OK) as server:
        assert transport_to(server, clock).ask("/").status == 200
        assert len(server.requests) == 4
    assert clock.waits == [1, 2, 4]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 414])
def test_what_does_not_pass_is_asked_once(status):
    clock = StillClock()
    with ScriptedServer(response(status, b"no"), OK) as server:
        answer = transport_to(server, clock).ask("/")
        assert (answer.status, bytes(answer.body)) == (status, b"no")
        assert len(server.requests) == 1
    assert clock.waits == []


def test_never_more_than_five_tries():
    with ScriptedServer(response(503)) as server:
        with pytest.raises(NoAnswer, match=r"it answered 503 \(5 tries\)") as caught:
            transport_to(server).ask("/")
        assert caught.value.status == 503
        assert len(server.requests) == 5


@pytest.mark.parametrize(
    "headers",
    [
        [("Retry-After", "20")],
        [("Date", "Fri, 20 Nov 2026 09:00:00 GMT"), ("Retry-After", "Fri, 20 Nov 2026 09:00:20 GMT")],
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(status, headers):
    clock = StillClock()
    with ScriptedServer(response(status, b"", *headers), OK) as server:
        assert transport_to(server, clock).ask("/").status == 200
    assert clock.waits == [20]


def test_a_429_holds_up_the_questions_of_others_too():
    clock = StillClock()
    limiter = Limiter(600, clock=clock.clock)
    with ScriptedServer(response(429, b"", ("Retry-After", "20")), OK) as server:
        others: list[float] = []

        def wait(seconds: float) -> bool:
            if seconds > 0:
                others.append(limiter.reserve())
            return clock.wait(seconds)

        asking = Transport(server.url, wait=wait, random=lambda: 1.0, clock=clock.clock, limiter=limiter)
        assert asking.ask("/").status == 200
    assert clock.waits == [20]
    assert others[0] >= 20  # asked before the pause was over: who asks then waits it out


def test_who_wants_to_be_left_alone_for_long_is_not_waited_for():
    clock = StillClock()
    with ScriptedServer(response(429, b"", ("Retry-After", "3600"))) as server:
        with pytest.raises(NoAnswer, match="left alone for 3600 s"):
            transport_to(server, clock).ask("/")
        assert len(server.requests) == 1
    assert clock.waits == []


def test_all_tries_together_have_a_limit_too():
    clock = StillClock()
    with ScriptedServer(response(503)) as server, pytest.raises(NoAnswer, match=r"\(3 tries\)"):
        transport_to(server, clock, patience=4).ask("/")
    assert clock.waited <= 4


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (reset, "cut off"),
        (response(200, b'{"ok"', length=100), "cut off"),
        (
            # Hanging up is announced, or the next try might find it out the hard way.
            response(
                200, gzip.compress(b"{}" * 99)[:-4], ("Content-Encoding", "gzip"), ("Connection", "close")
            ),
            "cut short",
        ),
        (b"nonsense\r\n\r\n", "cut off"),
    ],
)
def test_a_broken_answer_is_asked_for_again(fault, why):
    def step(connection):
        if callable(fault):
            fault(connection)
        else:
            connection.sendall(fault)

    with ScriptedServer(step, OK) as server:
        assert transport_to(server).ask("/").status == 200
        assert len(server.requests) == 2
    with ScriptedServer(step) as server, pytest.raises(NoAnswer, match=why):
        transport_to(server).ask("/")


def test_no_connection_is_no_answer():
    with ScriptedServer(OK) as server:
        gone = Transport(server.url, wait=StillClock().wait)
    with pytest.raises(NoAnswer, match="no connection"):
        gone.ask("/")


@pytest.mark.parametrize("encoding", ["body", "head"])
def test_a_byte_now_and_then_is_too_slow(encoding):
    """Each single read is quick: only the total deadline ends this."""
    slow = response(200, b"{}" * 5000) if encoding == "body" else b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 9000
    with ScriptedServer(drip(slow, 0.02)) as server:
        asking = Transport(server.url, deadline=0.2, attempts=1)
        with pytest.raises(NoAnswer, match=r"no whole answer within 0\.2 s"):
            asking.ask("/")


def test_silence_is_too_slow():
    pause = threading.Event()
    with ScriptedServer(lambda connection: pause.wait(5)) as server:
        with pytest.raises(NoAnswer, match=r"no whole answer within 0\.2 s"):
            Transport(server.url, deadline=0.2, attempts=1).ask("/")
        pause.set()


def test_a_slow_try_is_followed_by_another():
    with ScriptedServer(drip(response(200, b"{}" * 5000), 0.05), OK) as server:
        clock = StillClock()
        asking = Transport(server.url, deadline=0.2, patience=60, wait=clock.wait)
        assert asking.ask("/").status == 200
        assert len(server.requests) == 2


def test_a_stop_ends_the_waiting_at_once():
    clock = StillClock()
    clock.on_wait = lambda seconds: setattr(clock, "stopped", True)
    with ScriptedServer(response(503)) as server:
        with pytest.raises(Stopped):
            transport_to(server, clock).ask("/")
        assert len(server.requests) == 1
    assert len(clock.waits) == 1


def test_a_stop_ends_a_sweep_that_never_waits():
    stop = threading.Event()
    with ScriptedServer(OK) as server:
        asking = Transport(server.url, wait=stop.wait)
        asking.ask("/")
        stop.set()
        with pytest.raises(Stopped):
            asking.ask("/")
        assert len(server.requests) == 1


def test_the_rate_is_kept():
    clock = StillClock()
    with ScriptedServer(OK) as server:
        asking = transport_to(server, clock, limiter=Limiter(50, clock=clock.clock))
        for _ in range(60):
            asking.ask("/")
    assert clock.waited >= 60


def test_tries_count_as_requests():
    clock = StillClock()
    with ScriptedServer(response(503)) as server:
        asking = transport_to(server, clock, limiter=Limiter(1, clock=clock.clock), patience=1000)
        with pytest.raises(NoAnswer):
            asking.ask("/")
    assert clock.waited >= 4 * 60 - 1e-6


def test_a_bomb_is_refused_and_not_tried_again():
    bomb = response(200, gzip.compress(b" " * 50_000_000), ("Content-Encoding", "gzip"))
    with ScriptedServer(bomb) as server:
        with pytest.raises(TooLarge):
            transport_to(server).ask("/", cap=1_000_000)
        assert len(server.requests) == 1


def test_an_errors_body_is_read_only_so_far():
    with ScriptedServer(response(400, b"x" * 10_000_000)) as server:
        answer = transport_to(server).ask("/")
        assert (answer.status, len(answer.body)) == (400, 64 * 1024)


def test_an_encoding_that_was_not_asked_for():
    brotli = response(200, b"{}", ("Content-Encoding", "br"))
    with ScriptedServer(brotli) as server, pytest.raises(Unreadable, match="`br`"):
        transport_to(server).ask("/")


def test_redirects_within_the_host_are_followed():
    with ScriptedServer(response(301, b"", ("Location", "/b?c=1")), OK) as server:
        answer = transport_to(server).ask("/a")
        assert (answer.status, server.paths) == (200, ["/a", "/b?c=1"])
        assert answer.url.endswith("/b?c=1")


def test_each_redirect_takes_its_place_in_the_rate():
    clock = StillClock()
    limiter = Limiter(60, clock=clock.clock)
    with ScriptedServer(*[response(301, b"", ("Location", f"/{n}")) for n in range(3)], OK) as server:
        assert transport_to(server, clock, limiter=limiter).ask("/a").status == 200
        assert len(server.requests) == 4
    assert clock.waited > 0  # three go at once, the fourth does not


def test_a_redirect_is_an_answer_where_its_meaning_matters():
    with ScriptedServer(response(301, b"", ("Location", "/b")), OK) as server:
        answer = transport_to(server).ask("/a", follow=False)
        assert (answer.status, answer.location, len(server.requests)) == (301, "/b", 1)


@pytest.mark.parametrize(
    "location",
    ["http://elsewhere.example/", "//elsewhere.example/a", "http://127.0.0.1:1/", "https://127.0.0.1:1/"],
)
def test_no_redirect_leaves_the_host(location):
    with ScriptedServer(response(302, b"", ("Location", location))) as server:
        with pytest.raises(Misdirected, match="to another host"):
            transport_to(server).ask("/a")
        assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["ftp:x", "http://[half", "http://127.0.0.1:99999999/"])
def test_a_redirect_to_no_address_at_all(location):
    away = response(302, b"", ("Location", location))
    with ScriptedServer(away) as server, pytest.raises((Misdirected, NoAnswer)):
        transport_to(server).ask("/a")


def test_redirects_in_a_circle_end():
    with ScriptedServer(response(302, b"", ("Location", "/a"))) as server:
        with pytest.raises(Misdirected, match="more than 3 times"):
            transport_to(server).ask("/a")
        assert len(server.requests) == 4


def test_credentials_of_the_address_are_used_and_never_told(caplog):
    caplog.set_level(logging.DEBUG)
    away = response(302, b"", ("Location", "//u:pa55word@other.example/"))
    with ScriptedServer(response(503), away) as server:
        secret = server.url.replace("://", "://someone:s3cret@")
        asking = Transport(secret, wait=StillClock().wait)
        with pytest.raises(Misdirected) as caught:
            asking.ask("/a")
        assert "Authorization: Basic" in server.requests[0]
    assert caplog.messages
    assert "s3cret" not in caplog.text + str(caught.value) + asking.origin
    assert "pa55word" not in str(caught.value)
    asking.close()
    with pytest.raises(NoAnswer) as unreachable:
        asking.ask("/a")
    assert "s3cret" not in str(unreachable.value)


def test_a_netrc_is_never_sent(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text(netrc.read_text())
    with ScriptedServer(OK) as server:
        transport_to(server, trust_env=True).ask("/")
        assert "authorization" not in server.requests[0].lower()


def _clear_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_environments_proxy_is_used_unless_told_otherwise(monkeypatch):
    _clear_proxies(monkeypatch)
    with ScriptedServer(OK) as server, ScriptedServer(response(200, b'{"by":"proxy"}')) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("://", "://user:pass%40word@"))
        answer = transport_to(server).ask("/a")
        assert bytes(answer.body) == b'{"by":"proxy"}'
        assert proxy.paths == [f"{server.url}/a"]
        assert "proxy-authorization: basic" in proxy.requests[0].lower()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert transport_to(server).ask("/a").status == 200
        monkeypatch.delenv("no_proxy")
        assert transport_to(server, trust_env=False).ask("/a").status == 200
        assert len(server.requests) == 2


def test_a_proxy_of_another_kind_is_said(monkeypatch):
    _clear_proxies(monkeypatch)
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    with ScriptedServer(OK) as server, pytest.raises(NoAnswer, match="`socks5`"):
        transport_to(server).ask("/")


def test_connections_are_kept_and_a_closed_client_opens_again():
    with ScriptedServer(OK) as server:
        asking = transport_to(server)
        asking.ask("/1")
        asking.close()
        asking.close()
        assert asking.ask("/2").status == 200


def test_many_threads_may_ask_at_once():
    with ScriptedServer(OK) as server:
        asking = transport_to(server)
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(asking.ask("/").status)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert answers == [200] * 12


def test_another_way_to_the_network():
    def answer(request):
        return httpx.Response(200, stream=httpx.ByteStream(request.url.path.encode()))

    asking = Transport("http://registry.invalid/root", wire=httpx.MockTransport(answer))
    assert bytes(asking.ask("/a").body) == b"/root/a"


@pytest.mark.parametrize("origin", ["clinicaltrials.gov", "ftp://x", "https://", ""])
def test_an_origin_that_is_none(origin):
    with pytest.raises(ValueError, match="http:// or https://"):
        Transport(origin)


@pytest.mark.parametrize("agent", ["näme", "a\r\nX-Injected: 1"])
def test_a_user_agent_that_is_none(agent):
    with pytest.raises(ValueError, match="printable ASCII"):
        Transport("http://127.0.0.1", user_agent=agent)


@pytest.mark.parametrize(("tls", "expected"), [("default", False), ("stdlib", True)])
def test_the_tls_setting_changes_the_greeting(tls, expected):
    """Tried on the context itself: what it greets with needs a TLS server of our own to see."""
    from monitor.transport.wire import _context

    assert _context(tls, True).post_handshake_auth is expected


def test_the_deadline_holds_whatever_the_way_to_the_network():
    clock = StillClock()

    class Dripping(httpx.SyncByteStream):
        def __iter__(self):
            for _ in range(1000):
                clock.now += 1
                yield b" "

    wire = httpx.MockTransport(lambda request: httpx.Response(200, stream=Dripping()))
    asking = Transport("http://registry.invalid", wire=wire, clock=clock.clock, deadline=60, attempts=1)
    with pytest.raises(NoAnswer, match="within 60 s"):
        asking.ask("/")
    assert clock.now < 1000 + 62


def test_every_read_is_bounded_by_what_remains():
    import httpcore

    from monitor.transport.wire import Deadline, _Socket

    clock = StillClock()
    deadline = Deadline(clock.clock)
    waited: list[float | None] = []

    class Inner(httpcore.NetworkStream):
        def read(self, max_bytes, timeout=None):
            waited.append(timeout)
            clock.now += 25
            return b"x"

    deadline.begin(60)
    socket = _Socket(Inner(), deadline)
    for _ in range(3):
        socket.read(1, timeout=30)
    assert waited == [30, 30, 10]
    with pytest.raises(httpcore.ReadTimeout):
        socket.read(1, timeout=30)
