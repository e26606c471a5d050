"""Ids and record addresses as people type and paste them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.registries.base import MalformedId
from monitor.registries.ctgov_ids import ids_alone, is_id, trial_id


@pytest.mark.parametrize(
    ("text", "trial"),
    [
        ("NCT07146087", "NCT07146087"),
        ("  nct07146087\n", "NCT07146087"),
        ("NCT001715", "NCT00001715"),
        ("NCT1715", "NCT00001715"),
        ("Nct00007146087", "NCT07146087"),
        ("https://clinicaltrials.gov/study/NCT07146087", "NCT07146087"),
        ("https://clinicaltrials.gov/study/NCT07146087?tab=history&a=1&b=2#version", "NCT07146087"),
        ("https://www.clinicaltrials.gov/study/nct7146087/", "NCT07146087"),
        ("http://clinicaltrials.gov/ct2/show/NCT07146087?term=x&rank=1", "NCT07146087"),
        ("https://clinicaltrials.gov/ct2/show/results/NCT07146087", "NCT07146087"),
        ("https://classic.clinicaltrials.gov/ct2/history/NCT07146087", "NCT07146087"),
        ("https://clinicaltrials.gov/api/v2/studies/NCT07146087?fields=NCTId", "NCT07146087"),
        ("https://clinicaltrials.gov/show/NCT07146087", "NCT07146087"),
        ("clinicaltrials.gov/study/NCT07146087", "NCT07146087"),
        ("HTTPS://ClinicalTrials.gov:443/study/NCT07146087", "NCT07146087"),
        ("http://127.0.0.1:8080/study/NCT07146087", "NCT07146087"),
    ],
)
def test_what_is_understood(text, trial):
    assert trial_id(text, site="http://127.0.0.1:8080") == trial


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NCT",
        "NCT00000000",
        "NCT123456789",
        "NCT0714608X",
        "NCT٠٧١٤٦٠٨٧",
        "07146087",
        "2023-505123-12-00",
        "ISRCTN12345678",
        "NCT07146087,NCT01730547",
        "NCT07146087 NCT01730547",
        "https://clinicaltrials.gov/search?cond=NCT07146087",
        "https://clinicaltrials.gov/",
        "https://example.org/study/NCT07146087",
        "https://clinicaltrials.gov.example.org/study/NCT07146087",
        "https://clinicaltrials.gov@example.org/study/NCT07146087",
        "https://[bad/study/NCT07146087",
        "https://clinicaltrials.gov:99999999/study/NCT07146087",
        "a study of something\nover two lines " * 9,
    ],
)
def test_what_is_not(text):
    with pytest.raises(MalformedId) as caught:
        trial_id(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_malformed(text):
    with contextlib.suppress(MalformedId):
        assert is_id(trial_id(text))


@given(st.integers(1, 9_999_999), st.integers(0, 12), st.booleans())
def test_padding_and_case_never_matter(number, zeros, lower):
    text = f"NCT{'0' * zeros}{number}"
    assert trial_id(text.lower() if lower else text) == f"NCT{number:08}"


@pytest.mark.parametrize("text", ["NCT071460871", "NCT0071460871", "NCT714608712"])
def test_a_digit_too_many_is_no_other_trial(text):
    with pytest.raises(MalformedId):
        trial_id(text)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("NCT00000001\nNCT00000002\n", ["NCT00000001", "NCT00000002"]),
        ("NCT00000001\r\nNCT00000002", ["NCT00000001", "NCT00000002"]),
        ("NCT00000001\n\nNCT00000002\n", None),
        ("NCT00000001\nNCT00000001\n", None),  # to be noted
        ("NCT00000000\n", None),
        ("NCT1\n", None),
        ("NCT000000011\n", None),
        ("# mine\nNCT00000001\n", None),
    ],
)
def test_a_plain_list_is_read_at_once_and_any_other_line_by_line(text, ids):
    assert ids_alone(text) == ids
