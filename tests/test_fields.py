"""The field table: it knows all that the registry documents and publishes, says it rightly, and loses nothing else."""

from __future__ import annotations

import copy
import json
import re

import pytest
from doubles.ctgov_fields import PATHS
from doubles.registry_data import ABSENT, RECORDS, real_versions
from doubles.study_records import study_record
from hypothesis import given
from hypothesis import strategies as st

from snapshots.changes import compare
from snapshots.changeset import Kind, Severity, Source, VersionRef
from snapshots.fields import Field, FieldTable, table
from snapshots.fields.coverage import unknown_paths, unknown_paths_between
from snapshots.fields.notation import Section

FILE = VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None)
TABLE = table("ctgov")
# What builds of June and July 2023 published beside what the registry documents, and what its record history has.
UNDOCUMENTED = re.compile(
    r"reviewUnit|protocolSection\.(contactsLocationsModule\.locations_nested(\..+)?"
    r"|armsInterventionsModule\.interventions\.interventionMappedName)"
)


def names(text: str) -> list[str]:
    return text.split()


# product.md: what others script against.
PROMISED = names("""
    overall-status why-stopped has-results enrollment start-date primary-completion-date completion-date phase
    lead-sponsor primary-outcomes secondary-outcomes arms interventions eligibility-criteria minimum-age maximum-age sex
    locations collaborators conditions brief-title official-title documents results results-submission violations
""")
# changes.md, Severity: fields that weigh more than minor whatever happened to them.
CRITICAL = names("why-stopped has-results violations fdaaa801-violation")
MAJOR = names("""
    overall-status phase allocation masking who-masked intervention-model observational-model study-type lead-sponsor
    eligibility-criteria minimum-age maximum-age sex study-population results-submission results-waived
    certificate-of-delay
""")
# changes.md, Severity: fields that weigh by what happened, so that the row says the least.
RULED = names("""
    enrollment start-date primary-completion-date completion-date arms interventions primary-outcomes
    secondary-outcomes other-outcomes locations documents references results
""")
# changes.md, Noise.
NOISE = names("""
    last-known-status verified-date first-submitted first-submitted-qc first-posted last-update-submitted
    last-update-posted age-groups locations-copy data-build removed-countries derived quality-control
""")
# changes.md, Tags: what a change of the field is tagged with whatever happened.
TAGS = {
    "status": "overall-status",
    "stopped": "why-stopped",
    "results": """has-results results results-submission results-first-submitted results-first-submitted-qc
        results-first-posted results-waived certificate-of-delay certificate-of-delay-qc certificate-of-delay-posted""",
    "timeline": "start-date primary-completion-date completion-date",
    "enrolment": "enrollment",
    "outcomes": "primary-outcomes secondary-outcomes other-outcomes outcome-details",
    "eligibility": """eligibility-criteria healthy-volunteers sex gender-based gender-description minimum-age
        maximum-age study-population sampling-method eligibility""",
    "sites": "locations",
    "sponsor": "organization lead-sponsor collaborators responsible-party sponsor-module",
    "design": """study-type phase allocation intervention-model intervention-model-description primary-purpose
        observational-model time-perspective masking who-masked masking-description biospecimens
        expanded-access-types expanded-access-references patient-registry target-duration design-details arms
        interventions arm-details""",
    "integrity": "fdaaa801-violation violations annotations",
    "documents": "documents no-sap document-details",
    "compliance": """fda-regulated-drug fda-regulated-device fdaaa801-violation violations results-waived
        certificate-of-delay certificate-of-delay-qc certificate-of-delay-posted""",
}


