"""A right config.toml: what callers get from it, where it is found, and what `init` writes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Config, ConfigError, Jsonl, Slack, defaults, find, load, read
from monitor.config.cron import fault
from monitor.config.durations import duration_text, parse_duration
from monitor.config.places import Places
from monitor.config.starter import starter, watch_table
from monitor.watches import Definition

ROOT = Path(__file__).resolve().parents[1]
WHOLE = """\
[store]
path = "data/trials.db"
[registries.ctgov]
url = "http://127.0.0.1:9/base"
requests_per_minute = 90
history = true
user_agent = "me/1"
tls = "stdlib"
request_deadline = "5s"
[schedule]
cron = "20 9-20 * * mon-fri"
timezone = "Europe/Berlin"
[[watch]]
name = "ids"
ids = ["nct001715", " NCT07146087 ", "https://clinicaltrials.gov/study/NCT01730547?tab=table", "NCT00001715"]
baseline = "tell"
[[watch]]
name = "query"
query = { cond = "multiple sclerosis" }
[[watch]]
name = "everything"
query = {}
[[watch]]
name = "file"
ids_file = "ids.txt"
[web]
host = "0.0.0.0"
port = 0
public_url = "https://trials.example.org/here"
[notifiers.team]
type = "slack"
token = "${SLACK_BOT_TOKEN}"
channel = "#${CHANNEL}"
api_url = "${API}"
reconcile_after = "500ms"
thread_fresh_for = "2d"
[notifiers.log]
type = "jsonl"
path = "alerts.jsonl"
[notifiers.out]
type = "jsonl"
path = "-"
[[route]]
watches = ["ids"]
min_severity = "major"
fields = ["overall-status"]
tags = ["integrity"]
trials = ["nct7146087"]
to = ["team", "log"]
[severity]
overall-status = "minor"
"""


@pytest.fixture
def whole(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text(WHOLE, encoding="utf-8")
    ids = (
        "\ufeffNCT02403947\n# a comment\nhttps://clinicaltrials.gov/study/NCT07146087#x # more\nNCT02403947\n"
    )
    ids = ids.replace("\n", "\r\n")
    (tmp_path / "ids.txt").write_text(ids, encoding="utf-8", newline="")
    return load(tmp_path / "config.toml", slugs=lambda: ["overall-status"])


def test_everything_is_read(whole: Config, tmp_path: Path) -> None:
    assert whole.store.path == tmp_path / "data" / "trials.db"
    ctgov = whole.registries.ctgov
    assert (ctgov.url, ctgov.requests_per_minute, ctgov.history) == ("http://127.0.0.1:9/base", 90, True)
    assert (ctgov.user_agent, ctgov.tls, ctgov.request_deadline) == ("me/1", "stdlib", timedelta(seconds=5))
    assert whole.schedule.every is None and whole.schedule.cron == "20 9-20 * * mon-fri"
    assert whole.schedule.timezone == "Europe/Berlin"
    assert (whole.web.host, whole.web.port) == ("0.0.0.0", 0)
    team = whole.notifiers["team"]
    assert isinstance(team, Slack) and team.token == "${SLACK_BOT_TOKEN}"
    assert (team.reconcile_after, team.thread_fresh_for) == (timedelta(milliseconds=500), timedelta(days=2))
    log, out = whole.notifiers["log"], whole.notifiers["out"]
    assert isinstance(log, Jsonl) and log.path == tmp_path / "alerts.jsonl" and not log.to_stdout
    assert isinstance(out, Jsonl) and out.to_stdout
    (route,) = whole.routes
    assert (route.watches, route.min_severity, route.trials) == (("ids",), "major", ("NCT07146087",))
    assert whole.severity == {"overall-status": "minor"}


def test_ids_are_canonical_and_each_there_once(whole: Config, tmp_path: Path) -> None:
    ids, query, everything, file = whole.watches
    assert ids.ids == ("NCT00001715", "NCT07146087", "NCT01730547") and ids.baseline == "tell"
    assert query.query == {"cond": "multiple sclerosis"} and query.ids is None
    assert everything.query == {}
    assert file.ids == ("NCT02403947", "NCT07146087")
    assert whole.read == (tmp_path / "config.toml", tmp_path / "ids.txt")
    # `ids.txt` named one twice, `ids` another: both are said and stop nothing.
    assert [note.line for note in whole.notes] == [15, 4]


def test_a_watch_is_its_definition(whole: Config) -> None:
    """The same hash as the stored watch's: event ids are made of it."""
    for watch in whole.watches:
        assert Definition.from_body(watch.definition()).hash == watch.definition_hash
    one = read('[[watch]]\nname = "a"\nids = ["NCT00000002", "NCT1"]\n', Path("c.toml")).watches[0]
    other = read('[[watch]]\nname = "b"\nids = ["NCT00000001", "NCT2", "NCT2"]\n', Path("c.toml")).watches[0]
    assert one.definition_hash == other.definition_hash != whole.watches[0].definition_hash


