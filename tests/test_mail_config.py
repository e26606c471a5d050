"""Every line that a wrong e-mail notifier earns, and the notifier that a right one becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from monitor.assembly import notifier_of
from monitor.config import ConfigError, Mail, read
from notifiers.mail.channel import MailNotifier

HEAD = '[notifiers.post]\ntype = "email"\n'
TABLE = f'{HEAD}host = "smtp.example.org"\nsender = "a@example.org"\nrecipients = ["b@example.org"]\n'
LOGIN = 'user = "a"\npassword = "${SECRET}"\n'


def said(text: str) -> str:
    try:
        read(text, Path("config.toml"))
    except ConfigError as error:
        return str(error)
    return "fine"


def test_a_table_with_the_least_is_fine_and_what_it_means() -> None:
    table = read(TABLE, Path("config.toml")).notifiers["post"]
    assert isinstance(table, Mail)
    assert (table.security, table.port, table.hide_recipients) == ("starttls", None, False)
    assert said(TABLE + LOGIN) == "fine"


def test_what_is_missing() -> None:
    assert said(HEAD) == snapshot("""\
config.toml:1: [notifiers.post] `host` is missing
  hint: such as `host = "smtp.example.org"`
config.toml:1: [notifiers.post] `sender` is missing
  hint: such as `sender = "trialbell <alerts@example.org>"`
config.toml:1: [notifiers.post] `recipients` is missing
  hint: such as `recipients = ["team@example.org"]`\
""")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            'user = "a"',
            snapshot("""\
config.toml:1: [notifiers.post] `password` is missing
  hint: give `user` and `password`, or neither\
"""),
        ),
        (
            'password = "${SECRET}"',
            snapshot("""\
config.toml:1: [notifiers.post] `user` is missing
  hint: give `user` and `password`, or neither\
"""),
        ),
        (
            'security = "ssl"',
            snapshot(
                'config.toml:6: [notifiers.post] `security` wants one of `none`, `starttls`, `tls`: `"ssl"`'
            ),
        ),
        (
            'security = "none"\n' + LOGIN,
            snapshot("""\
config.toml:6: [notifiers.post] `security` lets the password go over the network unencrypted: `"none"`
  hint: write `security = "starttls"`, or "tls"\
"""),
        ),
        (
            "port = 465",
            snapshot("""\
config.toml:6: [notifiers.post] `port` does not go with `security = "starttls"`: `465`
  hint: write `security = "tls"`, or leave `port` out\
"""),
        ),
        (
            'port = 587\nsecurity = "tls"',
            snapshot("""\
config.toml:6: [notifiers.post] `port` does not go with `security = "tls"`: `587`
  hint: write `security = "starttls"`, or leave `port` out\
"""),
        ),
        (
            "port = 0",
            snapshot("config.toml:6: [notifiers.post] `port` wants a whole number from 1 to 65535: `0`"),
        ),
        (
            'reply_to = "nobody"',
            snapshot("""\
config.toml:6: [notifiers.post] `reply_to` has no `@`: `"nobody"`
  hint: such as `team@example.org`, or `Name <team@example.org>`\
"""),
        ),
        (
            'reply_to = "x@a b.org"',
            snapshot("""\
config.toml:6: [notifiers.post] `reply_to` has something after its `@` that is no domain: `"x@a b.org"`
  hint: such as `team@example.org`, or `Name <team@example.org>`\
"""),
        ),
        (
            'list_id = "<x@y>"',
            snapshot("""\
config.toml:6: [notifiers.post] `list_id` is no name of a list: `"<x@y>"`
  hint: such as `alerts.trialbell.example.org`\
"""),
        ),
        (
            'ca_file = "ca.pem"\nsecurity = "none"',
            snapshot("""\
config.toml:6: [notifiers.post] `ca_file` has no effect with `security = "none"`
  hint: remove one of them\
"""),
        ),
        (
            'deadline = "1s"',
            snapshot("""\
config.toml:6: [notifiers.post] `deadline` is less than 10 seconds: what a slow server takes would be sent again
  hint: leave it out for `"2m"`\
"""),
        ),
        (
            'recipient = ["x@example.org"]',
            snapshot("""\
config.toml:6: [notifiers.post] unknown key: `recipient`
  hint: did you mean `recipients`?\
