"""What stands before the pages: the Host check and the headers, on every answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import TRIAL, History

from monitor.web.guard import hosts_for, name_in


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as asked:
        yield asked


@pytest.mark.parametrize("host", ["127.0.0.1:8787", "127.0.0.1", "localhost:1", "LOCALHOST", "localhost."])
def test_own_names_are_answered(browse: Asking, host: str) -> None:
    assert browse.get("/", {"host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8787",
        "",
        "localhost@evil.example",
        "127.0.0.1:x",
        "[::2]",
        "localhost/x",
        "127.0.0.2",
        "local\thost",
        " localhost",
    ],
)
def test_foreign_names_are_not(browse: Asking, host: str) -> None:
    for path in ("/", f"/trials/ctgov/{TRIAL}/versions/1.json", "/healthz", "/static/style.css"):
        answer = browse.get(path, {"host": host})
        assert answer.status == 400
        assert "does not answer to this name" in answer.text
        assert "text/plain" in answer.headers["content-type"]
        assert "exosomes" not in answer.text


def test_any_name_is_answered_where_any_is_allowed(history: History) -> None:
    with asking(history.app(allowed_hosts=("*",))) as browse:
        assert browse.get("/", {"host": "trials.example.org"}).status == 200


def test_which_names_a_server_answers_to() -> None:
    assert hosts_for("127.0.0.1", None) == ("localhost", "127.0.0.1", "::1")
    assert hosts_for("::1", None) == ("localhost", "127.0.0.1", "::1")
    assert "trials.example.org" in hosts_for("localhost", "https://trials.example.org/x")
    assert "127.0.0.3" in hosts_for("127.0.0.3", None)


@pytest.mark.parametrize(
    ("public_url", "answered", "refused"),
    [
        (None, ["192.168.1.4", "[::1]:80", "localhost", "box", "BOX.local", "box.lan:8787"], ["evil.example"]),
        ("https://trials.example.org", ["trials.example.org", "192.168.1.4", "localhost"], ["evil.example", "box"]),
    ],
)  # fmt: skip
def test_beyond_loopback_it_answers_to_addresses_and_to_its_own_names(
    history: History, public_url: str | None, answered: list[str], refused: list[str]
) -> None:
    allowed = hosts_for("0.0.0.0", public_url, machine="box.lan")
    with asking(history.app(allowed_hosts=allowed)) as browse:
        assert {host: browse.get("/", {"host": host}).status for host in answered} == dict.fromkeys(
            answered, 200
        )
        for host in (*refused, "192.168.1.4.evil.example"):
            assert browse.get("/", {"host": host}).status == 400


@pytest.mark.parametrize(
    "target", ["http://evil.example/", "http://127.0.0.1:8787/health", "*", "health", ""]
)
def test_a_target_that_is_no_path_is_refused(browse: Asking, target: str) -> None:
    """RFC 9112, section 3.2: a whole address names a host beside the Host header's."""
    answer = browse.get(target)
    assert (answer.status, answer.text) == (400, "ask for a path, which begins with `/`\n")
    _check(answer.headers)


def test_names_in_a_host_header() -> None:
    assert name_in("[::1]:8787") == "::1"
    assert name_in("Localhost.:80") == "localhost"
    assert name_in("a b") != "a"
    assert name_in("x:y") is None
    assert name_in("") is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        (f"/trials/ctgov/{TRIAL}/versions/1.json", 200),
        ("/static/style.css", 200),
        ("/favicon.ico", 200),
        ("/healthz", 200),
        ("/trials/nct7146087", 308),
        ("/nothing", 404),
        ("/?severity=x", 400),
    ],
)
def test_every_answer_forbids_scripts_frames_and_guessing(browse: Asking, path: str, status: int) -> None:
    answer = browse.get(path)
    assert answer.status == status
    _check(answer.headers)


def test_so_does_the_page_of_a_defect(history: History) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    with asking(history.app(now=broken), defects=True) as browse:
        answer = browse.get(f"/trials/ctgov/{TRIAL}")
    assert answer.status == 500
    assert "A defect of trialbell" in answer.text
    assert "secret detail" not in answer.text
    _check(answer.headers)


def _check(headers: object) -> None:
    assert isinstance(headers, dict)
    policy = headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self';"
    )
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin", "no other host learns where a reader was"
    assert "access-control-allow-origin" not in headers


def test_static_files_may_be_kept_and_pages_not(browse: Asking) -> None:
    page = browse.get("/")
    assert page.headers["cache-control"] == "private, no-cache"
    address = page.text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    sheet = browse.get(address)
    assert "?v=" in address
    assert "immutable" in sheet.headers["cache-control"]
    assert sheet.headers["content-type"].startswith("text/css")
    assert "url(" not in sheet.text
    assert "@import" not in sheet.text
