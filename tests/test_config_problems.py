"""Every line that a wrong config.toml earns, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.terminal import Terminal
from inline_snapshot import snapshot

from monitor.config import ConfigError, load, read

WATCH = '[[watch]]\nname = "MSC exosomes"\nids = ["NCT07146087"]\n'
SLACK = '[notifiers.team]\ntype = "slack"\ntoken = "${TOKEN}"\nchannel = "#c"\n'
SLUGS = ["enrollment", "overall-status", "why-stopped"]


def said(text: str) -> str:
    """All that is wrong, as it is printed; `fine` when nothing is."""
    try:
        read(text, Path("config.toml"), slugs=lambda: SLUGS)
    except ConfigError as error:
        return str(error)
    return "fine"


def noted(text: str) -> list[str]:
    return [str(note) for note in read(text, Path("config.toml"), slugs=lambda: SLUGS).notes]


def of_file(path: Path, content: bytes | None) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value).replace(str(path), "FOLDER/config.toml")


def test_unknown_key() -> None:
    assert said("[web]\nprot = 8787\n") == snapshot("""\
config.toml:2: [web] unknown key: `prot`
  hint: did you mean `port`?\
""")
    assert said(f'{SLACK}mode = "x"\n') == snapshot("""\
config.toml:5: [notifiers.team] unknown key: `mode`
  hint: valid are `type`, `timezone`, `quiet_hours` and 11 more: see the reference\
""")


def test_unknown_top_level_table() -> None:
    assert said('[[watches]]\nname = "a"\n') == snapshot("""\
config.toml:1: unknown table: `watches`
  hint: did you mean `watch`?\
""")


def test_unknown_registry() -> None:
    assert said("[registries.ctgv]\nhistory = true\n") == snapshot("""\
config.toml:1: [registries.ctgv] unknown registry: `ctgv`
  hint: did you mean `ctgov`?\
""")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[web]\nport = "8787"\n',
            snapshot('config.toml:2: [web] `port` wants a whole number from 0 to 65535: `"8787"`'),
        ),
        (
            "[web]\nport = 70000\n",
            snapshot("config.toml:2: [web] `port` wants a whole number from 0 to 65535: `70000`"),
        ),
        (
            "[web]\nport = true\n",
            snapshot("config.toml:2: [web] `port` wants a whole number from 0 to 65535: `true`"),
        ),
        (
            '[registries.ctgov]\nhistory = "yes"\n',
            snapshot('config.toml:2: [registries.ctgov] `history` wants true or false: `"yes"`'),
        ),
        (
            "[web]\nhost = 1\n",
            snapshot("config.toml:2: [web] `host` wants a text, in quotes: `1`"),
        ),
        (
            '[[watch]]\nname = "a"\nids = "NCT07146087"\n',
            snapshot("""\
config.toml:3: [[watch]] "a" `ids` wants a list of texts, `["…", "…"]`: `"NCT07146087"`
  hint: put it in brackets: `["NCT07146087"]`\
"""),
        ),
        (
            '[registries.ctgov]\ntls = "stdlb"\n',
            snapshot("""\
config.toml:2: [registries.ctgov] `tls` wants one of `default`, `stdlib`: `"stdlb"`
  hint: did you mean `stdlib`?\
"""),
        ),
        (
            '[watch]\nname = "a"\n',
            snapshot("""\
config.toml:1: `watch` is there as a single table: `[watch]`
  hint: write `[[watch]]`, with two brackets, once for each\
"""),
        ),
        (
            "[[web]]\nport = 1\n",
            snapshot("""\
config.toml:1: `web` is there as a list: `[[web]]`
  hint: write `[web]`, once\
"""),
        ),
        (
            '[notifiers]\ntype = "slack"\n',
            snapshot("""\
config.toml:2: [notifiers] `type` stands where a name is wanted
  hint: begin the table with `[notifiers.NAME]`\
"""),
        ),
        (
            '[notifiers.team]\ntype = "slak"\n',
            snapshot("""\
config.toml:2: [notifiers.team] unknown type: `"slak"`
  hint: did you mean `slack`?\