def keys(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def told(old, new):
    return compare(old, new, from_=FILE, to=FILE).changes


@pytest.mark.parametrize("path", [path for path, one in PATHS.items() if not one.children])
def test_every_leaf_that_the_registry_documents_is_known(path):
    assert TABLE.knows(keys(path))
    field, _ = TABLE.covering(keys(path))
    assert field in TABLE.fields, "no row covers it"


def test_what_holds_a_known_leaf_is_known():
    assert {path for path in PATHS if not TABLE.knows(keys(path))} == set()


def test_a_path_is_known_by_its_keys_whatever_the_index():
    assert TABLE.knows(("protocolSection", "outcomesModule", "primaryOutcomes", 3, "measure"))
    assert not TABLE.knows(("protocolSection", "outcomesModule", "primaryOutcomes", 3, "measures"))
    assert not TABLE.knows(keys("protocolSection.descriptionModule.briefSummary.text"))
    assert not TABLE.knows(keys("protocolSection.newModule"))


def test_every_row_and_every_piece_stands_in_the_registrys_tree():
    named = {one.path for one in TABLE} | {
        f"{one.path}.{piece.path}" for one in TABLE for piece in one.pieces
    }
    assert {path for path in named - set(PATHS) if not UNDOCUMENTED.fullmatch(path)} == set()


def test_a_piece_is_named_once_and_in_words():
    for one in TABLE:
        paths = [piece.path for piece in one.pieces]
        assert len(paths) == len(set(paths)), one.slug
        for piece in one.pieces:
            assert piece.words == piece.words.strip() != "", piece
            assert not re.search(r"[a-z][A-Z]|_", piece.words), piece


@pytest.mark.registry_data
@pytest.mark.skipif(not RECORDS.exists(), reason=ABSENT)
def test_every_path_of_every_real_record_is_known():
    read = 0
    for file in sorted(RECORDS.glob("*.json")):
        assert unknown_paths(json.loads(file.read_bytes()), TABLE) == set(), file.name
        read += 1
    for row in real_versions():
        assert unknown_paths(row["study"], TABLE) == set(), (row["nctId"], row["date"])
        read += 1
    assert read > 5000


def test_a_name_is_one_field_and_says_what_it_is():
    for one in TABLE:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", one.slug), one
        assert one.label and one.label[0].isupper() and one.section and one.kind in Kind, one
        assert not one.noise or one.reason, one
        assert one.severity is not Severity.NOISE, "noise is said by `noise`"
    shared = {one.slug for one in TABLE if sum(other.slug == one.slug for other in TABLE) > 1}
    assert shared == {"results-submission"}  # the registry tells of one thing in two places
    assert not any(one.slug.startswith("unknown") for one in TABLE)


def test_every_promised_name_is_there():
    assert set(PROMISED) <= set(TABLE.slugs())
    assert {*RULED, *CRITICAL, *MAJOR, *NOISE} <= set(TABLE.slugs())


def test_every_field_weighs_what_the_specification_says():
    for one in TABLE:
        assert (one.severity is Severity.CRITICAL) == (one.slug in CRITICAL), one.slug
        assert (one.severity is Severity.MAJOR) == (one.slug in MAJOR), one.slug
        assert one.noise == (one.slug in NOISE), one.slug
        assert one.rule or one.slug not in RULED, one.slug


def test_every_field_has_the_tags_of_those_who_read_for_a_purpose():
    for one in TABLE:
        assert set(one.tags) == {tag for tag, slugs in TAGS.items() if one.slug in slugs.split()}, one.slug


def test_lists_of_objects_have_an_identity():
    """A list whose members differ by their place alone would be told as edits of all that follow."""
    for one in TABLE:
        documented = PATHS.get(one.path)
        if documented and documented.is_list and documented.children:
            assert one.identity is not None, one.slug
        if one.identity is not None:
            assert documented and documented.is_list, one.slug


# What the table does not know

KEYS = st.one_of(
    st.sampled_from(sorted({path.rpartition(".")[2] for path in PATHS} | set(TABLE.slugs()))),
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,20}", fullmatch=True),
    st.text(min_size=1, max_size=12).filter(lambda text: not text.isdigit() and "." not in text),
)
PLACES = sorted(path for path, one in PATHS.items() if one.children and not path.startswith("hasResults"))


@given(st.sampled_from(["", *PLACES]), st.lists(KEYS, min_size=1, max_size=3))
def test_a_made_up_path_anywhere_is_a_field_of_its_own_or_reported_with_the_field_it_stands_in(place, below):
    path = (*(keys(place) if place else ()), *below)
    field, at = TABLE.covering(path)
    assert path[: len(at)] == at, "it covers the path"
    if TABLE.knows(path):
        return
    row = next((one for one in TABLE if one.keys == at), None)
    if row is not None:
        assert field is row and (row.noise or not TABLE.divides(at)), "a module's row takes no key of its own"
        return
    assert at == path
    assert (field.severity, field.noise, field.identity) == (Severity.MINOR, False, None)
    assert field.slug and field.slug not in TABLE.slugs()
    assert field.label.strip()


@given(
    st.sampled_from(PLACES),
    KEYS,
    st.sampled_from([True, 3, "new words", ["a"], {"b": 1}]),
    st.integers(1, 60),
)
def test_a_made_up_key_in_a_record_is_told_under_the_field_that_covers_it(place, key, value, number):
    old = study_record(number)
    new = copy.deepcopy(old)
    node = new
    for name in keys(place):
        node = node.get(name) if isinstance(node, dict) else None
        node = node[0] if isinstance(node, list) and node else node
    if not isinstance(node, dict) or key in node or TABLE.knows((*keys(place), key)):
        return
    node[key] = value
    covering, _ = TABLE.covering((*keys(place), key))
    assert [change.field for change in told(old, new)] == [covering.slug]
    assert all(
        keys(place) == one[:-1] or keys(place) == one[:-2] for one in unknown_paths_between(old, new, TABLE)
    )
    assert unknown_paths_between(old, new, TABLE) == unknown_paths(new, TABLE)
    assert unknown_paths_between(new, old, TABLE) == unknown_paths(new, TABLE)