"""),
        ),
    ],
)
def test_keys_that_are_wrong_or_do_not_go_together(line: str, expected: str) -> None:
    assert said(f"{TABLE}{line}\n") == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '["b@example.org"]',
            "[]",
            snapshot("""\
config.toml:5: [notifiers.post] `recipients` is an empty list: `[]`
  hint: name somebody\
"""),
        ),
        (
            '["b@example.org"]',
            '["b@example.org", "B <b@EXAMPLE.org>"]',
            snapshot("""\
config.toml:5: [notifiers.post] `recipients` names somebody twice: `"B <b@EXAMPLE.org>"`
  hint: remove one\
"""),
        ),
        (
            '["b@example.org"]',
            '["b@x.org, c@x.org"]',
            snapshot("""\
config.toml:5: [notifiers.post] `recipients` has something before its `@` that no address has: `"b@x.org, c@x.org"`
  hint: such as `team@example.org`, or `Name <team@example.org>`\
"""),
        ),
        (
            '["b@example.org"]',
            '["b@x.org\\r\\nBcc: c@x.org"]',
            snapshot("""\
config.toml:5: [notifiers.post] `recipients` holds a character that cannot be printed: `"b@x.org��Bcc: c@x.org"`
  hint: such as `team@example.org`, or `Name <team@example.org>`\
"""),
        ),
        (
            '["b@example.org"]',
            '["<script>@x.org"]',
            snapshot("""\
config.toml:5: [notifiers.post] `recipients` has something before its `@` that no address has: `"<script>@x.org"`
  hint: such as `team@example.org`, or `Name <team@example.org>`\
"""),
        ),
        (
            '"a@example.org"',
            '"a@-example..org"',
            snapshot("""\
config.toml:4: [notifiers.post] `sender` has something after its `@` that is no domain: `"a@-example..org"`
  hint: such as `team@example.org`, or `Name <team@example.org>`\
"""),
        ),
        (
            '"smtp.example.org"',
            '"smtp.example.org:587"',
            snapshot("""\
config.toml:3: [notifiers.post] `host` holds a port: `"smtp.example.org:587"`
  hint: write it as `port`\
"""),
        ),
        (
            '"smtp.example.org"',
            '"https://smtp.example.org"',
            snapshot("""\
config.toml:3: [notifiers.post] `host` is no name of a server: `"https://smtp.example.org"`
  hint: such as `smtp.example.org`\
"""),
        ),
    ],
)
def test_addresses_and_servers_that_are_none(old: str, new: str, expected: str) -> None:
    assert said(TABLE.replace(old, new)) == expected


def test_an_unencrypted_way_past_this_machine_is_noted() -> None:
    def noted(host: str) -> list[str]:
        text = TABLE.replace("smtp.example.org", host) + 'security = "none"\n'
        return [note.message for note in read(text, Path("config.toml")).notes if note.key == "security"]

    assert noted("mail.example.org") == snapshot(
        ["`security` is `none`: whoever is between can read and change the letters"]
    )
    assert noted("localhost") == noted("127.0.0.1") == noted("::1") == []


def test_variables_may_stand_in_all_texts(tmp_path: Path) -> None:
    text = (
        TABLE.replace("smtp.example.org", "${HOST}").replace('"a@', '"${WHO}@')
        + LOGIN
        + 'ca_file = "ca.pem"\n'
    )
    config = read(text, tmp_path / "config.toml")
    environ = {"HOST": "mail.example.net", "WHO": "alerts", "SECRET": "sesame"}
    notifier, _ = notifier_of(config, "post", environ)
    assert isinstance(notifier, MailNotifier)
    shown = repr(vars(notifier))
    assert "mail.example.net" in shown and "local='alerts'" in shown and str(tmp_path / "ca.pem") in shown
    assert "sesame" not in shown and "sesame" not in repr(notifier)
    with pytest.raises(ConfigError, match="SECRET"):
        notifier_of(config, "post", environ | {"SECRET": ""})


def test_a_password_in_the_file_is_one_problem_and_not_shown() -> None:
    problem = said(f'{TABLE}user = "a"\npassword = "geheim"\n')
    assert problem.startswith("config.toml:7: [notifiers.post] `password` must be a variable")
    assert problem.count("config.toml") == 1 and "geheim" not in problem
