"""What holds of every change set: nothing lost, nothing twice, order of a list no news, one severity, no silence."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from random import Random

import pytest
from doubles.registry_data import real_versions
from doubles.study_records import edited, possible_edits, study_record
from hypothesis import given
from hypothesis import strategies as st

from snapshots.changes import compare
from snapshots.changeset import Action, Severity, Source, VersionRef
from snapshots.delta import delta
from snapshots.fields import Identity, table
from snapshots.record import canonical

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
TABLE = table("ctgov")
ORDERLESS = [one for one in TABLE if one.identity is not None and not one.ordered]


def read(old, new):
    return compare(old, new, from_=FILE, to=FILE)


def at(record, keys):
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def within(one, other):
    """Whether one of two dotted paths lies within the other."""
    one, other = f"{one}.", f"{other}."
    return one.startswith(other) or other.startswith(one)


def assert_whole(old, new):
    changes = read(old, new).changes
    covering = [
        ".".join(part for part in path.split(".") if not part.isdigit())
        for change in changes
        for path in change.paths
    ]
    for operation in delta(old, new):
        keys = ".".join(part for part in operation.path if isinstance(part, str))
        assert any(within(keys, path) for path in covering), operation.path
    assert_members_told_once(old, new, changes)
    for change in changes:
        assert change.paths and change.summary and change.reason and change.label, change
        assert (change.before is None) == (change.action is Action.ADDED), change
        assert (change.after is None) == (change.action is Action.REMOVED), change
    return changes


def assert_members_told_once(old, new, changes):
    """Each member of a list that is not as it was is in exactly one change; so is each single value."""
    sides = Counter(
        (change.action is Action.REMOVED, path)
        for change in changes
        if change.action is not Action.MOVED
        for path in change.paths
    )
    assert not [path for path, count in sides.items() if count > 1]
    for field in TABLE:
        if field.identity in (None, Identity.WHOLE) or field.rule in ("people", "submission"):
            continue
        before, after = (
            value if isinstance(value, list) else [] for value in (at(old, field.keys), at(new, field.keys))
        )
        waiting = Counter(canonical({"": one}) for one in before)
        fresh = []
        for number, one in enumerate(after):
            if waiting[canonical({"": one})]:
                waiting[canonical({"": one})] -= 1
            else:
                fresh.append(f"{field.path}.{number}")
        told = [
            path
            for change in changes
            if change.action is not Action.REMOVED
            # Of what moved, the first path is where it was.
            for path in (change.paths[1:] if change.action is Action.MOVED else change.paths)
        ]
        assert all(told.count(path) == 1 for path in fresh), (field.slug, fresh, told)


PUBLISHED = [
    number for number in range(1, 401) if possible_edits(study_record(number))
]  # the rest are withheld


@given(st.sampled_from(PUBLISHED), st.integers(0, 10_000), st.integers(1, 4))
def test_nothing_is_lost_and_nothing_told_twice(number, seed, edits):
    rng = Random(seed)
    old = new = study_record(number)
    for _ in range(edits):
        new = edited(new, rng.choice(possible_edits(new)), rng)
    assert_whole(old, new)
    assert_whole(new, old)


@pytest.mark.registry_data
def test_nothing_is_lost_of_real_pairs():
    last, tried = {}, 0
    for row in real_versions():
        before = last.get(row["nctId"])
        if before is not None:
            assert_whole(before, row["study"])
            tried += 1
        last[row["nctId"]] = row["study"]
    assert tried > 2_000


@given(st.integers(1, 400), st.integers(0, 10_000))
def test_the_order_of_a_list_is_no_news(number, seed):
    old = study_record(number)
    new, rng = copy.deepcopy(old), Random(seed)
    for field in ORDERLESS:
        found = at(new, field.keys)
        if isinstance(found, list):
            rng.shuffle(found)
    assert read(old, new).quiet


@pytest.mark.registry_data
def test_the_order_of_a_list_is_no_news_in_real_records():
    rng, shuffled = Random(1), 0
    for row in real_versions():
        new = copy.deepcopy(row["study"])
        for field in ORDERLESS:
            found = at(new, field.keys)
            if isinstance(found, list):
                rng.shuffle(found)
        told = read(row["study"], new)
        assert told.quiet, (row["nctId"], told.headline)
        shuffled += bool(told.changes)
    assert shuffled > 1_000


def shuffled_keys(value, rng):
    if isinstance(value, dict):
        return {key: shuffled_keys(value[key], rng) for key in rng.sample(list(value), len(value))}
    return [shuffled_keys(one, rng) for one in value] if isinstance(value, list) else value


@given(st.sampled_from(PUBLISHED), st.integers(0, 10_000))
def test_what_is_said_does_not_depend_on_the_order_of_keys(number, seed):
    rng = Random(seed)
    old = study_record(number)
    new = edited(old, rng.choice(possible_edits(old)), rng)
    other = read(shuffled_keys(old, rng), shuffled_keys(new, rng))
    assert other == read(old, new)
    assert [list(one.before) for one in other.changes if isinstance(one.before, dict)] == [
        list(one.before) for one in read(old, new).changes if isinstance(one.before, dict)
    ]


def commented(value, rng):
    """With comments of the registry's quality control beside what they are about, anywhere in a record."""
    if isinstance(value, list):
        return [commented(one, rng) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: commented(one, rng) for key, one in value.items()}
    if value and rng.random() < 0.3:
        found[rng.choice(["reviewUnit", "armsReviewUnit"])] = {"resetReasons": [f"Reason {rng.random()}"]}
    return found


