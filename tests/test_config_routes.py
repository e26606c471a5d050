"""What a `[[route]]` may name, in people's words, and what is said of what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from monitor.config import ConfigError, Route, read
from monitor.config.route_names import PHASES, country, names, phase, status, statuses
from snapshots.country_names import BY_CODE
from snapshots.terms import said as said_in_words

LOG = '[notifiers.log]\ntype = "jsonl"\npath = "a.jsonl"\n[[route]]\nto = ["log"]\n'


def route(keys: str) -> Route:
    return read(LOG + keys, Path("config.toml")).routes[0]


def said(keys: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(LOG + keys, Path("config.toml"))
    return str(caught.value)


def test_names_become_the_registrys() -> None:
    one = route(
        'countries = ["PL", "czech republic", "Türkiye", "usa"]\nphases = ["phase III", "2", "not applicable"]\n'
        'status_before = ["Not yet recruiting"]\nstatus_after = ["recruiting", "RECRUITING"]\n'
    )
    assert one.countries == ("Poland", "Czechia", "Turkey", "United States")
    assert one.phases == ("PHASE3", "PHASE2", "NA")
    assert (one.status_before, one.status_after) == (("NOT_YET_RECRUITING",), ("RECRUITING",))


def test_every_name_is_known_as_it_is_said() -> None:
    for code, name in BY_CODE.items():
        assert country(code) == country(code.lower()) == country(name) == country(name.upper()) == name
    for code in PHASES:
        assert phase(code) == phase(said_in_words(code)) == code
    for code in statuses():
        assert status(code) == status(said_in_words(code)) == code


def test_a_name_that_is_not_known_is_refused_with_the_nearest() -> None:
    assert said('countries = ["Polnad", "Czech Rep"]\n') == snapshot("""\
config.toml:6: [[route]] `countries` names an unknown country: `"Polnad"`
  hint: did you mean `Poland`?
config.toml:6: [[route]] `countries` names an unknown country: `"Czech Rep"`
  hint: did you mean `Czechia`?\
""")
    assert said('countries = ["Neuschwabenland, Q7"]\n') == snapshot("""\
config.toml:6: [[route]] `countries` names an unknown country: `"Neuschwabenland, Q7"`
  hint: in English, as the registry writes it, or by its code, as `PL`\
""")
    assert said('phases = ["phase 5"]\nstatus_after = ["suspend"]\n') == snapshot("""\
config.toml:6: [[route]] `phases` names an unknown phase: `"phase 5"`
  hint: there are: `EARLY_PHASE1`, `PHASE1`, `PHASE2`, `PHASE3`, `PHASE4`, `NA`
config.toml:7: [[route]] `status_after` names an unknown status: `"suspend"`
  hint: did you mean `SUSPENDED`?\
""")  # fmt: skip
    assert said('except_fields = ["locatoins"]\nexcept_tags = ["site"]\nsponsors = ["&"]\n') == snapshot("""\
config.toml:6: [[route]] `except_fields` names an unknown field: `"locatoins"`
  hint: did you mean `locations`?
config.toml:7: [[route]] `except_tags` names an unknown tag: `"site"`
  hint: did you mean `sites`?
config.toml:8: [[route]] `sponsors` holds no word: `"&"`
  hint: a sponsor's name or some words of it, as `Novartis`\
""")  # fmt: skip


def test_what_lets_nothing_through_is_refused() -> None:
    assert said('countries = []\nexcept_tags = []\n') == snapshot("""\
config.toml:6: [[route]] `countries` is an empty list: `[]`
  hint: leave it out for all
config.toml:7: [[route]] `except_tags` is an empty list: `[]`
  hint: leave it out for none\
""")  # fmt: skip
    assert said('tags = ["sites", "status"]\nexcept_tags = ["sites"]\n') == snapshot(
        'config.toml:7: [[route]] `tags` and `except_tags` both name it: `"sites"`'
    )


def test_a_sponsors_name_is_found_by_whole_words() -> None:
    assert names("Hoffmann-La Roche", "roche") and names("Hoffmann-La Roche", "La Roche")
    assert names("Novo Nordisk A/S", "novo nordisk") and names("上海长征医院 Shanghai", "shanghai")
    assert not names("Rochester General Hospital", "Roche") and not names("Merck KGaA", "KGaA Merck")
    assert not names("Merck KGaA", "&")
