"""No error of config.toml shows what stands at a key that is a secret or masked, whatever was written there."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from monitor.config import ConfigError, Notifier, read
from monitor.config.secrets import hidden_keys
from monitor.config.settings import Operator, Web

WORD = "opensesame"
NUMBER = "736373616"
WRONG = (
    f'"{WORD}"',
    f'"whsec_{WORD}"',
    f'["{WORD}"]',
    f'[["{WORD}"]]',
    f'["${{A}}", "{WORD}"]',
    f'{{ {WORD} = "{WORD}" }}',
    f'{{ a = {{ b = "{WORD}" }} }}',
    f"[{{ {WORD} = 1 }}]",
    NUMBER,
    f"[{NUMBER}, {NUMBER}]",
    f"{NUMBER}.5",
    "true",
    "[true]",
    f'"${{A}}{WORD}"',
    f'"""\n{WORD}\n"""',
    "[]",
    '""',
)
HIDDEN = [
    *(
        (f'[notifiers.it]\ntype = "{table.__struct_config__.tag}"\n', key)
        for table in get_args(Notifier)
        for key in sorted(hidden_keys(table))
    ),
    *(("[operator]\n", key) for key in sorted(hidden_keys(Operator))),
    *(("[web]\n", key) for key in sorted(hidden_keys(Web))),
]


def said(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        read(text, Path("config.toml"))
    return str(refused.value)


def test_the_keys_that_are_hidden() -> None:
    assert {key for _, key in HIDDEN} == {
        "token",
        "app_token",
        "url",
        "secrets",
        "password",
        "ping",
        "ping_failed",
        "read_token",
        "act_token",
    }


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("table", "key"), HIDDEN)
def test_what_is_hidden_is_never_shown(table: str, key: str, wrong: str) -> None:
    shown = said(f"{table}{key} = {wrong}\nx = 1\n")  # x: so that something is wrong whatever stands there
    assert "unknown key: `x`" in shown
    assert WORD not in shown and NUMBER not in shown


@pytest.mark.parametrize(("table", "key"), HIDDEN)
def test_what_is_hidden_is_not_shown_where_the_file_is_no_toml(table: str, key: str) -> None:
    assert WORD not in said(f"{table}{key} = {WORD}\n") + said(f'{table}{key} = "{WORD}\n')


def test_a_list_of_secrets_without_brackets_is_told_how_it_is_written() -> None:
    hook = '[notifiers.hook]\ntype = "webhook"\nurl = "https://example.org/x"\n'
    assert said(f'{hook}secrets = "whsec_{WORD}"\n') == (
        "config.toml:4: [notifiers.hook] `secrets` must be a list of variables: secrets never stand in the file\n"
        '  hint: write `secrets = ["${WEBHOOK_SECRET}"]`, of the environment, or `secrets = ["${file:secrets}"]`;'
        " replace a secret that stood here"
    )
    assert 'write `secrets = ["${WEBHOOK_SECRET}"]`' in said(f'{hook}secrets = "${{WEBHOOK_SECRET}}"\n')
    assert 'write `secrets = ["${WEBHOOK_SECRET}"]`' in said(f'{hook}secrets = ["whsec_{WORD}"]\n')