"""),
        ),
        (
            '[notifiers.team]\ntype = "slack"\ntoken = "${TOKEN}"\n',
            snapshot("""\
config.toml:1: [notifiers.team] `channel` is missing
  hint: such as `channel = "#trial-alerts"`\
"""),
        ),
        (
            '[web]\npublic_url = "trials.example.org"\n',
            snapshot(
                'config.toml:2: [web] `public_url` wants an address, `https://…`: `"trials.example.org"`'
            ),
        ),
        (
            '[web]\npublic_url = "https:///x"\n',
            snapshot("""\
config.toml:2: [web] `public_url` wants an address, `https://…`: `"https:///x"`
  hint: such as `https://example.org`\
"""),
        ),
        (
            '[web]\nhost = "${HOST}"\n',
            snapshot("""\
config.toml:2: [web] `host` holds a variable: `"${HOST}"`
  hint: variables are filled in only in [notifiers.NAME], and where a secret is wanted\
"""),
        ),
    ],
)
def test_wrong_type_or_value(text: str, expected: str) -> None:
    assert said(text) == expected


def test_bad_duration() -> None:
    assert said('[schedule]\nevery = "1 hour"\n') == snapshot("""\
config.toml:2: [schedule] `every` wants a duration such as `60s`, `1h` or `7d`: `"1 hour"`
  hint: units are `ms`, `s`, `m`, `h`, `d`, `w` and `y`\
""")
    assert said(f"{SLACK}reconcile_after = 60\n") == snapshot("""\
config.toml:5: [notifiers.team] `reconcile_after` wants a duration such as `60s`, `1h` or `7d`: `60`
  hint: did you mean `reconcile_after = "60s"`?\
""")
    for wrong in ("0s", "-1h", "1e9d", "", "h", "1 h 5m", "٣s"):
        assert "wants a duration" in said(f'[schedule]\nevery = "{wrong}"\n'), wrong


def test_schedule() -> None:
    assert said('[schedule]\nevery = "1h"\ncron = "0 9 * * *"\n') == snapshot("""\
config.toml:3: [schedule] `every` and `cron` are both given
  hint: remove one of them\
""")
    assert said('[schedule]\ncron = "0 9 * * 1-5"\n') == snapshot("""\
config.toml:2: [schedule] `cron` numbers its weekdays: `1-5` in `0 9 * * 1-5`
  hint: write them by name, `mon-fri`: schedulers number them differently\
""")
    assert said('[schedule]\ncron = "0 9 * * *"\ntimezone = "Europe/Berln"\n') == snapshot("""\
config.toml:3: [schedule] `timezone` is none that this machine knows: `"Europe/Berln"`
  hint: did you mean `Europe/Berlin`?\
""")
    assert said('[schedule]\ncron = "0 9 * *"\n') == snapshot("""\
config.toml:2: [schedule] `cron` wants five fields and has 4: `0 9 * *`
  hint: `20 9-20 * * mon-fri` is minute 20 of every hour from 9 to 20, Monday to Friday\
""")


def test_a_watch_watches_exactly_one_thing() -> None:
    assert said('[[watch]]\nname = "a"\nids = ["NCT07146087"]\nquery = { cond = "x" }\n') == snapshot("""\
config.toml:1: [[watch]] "a" `ids` and `query` are both given
  hint: give exactly one of `ids`, `ids_file` and `query`\
""")
    assert said('[[watch]]\nname = "a"\n') == snapshot("""\
config.toml:1: [[watch]] "a" watches nothing
  hint: give exactly one of `ids`, `ids_file` and `query`\
""")
    assert said('[[watch]]\nname = "a"\nids = []\n') == snapshot("""\
config.toml:3: [[watch]] "a" `ids` is an empty list: `[]`
  hint: name at least one trial\
""")


def test_ids_and_queries_are_the_registrys() -> None:
    assert said('[[watch]]\nname = "a"\nids = [\n  "NCT07146087",\n  "NCT0714608X",\n]\n') == snapshot("""\
