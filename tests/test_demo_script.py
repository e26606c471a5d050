"""The demo's records and scripted days: valid, consistent, and each day changes what it says."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from monitor.alerting.grouping import Manners
from monitor.demo import archive
from monitor.demo.invented import INVENTED_NOTE
from monitor.demo.records import SEEDS
from monitor.demo.registry import DemoRegistry
from monitor.demo.script import BY_QUERY, DAYS, DISCLAIMER, Day, trials
from monitor.demo.taken_over import NEW, OLD

Record = dict[str, Any]

STATUSES = {
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
}


def published() -> Iterator[tuple[Day, dict[str, Record]]]:
    """Each day and all records as they stand on it. Nothing is served."""
    registry = DemoRegistry()
    try:
        while True:
            yield registry.today, {trial: registry.record(trial) for trial in registry.trials()}
            if not registry.advance():
                return
    finally:
        registry.close()


def status_of(record: Record) -> Record:
    return record["protocolSection"]["statusModule"]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)
    elif isinstance(value, str):
        yield value


def content(record: Record) -> Record:
    """The record without what the registry's bookkeeping moves."""
    bare = copy.deepcopy(record)
    del bare["derivedSection"]["miscInfoModule"]["versionHolder"]
    for name in ("statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdatePostDateStruct"):
        del status_of(bare)[name]
    return bare


def test_days_are_working_days_in_order() -> None:
    dates = [day.date for day in DAYS]
    assert dates == sorted(set(dates))
    assert all(day.weekday() < 5 for day in dates)
    assert dates[0] == date(2026, 11, 16) and dates[-1] == date(2026, 11, 27)


def test_ids_are_distinct_and_invented_ones_cannot_be_taken_for_issued_ones() -> None:
    assert len(set(trials())) == len(trials()) == 17
    assert set(trials()) >= {"NCT07146087", "NCT01730547", "NCT02403947"}
    assert all(
        re.fullmatch(r"NCT99000\d{3}|NCT07146087|NCT01730547|NCT02403947", trial) for trial in trials()
    )
    assert set(trials()) > BY_QUERY


def test_every_record_says_what_it_is() -> None:
    for _, records in published():
        for trial, record in records.items():
            detail = record["protocolSection"]["descriptionModule"]["detailedDescription"]
            assert (INVENTED_NOTE in detail) == trial.startswith("NCT99")
            assert "demo of trialbell" in detail
    assert "invented" in DISCLAIMER and "scripted" in DISCLAIMER


def test_records_hold_what_the_registry_would_hold() -> None:
    for day, records in published():
        for trial, record in records.items():
            protocol = record["protocolSection"]
            assert list(record)[-1] == "hasResults"
            assert list(record) == [name for name in archive.SECTION_ORDER if name in record]
            assert protocol["identificationModule"]["nctId"] == trial
            assert status_of(record)["overallStatus"] in STATUSES
            assert record["hasResults"] == ("resultsSection" in record)
            assert record["derivedSection"]["miscInfoModule"]["versionHolder"] == day.date.isoformat()
            assert None not in strings_and_nulls(record)
            labels = (
                {arm["label"] for arm in protocol["armsInterventionsModule"].get("armGroups", [])}
                if ("armsInterventionsModule" in protocol)
                else set()
            )
            for one in protocol.get("armsInterventionsModule", {}).get("interventions", []):
                assert set(one.get("armGroupLabels", [])) <= labels
            for site in protocol["contactsLocationsModule"]["locations"]:
                assert site["country"] and site["city"] and site["facility"]
            criteria = protocol["eligibilityModule"]["eligibilityCriteria"]
            assert re.match(
                r"Inclusion Criteria:\n\n\* .+\n\nExclusion Criteria:\n\n\* ", criteria, re.DOTALL
            )


