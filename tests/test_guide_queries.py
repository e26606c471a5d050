"""docs/guide/queries.md: every key is there, every query in it is understood, by us and by the registry's double."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.ctgov_search import STATUSES
from doubles.study_records import study_records

from monitor.registries.ctgov import CtgovRegistry
from monitor.registries.ctgov_query import PARAMETERS, query_from_url

PAGE = (Path(__file__).parents[1] / "docs" / "guide" / "queries.md").read_text(encoding="utf-8")
EXAMPLES = [tuple(found.split("=", 1)) for found in re.findall(r"\| `([a-z]+=[^`]+)` \|", PAGE)]
COMMANDS = [shlex.split(line)[1:] for line in re.findall(r"^trialbell .+$", PAGE, re.MULTILINE)]


@pytest.fixture(scope="module")
def registry():
    with LoopbackRegistry(study_records(40), cache_pages=True) as running:
        yield CtgovRegistry(url=running.url, requests_per_minute=100_000, wait=lambda _: False)


def test_the_page_names_every_key_and_status():
    assert {key for key, _ in EXAMPLES} == set(PARAMETERS)
    assert set(re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE)) == set(PARAMETERS)
    assert set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", PAGE)) >= STATUSES - {"WITHHELD"}


@pytest.mark.parametrize("example", EXAMPLES, ids="=".join)
def test_every_example_is_understood(registry, example):
    assert registry.preview(dict([example]), show=1).matches >= 0


def test_the_commands_and_the_table_are_as_they_would_be_typed(terminal):
    assert len(COMMANDS) == 2
    with LoopbackRegistry(study_records(40)) as running:
        terminal.write("config.toml", f'[registries.ctgov]\nurl = "{running.url}"\n')
        for command in COMMANDS:
            assert terminal.run(*command).code == 0
    [table] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert set(tomllib.loads(table)["watch"][0]["query"]) <= set(PARAMETERS)
    assert query_from_url(COMMANDS[1][2], site="https://clinicaltrials.gov") == {
        "cond": "ALS",
        "agg": "phase:3",
    }