def test_defaults_hold_where_nothing_is_said(tmp_path: Path) -> None:
    for config in (read("[web]\n", tmp_path / "config.toml"), defaults(tmp_path)):
        assert config.store.path == tmp_path / "trialbell.db"
        assert config.schedule.every == timedelta(hours=1) and config.schedule.cron is None
        assert config.registries.ctgov.url == "https://clinicaltrials.gov"
        assert config.registries.ctgov.requests_per_minute == 50
        assert not config.registries.ctgov.history
        assert (config.web.host, config.web.port, config.web.public_url) == ("127.0.0.1", 8787, None)
        assert config.watches == () and config.notifiers == {} and config.routes == ()


def test_the_shipped_example_loads() -> None:
    config = load(ROOT / "config.toml")
    assert config.notes == () and [watch.name for watch in config.watches] == ["MSC exosomes"]
    assert list(config.notifiers) == ["log"]


def test_the_examples_in_the_comments_of_the_shipped_file_are_right(tmp_path: Path) -> None:
    """Uncommented, they load too."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    lines = [
        line.removeprefix("# ") if " = " in line or "[" in line[:4] else line for line in text.splitlines()
    ]
    (tmp_path / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    config = load(tmp_path / "config.toml")
    assert set(config.notifiers) == {"log", "team"} and len(config.watches) == 2 and len(config.routes) == 2


def test_what_init_writes_loads(tmp_path: Path) -> None:
    ids = tuple(f"NCT{number:08}" for number in range(1, 9))
    for text, watched in (
        (starter(ids[:2]), ids[:2]),
        (starter(ids, name='the "big" ones\\'), ids),
        (starter((), query={"cond": "a"}), None),
    ):
        config = read(text, tmp_path / "config.toml")
        assert config.watches[0].ids == watched and config.notes == ()
        assert list(config.notifiers) == ["log"] and config.routes[0].to == ("log",)


@given(st.text(min_size=1).filter(str.strip), st.dictionaries(st.sampled_from(["cond", "term"]), st.text()))
def test_a_watch_is_written_as_it_is_read(name: str, query: dict[str, str]) -> None:
    if any(0xD800 <= ord(char) < 0xE000 for char in name + "".join(query.values())):
        return  # no UTF-8 file can hold a lone surrogate
    (table,) = tomllib.loads(watch_table(name, query=query))["watch"]
    assert table == {"name": name, "query": query}


def test_which_file_is_read(tmp_path: Path) -> None:
    here, home, other = tmp_path / "here", tmp_path / "home", tmp_path / "other"
    theirs = home / ".config" / "trialbell" / "config.toml"
    elsewhere = other / "trialbell" / "config.toml"
    for folder in (here, theirs.parent, elsewhere.parent):
        folder.mkdir(parents=True)
    assert find(None, here, {"HOME": str(home)}) is None
    theirs.write_text("", encoding="utf-8")
    assert find(None, here, {"HOME": str(home)}) == theirs
    assert find(None, here, {"HOME": str(home), "XDG_CONFIG_HOME": "relative"}) == theirs
    assert find(None, here, {"HOME": str(home), "XDG_CONFIG_HOME": str(other)}) is None
    elsewhere.write_text("", encoding="utf-8")
    assert find(None, here, {"HOME": str(home), "XDG_CONFIG_HOME": str(other)}) == elsewhere
    (here / "config.toml").write_text("", encoding="utf-8")
    assert find(None, here, {"HOME": str(home)}) == here / "config.toml"
    assert find(Path("x.toml"), here, {}) == Path("x.toml")
    assert find(None, tmp_path, {}) is None


@given(st.integers(min_value=1, max_value=10**9))
def test_durations_come_back(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(duration_text(duration)) == duration


@pytest.mark.parametrize(
    ("expression", "right"),
    [
        ("20 9-20 * * mon-fri", True),
        ("*/15 * * * *", True),
        ("0,30 9-17/2 1,15 jan-jun *", True),
        ("0 9 * * MON,wed", True),
        ("0 9 * * 1", False),
        ("0 9 * * mon-5", False),
        ("0 9 * * */2", True),
        ("60 * * * *", False),
        ("*/90 * * * *", False),
        ("*/0 * * * *", False),
        ("5/10 * * * *", False),
        ("0 22-4 * * *", False),
        ("0 9 * * fri-mon", False),
        ("0 9 0 * *", False),
        ("0 9 1 * mon", False),  # a crontab takes either day, the scheduler only days that are both
        ("@daily", False),
        ("0 9 * * * *", False),
        ("0 9 * foo *", False),
    ],
)
def test_cron(expression: str, right: bool) -> None:
    assert (fault(expression) is None) is right
    if right:  # and the scheduler takes what we let through
        from apscheduler.triggers.cron import CronTrigger

        CronTrigger.from_crontab(expression, timezone="UTC")


TRICKY = r"""
top = 1 # [not.a.table]
"quoted key"."with # hash" = 'its'
long = @@@
[no.table]
x = 1 \@@@ y
""@@@
other = \'\'\'a
= b\'\'\'
when = 1979-05-27 07:32:00
nested = { a = [1, [2, { b = "}" }]], "c" = "\"" }
[a . "b"]
list = [
  "one", # two
  "three ]",
]
[[watch]]
name = "x"
[watch.query]
cond = "y"
[[watch]]
name = "z"
""".replace("@@@", '"' * 3).replace("\\'", "'")


def walk(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} if path else set()
    if isinstance(value, dict):
        return found.union(*(walk(inner, (*path, key)) for key, inner in value.items()))
    if isinstance(value, list):
        return found.union(*(walk(inner, (*path, at)) for at, inner in enumerate(value)))
    return found


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_key_has_its_line(ends: str) -> None:
    text = TRICKY.replace("\n", ends)
    found = Places(text)
    assert set(found) == walk(tomllib.loads(text))
    lines = text.split(ends)
    for path, line in found.items():
        last = [part for part in path if isinstance(part, str)][-1]
        if not isinstance(path[-1], int):
            assert last in lines[line - 1], path
    assert lines[found["a", "b", "list", 1] - 1].strip() == '"three ]",'
    assert lines[found["watch", 1, "name"] - 1] == 'name = "z"'


def test_a_file_without_a_mistake_is_not_walked_for_its_lines(tmp_path: Path) -> None:
    config = read('[store]\npath = "t.db"\n[[watch]]\nname = "a"\nids = ["NCT1"]\n', tmp_path / "config.toml")
    assert "_found" not in vars(config.places)
    assert config.places["watch", 0, "ids", 0] == 5


def test_reading_the_configuration_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pathlib import Path; from monitor.config import load; load(Path('config.toml'));"
        "print(*sorted({name.split('.')[0] for name in sys.modules} & set(sys.argv[1:])))"
    )
    heavy = ["httpx", "slack_sdk", "starlette", "apscheduler", "sqlite_utils", "deepdiff", "click", "asyncio"]
    command = [sys.executable, "-c", code, *heavy]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_names_of_fields_are_those_of_the_field_table() -> None:
    fields = pytest.importorskip("snapshots.fields", reason="the field table is not here")
    if not hasattr(fields, "table"):
        pytest.skip("the field table is not here")
    text = '[severity]\nenrollment = "minor"\noverall-status = "major"\n'
    assert len(read(text, Path("config.toml")).severity) == 2
    with pytest.raises(ConfigError, match="did you mean `enrollment`"):
        read('[severity]\nenrolment = "minor"\n', Path("config.toml"))
