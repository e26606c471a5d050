"""[web] about who may read: what is refused, by its line; where pages are served without a log-in; what doctor says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doubles.web_history import History

from monitor.config import ConfigError, read, tokens
from monitor.config.web_checking import weakness
from monitor.web.access.configured import access_of, described

READ, ACT = "read-0123456789abcdefgh", "act-zyxwvutsrqponmlk9876"
ENVIRON = {"READ": READ, "ACT": ACT}
GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "access.md").read_text(encoding="utf-8")
TABLES = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def said(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        read(f"[web]\n{text}\n", Path("config.toml"))
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('readers = ["ada"]', "`readers` is given without `user_header`"),
        ('actors = ["ada"]\nread_token = "${READ}"', "`actors` is given without `user_header`"),
        ('user_header = "Cookie"', "`user_header` is one that anybody who asks sends"),
        ('user_header = "x-forwarded-for"', "`user_header` is one that anybody who asks sends"),
        ('user_header = "X User"', "`user_header` is no header's name"),
        ('user_header = "X"\ntrusted_proxies = ["10.0.0.5/8"]', "did you mean `10.0.0.0/8`?"),
        ('user_header = "X"\ntrusted_proxies = ["0.0.0.0/0"]', "anybody could say to be anybody"),
        ('user_header = "X"\ntrusted_proxies = ["::/0"]', "anybody could say to be anybody"),
        ('user_header = "X"\ntrusted_proxies = ["proxy"]', "is no address or network"),
        ('trusted_proxies = ["10.0.0.5"]', "`trusted_proxies` is given without a log-in"),
        ('user_header = "X"\nreaders = []', "`readers` is empty: nobody could read"),
        ('read_token = "${READ}"\nacting = true', "`acting` is on, and nobody may act"),
        ('user_header = "X"\nacting = true', "`acting` is on, and nobody may act"),
    ],
)
def test_what_does_not_go_together_is_one_line(text: str, expected: str) -> None:
    lines = said(text)
    assert expected in lines and lines.startswith("config.toml:")
    assert len(lines.splitlines()) == 2


def test_weak_tokens_are_refused_and_not_shown() -> None:
    config = read('[web]\nread_token = "${READ}"\nact_token = "${ACT}"\n', Path("config.toml"))
    ready = tokens(config, ENVIRON)
    assert {key: one.reveal() for key, one in ready.items()} == {"read_token": READ, "act_token": ACT}
    assert READ not in repr(ready) + repr(access_of(config, None, ENVIRON))
    for weak in (
        "brief",
        "a" * 40,
        "changeme" * 4,
        "0123456789" * 3,
        "with blanks in it 123456",
        "ä" * 30,
        "x1y2z3" * 100,
    ):
        assert weakness(weak)
        with pytest.raises(ConfigError) as refused:
            tokens(config, {**ENVIRON, "ACT": weak})
        assert weak not in str(refused.value)
    with pytest.raises(ConfigError, match="is the same as `read_token`"):
        tokens(config, {**ENVIRON, "ACT": READ})
    with pytest.raises(ConfigError, match="needs a variable that is not set: `ACT`"):
        tokens(config, {"READ": READ})


@pytest.mark.parametrize("blank", [" ", "   ", "\t", " " * 30, "\u00a0" * 30, " \n "])
@pytest.mark.parametrize("key", ["read_token", "act_token"])
def test_a_token_of_blanks_is_no_log_in_and_opens_nothing(tmp_path: Path, blank: str, key: str) -> None:
    """It once counted as left out where tokens are read, and as given where the host is checked: open to everybody."""
    (tmp_path / "token").write_text(blank)
    for source in ("${BLANK}", "${file:token}"):
        config = read(f'[web]\nhost = "0.0.0.0"\n{key} = "{source}"\n', tmp_path / "config.toml")
        with pytest.raises(ConfigError, match=f"`{key}`"):
            access_of(config, None, {"BLANK": blank})
        with pytest.raises(ConfigError, match=f"`{key}`"):
            access_of(config, "127.0.0.1", {"BLANK": blank})


def test_beyond_this_machine_nothing_is_served_without_a_log_in(terminal) -> None:
    """Refused before anything is opened but the database for reading: exit code 2, and what to do."""
    History(terminal.folder / "t.db").fill()
    watch = '[[watch]]\nname = "a"\nids = ["NCT07146087"]\n'
    terminal.write("config.toml", f'[store]\npath = "t.db"\n[web]\nport = 0\nhost = "0.0.0.0"\n{watch}')
    for command in ("serve", "run"):
        ran = terminal.run(command)
        assert (ran.code, ran.out) == (2, "")
        assert "config.toml:5: [web] `host` is beyond this machine" in ran.err
        assert "read_token" in ran.err and "ssh -L" in ran.err
        assert "history browser" not in ran.err
    terminal.write("config.toml", f'[store]\npath = "t.db"\n[web]\nport = 0\n{watch}')
    for host in ("0.0.0.0", "::", "192.0.2.1", "0", "127.1", "box.example.org"):
        ran = terminal.run("serve", "--host", host)
        assert ran.code == 2 and "`--host` is beyond this machine" in ran.err
    # Where something is wrong with a token, nothing is served either.
    terminal.write(
        "config.toml", f'[store]\npath = "t.db"\n[web]\nread_token = "${{NOT_SET_AT_ALL}}"\n{watch}'
    )
    for command in ("serve", "run"):
        ran = terminal.run(command)
        assert ran.code == 2 and "NOT_SET_AT_ALL" in ran.err


@pytest.mark.parametrize("log_in", ['read_token = "${READ}"', 'user_header = "Remote-User"'])
def test_beyond_this_machine_with_one_it_is(log_in: str) -> None:
    config = read(f'[web]\nhost = "0.0.0.0"\n{log_in}\n', Path("config.toml"))
    assert not access_of(config, None, ENVIRON).is_open


@pytest.mark.parametrize(
    ("text", "good", "expected"),
    [
        ("port = 1", True, "for this machine alone"),
        ('public_url = "http://127.0.0.1:8787"', True, "for this machine alone"),
        (
            'public_url = "https://x.example"',
            None,
            "whoever the proxy lets through to https://x.example reads",
        ),
        ('host = "0.0.0.0"\nread_token = "${READ}"', None, "unencrypted"),
        ('public_url = "http://x.example"\nread_token = "${READ}"', None, "not encrypted"),
        ('read_token = "${READ}"', True, "read by whoever has the token; nobody may act"),
        (
            'read_token = "${READ}"\nact_token = "${ACT}"',
            True,
            "read by whoever has a token; acted on by whoever has the token",
        ),
        (
            'user_header = "X-User"\nactors = ["ada"]',
            True,
            "read by everybody whom a proxy at 127.0.0.1, ::1 names in `X-User`; acted on by ada whom",
        ),
        ('act_token = "${ACT}"\nacting = false', True, "nobody may act"),
    ],
)
def test_doctor_says_who_may_read_and_act(text: str, good: bool | None, expected: str) -> None:
    config = read(f"[web]\n{text}\n", Path("config.toml"))
    lines = list(described(config.web, access_of(config, None, ENVIRON)))
    assert [one for one, line in lines if expected in line] == [good]


def test_the_tables_of_the_guide_are_right(tmp_path: Path) -> None:
    assert len(TABLES) == 3
    (tmp_path / "read.token").write_text(READ + "\n")
    (tmp_path / "act.token").write_text(ACT + "\n")
    for table in TABLES:
        config = read(table, tmp_path / "config.toml")
        assert not access_of(config, None, {}).is_open