@given(st.sampled_from(PUBLISHED), st.integers(0, 10_000))
def test_comments_of_quality_control_are_no_news_and_not_lost(number, seed):
    rng = Random(seed)
    record = study_record(number)
    for old, new in ((record, commented(record, rng)), (commented(record, rng), commented(record, rng))):
        told = read(old, new)
        assert told.quiet, told.headline
        covering = [re.sub(r"\.\d+(?![^.])", "", path) for one in told.changes for path in one.paths]
        for operation in delta(old, new):
            keys = ".".join(part for part in operation.path if isinstance(part, str))
            assert any(within(keys, path) for path in covering), operation.path


@given(st.sampled_from(PUBLISHED), st.integers(0, 10_000))
def test_comments_of_quality_control_change_nothing_that_is_told(number, seed):
    rng = Random(seed)
    old = study_record(number)
    new = edited(old, rng.choice(possible_edits(old)), rng)
    plain, beside = (
        [one.summary for one in read(before, after).changes if one.severity is not Severity.NOISE]
        for before, after in ((old, new), (commented(old, rng), commented(new, rng)))
    )
    assert beside == plain


@given(st.integers(1, 400))
def test_equal_records_have_no_changes(number):
    record = study_record(number)
    again = json.loads(json.dumps(record, sort_keys=True))
    told = read(record, again)
    assert (told.changes, told.headline, told.severity) == ((), "No difference", Severity.NOISE)


@given(st.sampled_from(PUBLISHED), st.integers(0, 10_000))
def test_a_further_change_never_makes_it_weigh_less(number, seed):
    rng = Random(seed)
    old = study_record(number)
    one = edited(old, rng.choice(possible_edits(old)), rng)
    told = read(old, one)
    assert told.severity is max((change.severity for change in told.changes), default=Severity.NOISE)
    more = copy.deepcopy(one)
    more["protocolSection"]["conditionsModule"]["keywords"] = ["a keyword nobody had", str(seed)]
    assert read(old, more).severity >= told.severity


@given(st.sampled_from(PUBLISHED), st.integers(0, 10_000))
def test_two_changes_of_different_fields_weigh_no_less_than_the_heavier(number, seed):
    rng = Random(seed)
    old = study_record(number)
    one = edited(old, rng.choice(possible_edits(old)), rng)
    if not (left := possible_edits(one)):
        return
    both = edited(one, rng.choice(left), rng)
    first, second = read(old, one), read(one, both)
    if news(first) & news(second):
        return  # the second may have taken the first back
    assert read(old, both).severity >= max(first.severity, second.severity)


def news(told):
    return {change.field for change in told.changes if change.severity is not Severity.NOISE}


def test_a_path_that_no_field_knows_is_told():
    old = study_record(1)
    new = copy.deepcopy(old)
    new["protocolSection"]["designModule"]["adaptiveDesignInfo"] = {"isAdaptive": True}
    new["surpriseSection"] = {"a": [1, {"b": "c"}]}
    told = assert_whole(old, new)
    assert sorted((one.severity.value, one.paths) for one in told) == [
        ("minor", ("protocolSection.designModule.adaptiveDesignInfo",)),
        ("minor", ("surpriseSection",)),
    ]


def test_very_many_unknown_keys_are_one_change_and_none_is_lost():
    old = study_record(1)
    new = copy.deepcopy(old)
    new["protocolSection"]["designModule"] |= {f"key{number}": number for number in range(60)}
    new["protocolSection"]["designModule"]["studyType"] = "OBSERVATIONAL"
    told = assert_whole(old, new)
    assert sorted((one.label, len(one.paths)) for one in told if one.severity is not Severity.NOISE) == [
        ("60 unknown keys", 60),
        ("Study type", 1),
    ]


def test_duplicates_are_paired_in_order_and_none_is_lost():
    old = study_record(1)
    outcomes = [{"measure": "Pain", "timeFrame": f"{weeks} weeks"} for weeks in (4, 8, 12)]
    old["protocolSection"]["outcomesModule"]["secondaryOutcomes"] = outcomes
    new = copy.deepcopy(old)
    del new["protocolSection"]["outcomesModule"]["secondaryOutcomes"][1]
    (told,) = assert_whole(old, new)
    assert (told.action, told.before["timeFrame"]) == (Action.REMOVED, "8 weeks")


@pytest.mark.parametrize(
    "value",
    ['it\'s "both" quotes', "__class__", "root['a']", "a.b[0]", "\u202e", "", "x" * 100_000],
)
def test_any_text_may_stand_anywhere(value):
    old = study_record(1)
    new = copy.deepcopy(old)
    new["protocolSection"]["conditionsModule"]["conditions"] = [value, "other"]
    new["protocolSection"]["armsInterventionsModule"]["armGroups"][0]["label"] = value
    new["protocolSection"][value or "empty"] = {value: value}
    assert_whole(old, new)


def test_deep_values_are_compared_and_not_lost():
    old, new = study_record(1), study_record(1)
    for record, leaf in ((old, 1), (new, 2)):
        value = leaf
        for _ in range(150):
            value = {"deeper": value}
        record["protocolSection"]["abyss"] = value
    assert len(assert_whole(old, new)) == 1


def test_two_trials_differ_and_nothing_happened():
    told = read(study_record(1), study_record(2))
    assert told.headline.startswith("Two different trials, NCT90000001 and NCT90000002, differ in ")
    assert (told.severity, told.tags) == (Severity.MINOR, ())
