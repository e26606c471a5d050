"""One content in two forms: what the archive writes as HTML and the API as markdown is the same text."""

import json

import pytest
from doubles.ctgov_archive import archived, markdown_to_html
from doubles.registry_data import ABSENT, RECORDS
from doubles.study_records import study_records

from snapshots.archive_markup import from_html, record_from_archive
from snapshots.changes import compare
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.markup import normal_text, same_words

THEN = VersionRef(source=Source.ARCHIVE, version=3, seen_at=None, updated=None, build=None)
NOW = VersionRef(source=Source.LIVE, version=None, seen_at=None, updated=None, build=None)


@pytest.mark.parametrize(
    ("archive", "api"),
    [
        ("<p>Inclusion:</p><ul><li>age &gt; 18</li><li>EDSS</li></ul>", "Inclusion:\n\n* age > 18\n* EDSS"),
        ("<ol><li>one<ul><li>deeper</li></ul></li><li>two</li></ol>", "1. one\n   * deeper\n2. two"),
        ("R&amp;D, FEV1 &lt;0.7", "R&D, FEV1 <0.7"),
        ("line<br>break", "line\nbreak"),
        ("a &amp;#39; that a sponsor pasted", "a &#39; that a sponsor pasted"),
        ("Safety of <Mart 200 mg> by surveillance", "Safety of <Mart 200 mg> by surveillance"),
        ("<p>Safety of <Mart 200 mg> tablets</p>", "Safety of <Mart 200 mg> tablets"),
        ("p <y and z", "p <y and z"),
    ],
)
def test_the_archives_html_as_the_apis_markdown(archive, api):
    assert from_html(archive) == api


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"doses \> 10 mg", "doses > 10 mg"),
        (r"R\&D", "R&D"),
        (r"the person\&#39;s own", "the person's own"),
        ("screening:\n\n<!-- -->\n\n* less", "screening:\n\n* less"),
        ("H<sub>2</sub>O", "H 2 O"),
        ("A  b\r\nC", "a b c"),
    ],
)
def test_settings_of_the_same_words(one, other):
    assert normal_text(one) == normal_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("age > 18", "age < 18"),
        ("5 mg", "-5 mg"),
        ({"a": "x"}, {"a": "x", "b": ""}),
        (["x", "y"], ["y", "x"]),
        (1, True),
        (1, 1.0),
        (None, ""),
    ],
)
def test_other_words_stay_other_words(one, other):
    assert not same_words(one, other)


def _seam(record):
    read = compare(record_from_archive(archived(record)), record, from_=THEN, to=NOW)
    return [change.summary for change in read.changes if change.severity is not Severity.NOISE]


def test_the_seam_between_archive_and_api_is_quiet():
    for record in study_records(200):
        assert _seam(record) == []


@pytest.mark.registry_data
def test_the_seam_is_quiet_on_real_records():
    if not RECORDS.exists():
        pytest.skip(ABSENT)
    found = sorted(RECORDS.glob("*.json"))
    for path in found[::4]:
        assert _seam(json.loads(path.read_text(encoding="utf-8"))) == [], path.name


def test_a_change_is_seen_across_the_seam():
    record = next(iter(study_records(1)))
    past = json.loads(json.dumps(record))
    past["protocolSection"]["descriptionModule"]["briefSummary"] = "Something else was written here."
    read = compare(record_from_archive(archived(past)), record, from_=THEN, to=NOW)
    assert [change.field for change in read.changes if change.severity is not Severity.NOISE] == [
        "brief-summary"
    ]


def test_what_the_archive_leaves_out_is_news_between_two_of_our_own():
    old = next(record for record in study_records(50) if "annotationSection" not in record)
    new = json.loads(json.dumps(old))
    new["annotationSection"] = {
        "annotationModule": {"violationAnnotation": {"violationEvents": [{"type": "VIOLATION_IDENTIFIED"}]}}
    }
    assert not compare(old, new, from_=NOW, to=NOW).quiet
    assert compare(old, new, from_=THEN, to=NOW).quiet


def _submitted_and_returned():
    """What the API publishes, and what the archive keeps, of a study whose results were returned."""
    published = next(record for record in study_records(50) if not record["hasResults"])
    published["annotationSection"] = {
        "annotationModule": {
            "unpostedAnnotation": {
                "unpostedEvents": [
                    {"type": "RELEASE", "date": "2026-09-01"},
                    {"type": "RESET", "date": "2026-09-28"},
                ]
            }
        }
    }
    kept = archived(published)
    comment = {"resetReasons": ["The Time Frame does not appear specific or in the correct format."]}
    kept["hasResults"] = True
    kept["resultsSection"] = {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [{"type": "PRIMARY", "title": "Pain", "reviewUnit": comment}]
        }
    }
    kept["protocolSection"]["statusModule"]["resultsFirstSubmitDate"] = "2026-09-01"
    kept["protocolSection"]["outcomesModule"]["primaryOutcomes"][0]["reviewUnit"] = comment
    kept["reviewUnit"] = comment
    return published, record_from_archive(kept)


@pytest.mark.parametrize(
    "events",
    [
        None,
        [{"type": "RESET", "date": "2026-09-28"}],
        [{"type": "RELEASE", "date": "2026-09-01"}, {"type": "RESET", "date": "2026-09-28"}],
    ],
)
def test_submitted_results_at_the_seam_are_quiet(events):
    published, kept = _submitted_and_returned()
    if events is not None:
        unposted = {"unpostedAnnotation": {"unpostedEvents": events}}
        kept["annotationSection"] = {"annotationModule": unposted}
    for old, new, from_, to in ((kept, published, THEN, NOW), (published, kept, NOW, THEN)):
        read = compare(old, new, from_=from_, to=to)
        assert [one.summary for one in read.changes if one.severity is not Severity.NOISE] == []


def test_results_posted_since_the_archives_version_are_news():
    published, kept = _submitted_and_returned()
    del published["annotationSection"]
    published["hasResults"] = True
    published["resultsSection"] = kept["resultsSection"]
    published["protocolSection"]["statusModule"] |= {
        "resultsFirstSubmitDate": "2026-09-01",
        "resultsFirstPostDateStruct": {"date": "2026-11-02", "type": "ACTUAL"},
    }
    read = compare(kept, published, from_=THEN, to=NOW)
    assert (read.severity, read.headline) == (Severity.CRITICAL, "Results posted on Pain")


def test_results_without_a_day_of_posting_are_posted_in_the_api_and_submitted_in_the_archive():
    old = next(record for record in study_records(50) if not record["hasResults"])
    new = json.loads(json.dumps(old)) | {"hasResults": True}
    assert compare(old, new, from_=NOW, to=NOW).severity is Severity.CRITICAL
    assert compare(old, new, from_=THEN, to=THEN).severity is Severity.MAJOR


def test_markdown_round_trips_through_html():
    text = "Inclusion Criteria:\n\n* age \\> 18\n* EDSS 3.0\\-6.5\n\n1. first\n2. second"
    assert normal_text(from_html(markdown_to_html(text))) == normal_text(text)