def test_a_key_called_like_a_field_gets_a_name_of_its_own():
    """Its routes and its severity are the field's whose name it would bear."""
    for place in ["", *PLACES]:
        for slug in TABLE.slugs():
            path = (*(keys(place) if place else ()), slug)
            field, at = TABLE.covering(path)
            if at == path and field not in TABLE.fields:
                assert field.slug not in TABLE.slugs(), path


@pytest.mark.parametrize("name", ["reviewUnit", "armsReviewUnit", "measureCategoriesReviewUnit"])
@pytest.mark.parametrize("below", [(), ("resetReasons",)])
def test_what_quality_control_says_is_one_field_wherever_it_stands(name, below):
    for place in ["", *PLACES]:
        above = keys(place) if place else ()
        field, at = TABLE.covering((*above, name, *below))
        assert (field.slug, field.noise, at) == ("quality-control", True, (*above, name))
        assert TABLE.knows((*above, 3, name, *below))
    assert TABLE.covering(("reviewUnits",))[0].slug == "review-units"


def test_only_unknown_paths_that_differ_are_counted():
    old = study_record(3)
    old["protocolSection"]["designModule"]["adaptive"] = {"plan": "A", "kept": "as it was"}
    new = copy.deepcopy(old)
    new["protocolSection"]["designModule"]["adaptive"]["plan"] = "B"
    new["protocolSection"]["outcomesModule"]["primaryOutcomes"][0] |= {
        "estimand": "a",
        "description": "other",
    }
    new["protocolSection"]["statusModule"]["overallStatus"] = "UNKNOWN"
    assert unknown_paths_between(old, new, TABLE) == {
        ("protocolSection", "designModule", "adaptive", "plan"),
        ("protocolSection", "outcomesModule", "primaryOutcomes", "estimand"),
    }
    assert unknown_paths_between(old, old, TABLE) == set()
    assert len(unknown_paths(old, TABLE)) == 2


def test_what_only_has_parts_is_no_unknown_field():
    """`designInfo` has no row: its parts have. Should it come as one value, it is told, and not as unheard of."""
    field, _ = TABLE.covering(keys("protocolSection.designModule.designInfo"))
    assert (field.section, field.reason) == ("Design", "")
    field, _ = TABLE.covering(keys("protocolSection.designModule.designNotes"))
    assert "does not know" in field.reason


# Words


def test_sentences_call_pieces_by_the_tables_words():
    old = study_record(3)
    references = old["protocolSection"].setdefault("referencesModule", {})
    references["availIpds"] = [{"id": "D1", "url": "https://a.example"}]
    old["protocolSection"]["identificationModule"]["orgStudyIdInfo"] = {
        "id": "A",
        "link": "https://a.example",
    }
    new = copy.deepcopy(old)
    new["protocolSection"]["referencesModule"]["availIpds"][0]["url"] = "https://b.example"
    new["protocolSection"]["identificationModule"]["orgStudyIdInfo"]["id"] = "B"
    said = {change.field: change.summary for change in told(old, new)}
    assert said["available-ipds"] == "Data or document edited (address): D1"
    assert said["study-id"].startswith(
        "Organisation's study id: id: A; link: https://a.example → id: B; link:"
    )
    links = TABLE.field("see-also-links")
    assert links.words("url") == "address"
    assert links.words("newKey") == "new key"
    assert TABLE.field("locations").words("contacts.phoneExt") == "extension"


def test_a_document_that_is_not_there_is_stated():
    old = study_record(3)
    new = copy.deepcopy(old)
    new.setdefault("documentSection", {}).setdefault("largeDocumentModule", {})["noSap"] = True
    (change,) = told(old, new)
    assert (change.field, change.summary) == ("no-sap", "No statistical analysis plan stated: yes")
    assert (change.severity, change.tags) == (Severity.MINOR, ("documents",))


def test_pieces_are_written_as_lists_of_keys():
    rows = Section("Sites", "a.b", ("sites",))
    made = rows(
        "one", "One", "c", Kind.LIST, pieces="name, zip = postcode, contacts\n contacts: phoneExt, eMail"
    )
    assert (made.path, made.section, made.tags) == ("a.b.c", "Sites", ("sites",))
    assert [(piece.path, piece.words) for piece in made.pieces] == [
        ("name", "name"),
        ("zip", "postcode"),
        ("contacts", "contacts"),
        ("contacts.phoneExt", "phone ext"),
        ("contacts.eMail", "e mail"),
    ]
    assert rows("whole", "Whole", "", Kind.TEXT).path == "a.b"
    with pytest.raises(ValueError, match="not named before them: `contact: name`"):
        rows("two", "Two", "d", Kind.LIST, pieces="contacts\n contact: name")


def test_a_path_has_one_row():
    def row(slug: str) -> Field:
        return Field(slug=slug, label="A", section="S", path="a.b", kind=Kind.TEXT)

    with pytest.raises(ValueError, match="same path"):
        FieldTable("ctgov", [row("one"), row("two")])