config.toml:5: [[watch]] "a" `ids`: no id of ClinicalTrials.gov: `NCT0714608X`
  hint: an id is NCT and eight digits, as NCT07146087; a record's web address will do too\
""")
    assert said('[[watch]]\nname = "a"\nquery = { conds = "x" }\n') == snapshot("""\
config.toml:3: [[watch]] "a" unknown query key: `conds`
  hint: did you mean `cond`?\
""")


def test_a_watch_that_no_page_could_be_named_after() -> None:
    assert said('[[watch]]\nname = "a\\nb"\nids = ["NCT07146087"]\n') == snapshot(
        "config.toml:2: [[watch]] has a name with a character that cannot be printed"
    )


def test_duplicate_watch() -> None:
    assert said(WATCH + '[[watch]]\nname = "MSC exosomes"\nids = ["NCT01730547"]\n') == snapshot("""\
config.toml:5: [[watch]] "MSC exosomes" is a name twice: `MSC exosomes`
  hint: the other is on line 1; rename one\
""")
    assert said(WATCH + '[[watch]]\nname = "again"\nids = ["nct7146087"]\n') == snapshot("""\
config.toml:4: [[watch]] "again" watches exactly what another watch does: `MSC exosomes`
  hint: remove one of them\
""")


def test_names_in_a_route() -> None:
    assert said(WATCH + SLACK + '[[route]]\nwatches = ["MSC exosome"]\nto = ["tema"]\n') == snapshot("""\
config.toml:9: [[route]] `watches` names an unknown watch: `"MSC exosome"`
  hint: did you mean `MSC exosomes`?
config.toml:10: [[route]] `to` names an unknown notifier: `"tema"`
  hint: did you mean `team`?\
""")
    assert said(WATCH + '[[route]]\nto = ["team"]\n') == snapshot("""\
config.toml:5: [[route]] `to` names an unknown notifier: `"team"`
  hint: there is no [notifiers.NAME] in this file\
""")
    assert said(SLACK + '[[route]]\nto = ["team"]\ntags = ["integrityy"]\nwatches = []\n') == snapshot("""\
config.toml:7: [[route]] `tags` names an unknown tag: `"integrityy"`
  hint: did you mean `integrity`?
config.toml:8: [[route]] `watches` is an empty list: `[]`
  hint: leave it out for all\
""")


def test_names_of_fields() -> None:
    assert said('[severity]\nenrolment = "minor"\nwhy-stopped = "loud"\n') == snapshot("""\
config.toml:2: [severity] unknown field: `enrolment`
  hint: did you mean `enrollment`?
config.toml:3: [severity] `why-stopped` wants one of `noise`, `minor`, `major`, `critical`: `"loud"`\
""")
    assert said(SLACK + '[[route]]\nto = ["team"]\nfields = ["overall_status"]\n') == snapshot("""\
config.toml:7: [[route]] `fields` names an unknown field: `"overall_status"`
  hint: did you mean `overall-status`?\
""")


def test_a_part_of_a_fields_name_is_understood_as_mute_understands_it(terminal: Terminal) -> None:
    route = SLACK + WATCH + '[[route]]\nto = ["team"]\nfields = ["status"]\n'
    with pytest.raises(ConfigError) as refused:
        read(route, Path("config.toml"))  # with the names that the registry's fields really have
    (problem,) = refused.value.problems
    assert problem.hint == "did you mean `overall-status`?"
    terminal.write("config.toml", WATCH)
    assert "hint: did you mean `overall-status`?" in terminal.run("mute", "--field", "status").err


