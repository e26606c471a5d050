"""Secrets in files, as systemd, Docker and Kubernetes give them: read for those who send, told by name alone."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from doubles.command_process import Place
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct

from monitor.config import Config, ConfigError, Jsonl, expanded, read
from monitor.config.reference import schema
from monitor.config.secrets import LARGEST_FILE, files, is_exposed, is_variable
from notifiers.secret import Secret

TEAM = '[notifiers.team]\ntype = "slack"\ntoken = "{token}"\nchannel = "#c"\n'
HOOK = '[notifiers.hook]\ntype = "webhook"\nurl = "{url}"\nsecrets = [{secrets}]\n'


def config(folder: Path, text: str) -> Config:
    return read(text, folder / "config.toml")


def token(folder: Path, written: str, environ: dict[str, str] | None = None) -> str:
    ready = expanded(config(folder, TEAM.replace("{token}", written)), "team", environ or {})
    assert "sesame" not in repr(ready)
    return ready.secrets["token"].reveal()


def test_a_file_beside_the_configuration_or_anywhere(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    for content in (b"xoxb-sesame", b"xoxb-sesame\n", b"xoxb-sesame\r\n", b"\xef\xbb\xbfxoxb-sesame\n"):
        (tmp_path / "secrets/slack").write_bytes(content)
        assert token(tmp_path, "${file:secrets/slack}") == "xoxb-sesame"
    assert token(tmp_path, f"${{file:{tmp_path}/secrets/slack}}") == "xoxb-sesame"
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "secrets")}
    assert token(tmp_path, "${file:${CREDENTIALS_DIRECTORY}/slack}", environ) == "xoxb-sesame"


def test_a_file_whose_name_is_a_link_as_kubernetes_has_it(tmp_path: Path) -> None:
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..2026/slack").write_text("xoxb-sesame")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "slack").symlink_to("..data/slack")
    assert token(tmp_path, "${file:slack}") == "xoxb-sesame"


def test_lists_addresses_and_other_texts_are_filled_in_too(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("whsec_new\n")
    (tmp_path / "where").write_text("logs")
    text = HOOK.replace("{url}", "https://${HOST}/sesame").replace("{secrets}", '"${file:new}", "${OLD}"')
    text += '[notifiers.log]\ntype = "jsonl"\npath = "${file:where}/a.jsonl"\n'
    made = config(tmp_path, text)
    environ = {"HOST": "example.org", "OLD": "whsec_old\n"}
    hook = expanded(made, "hook", environ)
    assert hook.secrets == {"url": Secret("https://example.org/sesame")}
    assert hook.secret_lists == {"secrets": (Secret("whsec_new"), Secret("whsec_old"))}
    assert "sesame" not in repr(hook) and "whsec" not in repr(hook)
    log = expanded(made, "log", environ).settings
    assert isinstance(log, Jsonl) and log.path == tmp_path / "logs/a.jsonl"
    assert list(files(made, environ)) == [tmp_path / "new", tmp_path / "where"]
    assert list(files(made, environ, only="log")) == [tmp_path / "where"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "is not there"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"sesame\nsesame\n", "has more than one line"),
        (b"sesame\x00", "holds characters that cannot be printed"),
        (b"sesame\xff", "is no text in UTF-8"),
        (b"s" * (LARGEST_FILE + 1), f"is larger than any secret ({LARGEST_FILE:,} bytes)"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line_without_it(
    tmp_path: Path, content: bytes | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / "slack").write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        token(tmp_path, "${file:slack}")
    (problem,) = refused.value.problems
    where = f"{tmp_path}/config.toml:3: [notifiers.team]"
    assert problem.text == f"{where} `token` cannot be filled in: its file `{tmp_path}/slack` {fault}"
    assert problem.hint and "sesame" not in str(refused.value)


def test_a_directory_a_pipe_and_a_file_of_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")  # nobody writes into it: whoever opened it would wait
    (tmp_path / "theirs").write_text("sesame")
    (tmp_path / "theirs").chmod(0)
    cases = {"folder": "is a directory", "pipe": "is no file"}
    if os.geteuid() != 0:
        cases["theirs"] = "cannot be read (permission denied)"
    for name, fault in cases.items():
        with pytest.raises(ConfigError, match="cannot be filled in: its file") as refused:
            token(tmp_path, f"${{file:{name}}}")
        assert fault in str(refused.value)


def test_a_path_with_a_variable_that_is_not_set_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        token(tmp_path, "${file:${CREDENTIALS_DIRECTORY}/slack}", {"CREDENTIALS_DIRECTORY": ""})
    assert "a variable that is empty: `CREDENTIALS_DIRECTORY`" in str(refused.value)
    made = config(tmp_path, TEAM.replace("{token}", "${file:${CREDENTIALS_DIRECTORY}/slack}"))
    assert list(files(made, {})) == []


def test_every_fault_of_a_notifier_is_told_at_once(tmp_path: Path) -> None:
    text = HOOK.replace("{url}", "${URL}").replace("{secrets}", '"${file:one}", "${file:two}"')
    with pytest.raises(ConfigError) as refused:
        expanded(config(tmp_path, text), "hook", {})
    assert [problem.key for problem in refused.value.problems] == ["url", "secrets", "secrets"]


def test_reading_the_configuration_reads_no_secret(tmp_path: Path) -> None:
    made = config(tmp_path, TEAM.replace("{token}", "${file:not/there}"))
    assert made.read == (tmp_path / "config.toml",)


GOOD = ("${NAME}", "${_n1}", "${file:slack}", "${file:/run/secrets/slack}", "${file:~/x y}", "${file:${D}/a}")
BAD = (
    "xoxb-sesame",
    "${NAME}x",
    "x${file:slack}",
    "${file:}",
    "${file:a${}}",
    "${file:a\nb}",
    "${1}",
    "$NAME",
    "",
)


@pytest.mark.parametrize("written", GOOD + BAD)
def test_reader_and_schema_agree_on_what_a_secret_may_be(written: str) -> None:
    assert is_variable(written) is (written in GOOD)
    document = {
        "notifiers": {
            "team": {"type": "slack", "token": written, "channel": "#c"},
            "hook": {"type": "webhook", "url": "https://a", "secrets": [written]},
            "chat": {"type": "apprise", "url": written},
        }
    }
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    assert validator.is_valid(document) is (written in GOOD)


def test_files_are_filled_in_for_notifiers_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"filled in only in \[notifiers.NAME\]"):
        config(tmp_path, '[web]\nhost = "${file:host}"\n')
    with pytest.raises(ConfigError) as refused:
        config(tmp_path, HOOK.replace("{url}", "https://a").replace("{secrets}", ""))
    assert "`secrets` is an empty list" in str(refused.value)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        if not all(outer.stat().st_mode & 0o001 for outer in folder.parents):
            pytest.skip("temporary files are closed to others here")
        yield folder


def test_who_may_read_a_file(open_folder: Path) -> None:
    secret = open_folder / "slack"
    secret.write_text("sesame")
    for mode, exposed in ((0o644, True), (0o604, True), (0o640, False), (0o600, False)):
        secret.chmod(mode)
        assert is_exposed(secret) is exposed
    secret.chmod(0o644)
    open_folder.chmod(0o750)
    assert not is_exposed(secret)
    assert not is_exposed(open_folder / "none")


def test_doctor_says_who_may_read_a_secret_and_what_is_wrong_with_one(terminal, open_folder: Path) -> None:
    secret = open_folder / "slack"
    secret.write_text("sesame street")
    with LoopbackRegistry([], day="2026-11-20") as registry:
        head = f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        terminal.write("config.toml", head + TEAM.replace("{token}", f"${{file:{secret}}}"))
        secret.chmod(0o644)
        ran = terminal.run("doctor", "--json")
        exposed, wrong = [value for value in ran.values if value["room"] == "notifier team"]
        assert ran.code == 3 and "sesame" not in ran.out + ran.err
        assert wrong["good"] is False and "token holds a character" in wrong["text"]
        assert exposed["good"] is None and f"`{secret}`" in exposed["text"]
        secret.chmod(0o600)
        told = [
            value for value in terminal.run("doctor", "--json").values if value["room"] == "notifier team"
        ]
        assert len(told) == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [("~nosuchuser/slack", "~nosuchuser/slack` is not there"), ("a\\u0000b", "cannot be read (no path)")],
)
def test_a_path_that_is_none_is_a_problem_in_a_line(
    terminal, tmp_path: Path, written: str, said: str
) -> None:
    with LoopbackRegistry([], day="2026-11-20") as registry:
        head = f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        terminal.write("config.toml", head + TEAM.replace("{token}", f"${{file:{written}}}"))
        (told,) = [one for one in terminal.run("doctor", "--json").values if one["room"] == "notifier team"]
        assert told["good"] is False and said in told["text"]
        ran = terminal.run("notify", "team")
    assert ran.code == 2 and said in ran.err and "Traceback" not in ran.err
    assert not is_exposed(Path("/a\0b"))  # whose folder is open to all


def test_the_service_takes_a_changed_secret_over(tmp_path: Path) -> None:
    place = Place(tmp_path)
    try:
        (tmp_path / "slack").write_text("xoxb-one")
        where = 'api_url = "http://127.0.0.1:9/"\n'
        place.configure(nct(place.records[0]), also=TEAM.replace("{token}", "${file:slack}") + where)
        service = place.start("run", "--no-web")
        service.until('"polled"')
        (tmp_path / "slack").write_text("xoxb sesame street")
        service.child.send_signal(signal.SIGHUP)
        said = service.until("the old one stays in force")
        assert "token holds a character" in said and "sesame" not in said
        (tmp_path / "slack").write_text("xoxb-two")
        service.until("configuration read again")
        assert service.end(signal.SIGTERM) == 0
        assert not [line for line in service.said if re.search("xoxb-(one|two)|sesame", line)]
    finally:
        place.close()