def strings_and_nulls(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for member in value.values():
            yield from strings_and_nulls(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings_and_nulls(member)
    elif value is None or isinstance(value, str):
        yield value


def test_the_seed_record_has_its_facts() -> None:
    protocol = SEEDS[0].record["protocolSection"]
    design = protocol["designModule"]
    assert protocol["identificationModule"]["orgStudyIdInfo"]["id"] == "Bio120002"
    assert design["phases"] == ["EARLY_PHASE1"] and design["enrollmentInfo"]["count"] == 20
    assert design["designInfo"]["allocation"] == "RANDOMIZED"
    assert design["designInfo"]["interventionModel"] == "SINGLE_GROUP"
    assert design["designInfo"]["maskingInfo"]["masking"] == "TRIPLE"
    assert status_of(SEEDS[0].record)["startDateStruct"]["date"] == "2020-07-01"
    assert status_of(SEEDS[0].record)["completionDateStruct"]["date"] == "2027-12-31"
    assert status_of(SEEDS[0].record)["lastUpdatePostDateStruct"]["date"] == "2025-08-28"
    assert protocol["sponsorCollaboratorsModule"]["leadSponsor"] == {
        "name": "Biocells Medical",
        "class": "INDUSTRY",
    }
    assert [(site["city"], site["country"]) for site in protocol["contactsLocationsModule"]["locations"]] == [
        ("Warsaw", "Poland")
    ]
    assert [arm["type"] for arm in protocol["armsInterventionsModule"]["armGroups"]] == [
        "EXPERIMENTAL",
        "PLACEBO_COMPARATOR",
    ]


def test_dates_move_as_the_registry_moves_them() -> None:
    before: dict[str, Record] = {}
    for day, records in published():
        today = day.date.isoformat()
        submitted = {edit.trial: edit.submitted for edit in day.edits if edit.submitted is not None}
        for trial, record in records.items():
            status = status_of(record)
            if trial not in before:
                assert status["lastUpdatePostDateStruct"]["date"] <= today
            elif trial in submitted:
                assert status["lastUpdatePostDateStruct"] == {"date": today, "type": "ACTUAL"}
                assert status["lastUpdateSubmitDate"] == submitted[trial]
                assert status["statusVerifiedDate"] == submitted[trial][:7]
                waited = day.date - date.fromisoformat(submitted[trial])
                assert 1 <= waited.days <= 4, "posting follows within a few working days"
                assert date.fromisoformat(submitted[trial]).weekday() < 5
            else:
                unmoved = status_of(before[trial])
                assert status["lastUpdatePostDateStruct"] == unmoved["lastUpdatePostDateStruct"]
                assert content(record) == content(before[trial])
        before = records


def test_what_a_day_does_not_name_does_not_change() -> None:
    """The whole content, day by day: exactly the edited trials differ from the day before."""
    before: dict[str, Record] = {}
    for day, records in published():
        if before:
            changed = {trial for trial in before if content(records[trial]) != content(before[trial])}
            assert changed == {edit.trial for edit in day.edits}
            entered = {seed.record["protocolSection"]["identificationModule"]["nctId"] for seed in day.new}
            assert set(records) - set(before) == entered
        before = records


def stand(number: int) -> dict[str, Record]:
    return dict(list(published())[number - 1][1])


def test_day_2_is_noise_alone() -> None:
    before, after = content(stand(1)["NCT99000434"]), content(stand(2)["NCT99000434"])
    assert after["protocolSection"]["contactsLocationsModule"]["locations"][0]["city"] == "Málaga"
    for record in (before, after):
        record["protocolSection"]["contactsLocationsModule"]["locations"][0].pop("city")
        record["protocolSection"]["contactsLocationsModule"]["locations"][0].pop("geoPoint")
        record.pop("derivedSection")
    assert before == after
    assert DAYS[1].tells == ()


def test_day_3_suspends_with_a_reason() -> None:
    before, after = status_of(stand(2)["NCT07146087"]), status_of(stand(3)["NCT07146087"])
    assert (before["overallStatus"], after["overallStatus"]) == ("RECRUITING", "SUSPENDED")
    assert "whyStopped" not in before and "(scripted)" in after["whyStopped"]


def test_day_4_posts_results_and_documents() -> None:
    before, after = stand(3)["NCT99000215"], stand(4)["NCT99000215"]
    assert (before["hasResults"], after["hasResults"]) == (False, True)
    assert status_of(after)["resultsFirstPostDateStruct"]["date"] == "2026-11-19"
    assert len(after["documentSection"]["largeDocumentModule"]["largeDocs"]) == 2
    planned = [one["measure"] for one in after["protocolSection"]["outcomesModule"]["primaryOutcomes"]]
    reported = after["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    assert planned == [one["title"] for one in reported if one["type"] == "PRIMARY"]


def test_day_5_slips_in_two_submissions() -> None:
    before, after = status_of(stand(4)["NCT99000328"]), status_of(stand(5)["NCT99000328"])
    dates = [status["primaryCompletionDateStruct"]["date"] for status in (before, after)]
    assert dates == ["2027-03-31", "2027-10-29"]
    assert [edit.submitted for edit in DAYS[4].edits] == ["2026-11-17", "2026-11-18"]


def test_day_6_rewords_an_outcome_after_the_start_and_brings_a_newcomer() -> None:
    before, after = stand(5)["NCT99000101"], stand(6)["NCT99000101"]
    measures = [
        one["protocolSection"]["outcomesModule"]["primaryOutcomes"][0]["measure"] for one in (before, after)
    ]
    assert measures[0] != measures[1]
    assert status_of(after)["startDateStruct"] == {"date": "2024-03-11", "type": "ACTUAL"}
    assert "NCT99000769" not in stand(5) and "NCT99000769" in stand(6)
    assert status_of(stand(6)["NCT99000769"])["studyFirstPostDateStruct"]["date"] == "2026-11-23"


def test_day_7_opens_sites_and_a_country() -> None:
    before, after = (
        {
            country: [site["status"] for site in sites if site["country"] == country]
            for country in ("Poland", "Spain", "Portugal", "Germany")
        }
        for sites in (
            one["NCT99000547"]["protocolSection"]["contactsLocationsModule"]["locations"]
            for one in (stand(6), stand(7))
        )
    )
    assert before["Portugal"] == [] and after["Portugal"] == ["RECRUITING"] * 2
    assert before["Poland"].count("RECRUITING") == 1 and after["Poland"].count("RECRUITING") == 4
    assert before["Spain"].count("RECRUITING") == 1 and after["Spain"].count("RECRUITING") == 3
    assert after["Germany"] == ["WITHDRAWN"]


def test_day_7_resumes_what_day_3_suspended() -> None:
    before, after = status_of(stand(6)["NCT07146087"]), status_of(stand(7)["NCT07146087"])
    assert (before["overallStatus"], after["overallStatus"]) == ("SUSPENDED", "RECRUITING")
    assert "whyStopped" not in after


def test_day_8_changes_more_trials_than_a_channel_wants_alerts_of() -> None:
    assert len(DAYS[7].edits) == 7 > Manners().summary_from
    sponsors = [
        stand(8)[edit.trial]["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
        for edit in DAYS[7].edits
    ]
    assert sponsors.count(NEW) == 5 and sponsors.count(OLD) == 2


def test_day_9_is_within_a_week_of_day_7() -> None:
    assert DAYS[8].tells == ("NCT99000547",) and "NCT99000547" in DAYS[6].tells
    assert (DAYS[8].date - DAYS[6].date).days < 7


@pytest.mark.parametrize("day", DAYS, ids=lambda day: day.date.isoformat())
def test_sentences_read_well(day: Day) -> None:
    assert day.sentence and not day.sentence.endswith(".")
    assert day.expect.endswith(".")
    told = set(day.tells)
    assert told <= set(trials())
    assert bool(told) == ("alert" in day.expect)


def test_an_edit_leaves_the_record_it_was_given_alone() -> None:
    record = SEEDS[0].record
    untouched = copy.deepcopy(record)
    edit = archive.Edit(
        trial="NCT07146087",
        submitted="2026-11-16",
        put={"contactsLocationsModule.locations.0.city": "Kraków"},
        add={"conditionsModule.keywords": ("another",)},
    )
    after = archive.apply(record, edit, posted="2026-11-18")
    assert record == untouched
    assert after["protocolSection"]["conditionsModule"]["keywords"][-1] == "another"


def test_markdown_becomes_html_as_the_history_gives_it() -> None:
    text = "Inclusion Criteria:\n\n* EDSS \\>= 3.0\n* Age 18 & over\n\nExclusion Criteria:\n\n* none"
    assert archive.markdown_to_html(text) == (
        "<p>Inclusion Criteria:</p><ul><li>EDSS &gt;= 3.0</li><li>Age 18 &amp; over</li></ul>"
        "<p>Exclusion Criteria:</p><ul><li>none</li></ul>"
    )