def test_a_secret_in_the_file_is_refused_and_never_shown() -> None:
    shown = said(
        '[notifiers.team]\ntype = "slack"\ntoken = "xoxb-12-sesame"\nchannel = "xoxb-12-sesame"\nx = 1\n'
    )
    assert shown == snapshot("""\
config.toml:3: [notifiers.team] `token` must be a variable: secrets never stand in the file
  hint: write `token = "${SLACK_BOT_TOKEN}"`, of the environment, or `token = "${file:token}"`; replace a secret that stood here
config.toml:5: [notifiers.team] unknown key: `x`
  hint: valid are `type`, `timezone`, `quiet_hours` and 11 more: see the reference\
""")  # noqa: E501
    for text in (
        '[notifiers.team]\ntype = "slack"\ntoken = "a${B}"\nchannel = "#c"\n',
        '[notifiers.team]\ntype = "slack"\ntoken = ["xoxb-12-sesame"]\nchannel = "#c"\n',
        '[notifiers.team]\ntype = "xoxb-12-sesame"\n',
        '[web]\nport = "xoxb-12-sesame"\n',
        '[notifiers.team]\ntype = "slack"\ntoken = "xoxb-12-sesame\nchannel = "#c"\n',
    ):
        assert said(text) != "fine" and "sesame" not in said(text)


def test_not_toml() -> None:
    assert said("[web]\nhost = localhost\n") == snapshot("""\
config.toml:2: not TOML (column 8): invalid value
  hint: texts stand in quotes (`name = "MSC exosomes"`), true and false in small letters\
""")
    assert said("[web]\nport = 1\nport = 2\n[store]\n") == snapshot("""\
config.toml:3: not TOML (column 9): cannot overwrite a value
  hint: the key is there twice in its table\
""")
    assert said('[web]\nhost = "a\n') == snapshot("""\
config.toml:2: not TOML (column 10): illegal character '\\n'
  hint: a quote is missing at the end of the text\
""")
    assert said("[web]\nport = 1\n[web]\n") == snapshot("""\
config.toml:3: not TOML (column 5): cannot declare ('web',) twice
  hint: the table is there twice; `[[watch]]` and `[[route]]` take two brackets\
""")
    assert said("x = " + "[" * 5000) == snapshot("config.toml: not TOML: nested too deeply")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert of_file(path, None) == snapshot("""\
FOLDER/config.toml: there is no such file
  hint: `trialbell init NCT07146087` writes one; `--config FILE` names another\
""")
    assert of_file(path, b'[web]\nhost = "\xe9"\n') == snapshot("""\
FOLDER/config.toml:2: is not UTF-8: byte `0xe9`
  hint: save the file as UTF-8\
""")
    # An editor may empty a file before it writes it: a reload must not take that for "watch nothing".
    assert of_file(path, b"# nothing\n") == snapshot("""\
FOLDER/config.toml: is empty: nothing is set in it
  hint: `trialbell init NCT07146087` writes one\
""")
    path.unlink()
    path.mkdir()
    assert of_file(path, None) == snapshot("FOLDER/config.toml: cannot be read: is a directory")


def test_a_file_of_ids(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    text = b'[[watch]]\nname = "a"\nids_file = "ids.txt"\n'
    assert of_file(path, text).replace(str(tmp_path), "FOLDER") == snapshot("""\
FOLDER/config.toml:3: [[watch]] "a" `ids_file` cannot be read (no such file or directory): `FOLDER/ids.txt`\
""")
    (tmp_path / "ids.txt").write_text("NCT07146087  # ours\n\n# none\nNCT\n", encoding="utf-8")
    assert of_file(path, text).replace(str(tmp_path), "FOLDER") == snapshot("""\
FOLDER/ids.txt:4: no id of ClinicalTrials.gov: `NCT`
  hint: an id is NCT and eight digits, as NCT07146087; a record's web address will do too\
""")
    (tmp_path / "ids.txt").write_text("# none\n", encoding="utf-8")
    assert "names no trial" in of_file(path, text)


def test_notes_stop_nothing() -> None:
    assert noted('[store]\npath = "x.db"\n') == snapshot(
        [
            """\
config.toml: no [[watch]]: nothing is watched by this file
  hint: `trialbell init` writes one\
""",
            "config.toml: no [notifiers.NAME]: changes are kept, nobody is told",
        ]
    )
    assert noted(SLACK + '[[watch]]\nname = "a"\nids = [\n"NCT07146087",\n"nct7146087"]\n') == snapshot(
        ['config.toml:9: [[watch]] "a" `ids` has an id twice, counted once: `"nct7146087"`']
    )
    assert noted(WATCH + SLACK + '[schedule]\ntimezone = "Asia/Tokyo"\n') == snapshot(
        [
            "config.toml:9: [schedule] `timezone` has no effect without `cron`, quiet hours, a digest or `all_well`"
        ]
    )


def test_all_mistakes_are_told_at_once() -> None:
    text = (
        '[web]\nport = "x"\n[[watch]]\nids = ["NCT07146087"]\n[[watch]]\nname = "b"\nbaseline = "loud"\n'
        'ids = ["NCT01730547"]\n[[route]]\nwatches = ["b"]\nto = ["log"]\n[notifiers.log]\ntype = "jsonl"\n'
    )
    # "b" and "log" are known in spite of their mistakes: nothing is blamed twice.
    assert said(text) == snapshot("""\
config.toml:2: [web] `port` wants a whole number from 0 to 65535: `"x"`
config.toml:3: [[watch]] `name` is missing
  hint: such as `name = "MSC exosomes"`
config.toml:7: [[watch]] "b" `baseline` wants one of `silent`, `summary`, `tell`: `"loud"`
config.toml:12: [notifiers.log] `path` is missing
  hint: such as `path = "alerts.jsonl"`\
""")


def test_two_jsonl_notifiers_do_not_share_a_file() -> None:
    table = 'type = "jsonl"\npath = "a.jsonl"\n'
    assert said(f"[notifiers.a]\n{table}[notifiers.b]\n{table}") == snapshot("""\
config.toml:6: [notifiers.b] `path` is that of another notifier: `a`
  hint: give each its own\
""")


def test_who_may_act_in_slack_is_named_by_id_and_only_where_there_are_buttons() -> None:
    assert said(WATCH + SLACK + 'app_token = "${A}"\nactors = ["U0123456789", "anna"]\n') == snapshot("""\
config.toml:9: [notifiers.team] no id of a person in Slack: `anna`
  hint: in Slack: Profile, Copy member ID; it looks like `U0123456789`\
""")
    assert noted(WATCH + SLACK + 'actors = ["U0123456789"]\n') == snapshot(
        ["config.toml:8: [notifiers.team] `actors` has no effect without `app_token`: there are no buttons"]
    )
    assert noted(WATCH + SLACK + 'app_token = "${A}"\nactors = ["U0123456789", "${BOSS}"]\n') == []
    refused = said(WATCH + SLACK + 'app_token = "xapp-1-sesame"\n')
    assert "`app_token` must be a variable" in refused and "sesame" not in refused


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://example.org/opensesame", "begins with http://"),
        ("ftp://example.org/opensesame", "is none that begins with https://"),
        ("https://me:opensesame@example.org/", "holds a name or a password"),
        ("https://example.org:opensesame/", "is no address"),
    ],
)
def test_an_address_that_a_webhook_would_refuse_is_refused_with_the_rest_of_the_file(
    url: str, fault: str
) -> None:
    hook = f'[notifiers.hook]\ntype = "webhook"\nurl = "{url}"\nsecrets = ["${{KEY}}"]\n'
    shown = said(hook + "x = 1\n")
    assert shown.startswith(f"config.toml:3: [notifiers.hook] `url` {fault}") and "`x`" in shown
    assert "opensesame" not in shown
    assert (
        said(hook.replace(url, "http://127.0.0.1:9/x"))
        == said(hook.replace(url, "http://${HOST}/x"))
        == "fine"
    )


def test_what_a_slack_channel_would_refuse_is_refused_with_the_rest_of_the_file() -> None:
    assert said(SLACK + 'api_url = "http://slack.example.org/api/"\n') == snapshot("""\
config.toml:5: [notifiers.team] `api_url` lets the token go over the network unencrypted: `"http://slack.example.org/api/"`
  hint: write `https://…`\
""")
    assert said(SLACK.replace("#c", "#")) == snapshot("""\
config.toml:4: [notifiers.team] `channel` is empty: `"#"`
  hint: name one, as in `#trial-alerts`\
""")
    assert said(SLACK + 'api_url = "http://127.0.0.1:9/api/"\n') == "fine"
