"""What people type into a search: every text has a reading that SQLite takes, or a reason in one line."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snapshots.search.asking import LONGEST, MOST_WORDS, NothingAsked, asked

TEXTS = {
    1: "Siponimod in progressive multiple sclerosis",
    2: "Multiple ways to teach children about asthma",
    3: "COVID-19 vaccination in adults with COPD",
    4: "NCT01234567 ABC-123/4 randomized, Sjögren's syndrome",
    5: "Running and therapies for renal carcinoma; melanoma",
}


@pytest.fixture(scope="module")
def index():
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("create virtual table t using fts5 (a, tokenize = 'porter unicode61 remove_diacritics 2')")
        db.executemany("insert into t (rowid, a) values (?, ?)", TEXTS.items())
        yield db


def found(index, text):
    rows = index.execute("select rowid from t where t match ? order by rowid", [asked(text).expression])
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("multiple sclerosis", [1]),
        ("SCLEROSIS multiple", [1]),
        ('"multiple sclerosis"', [1]),
        ('"sclerosis multiple"', []),
        ("“multiple sclerosis”", [1]),
        ("asthma OR copd", [2, 3]),
        ("asthma | copd", [2, 3]),
        ("multiple asthma OR copd", [2, 3]),
        ("multiple (asthma OR copd)", [2]),
        ("multiple NOT children", [1]),
        ("multiple -children", [1]),
        ('multiple -"teach children"', [1]),
        ("NOT children multiple", [1]),
        ("multiple NOT (children OR copd)", [1]),
        ("(multiple OR copd) NOT children", [1, 3]),
        ("multiple AND sclerosis", [1]),
        ("covid-19", [3]),
        ("covid 19", [3]),
        ("19-covid", []),
        ("nct0123*", [4]),
        ("NCT01*", [4]),
        ("abc-123/4", [4]),
        ("abc-12*", [4]),
        ("sjogren", [4]),
        ("Sjögrens", [4]),
        ("vaccinat*", [3]),
        ("vaccines", [3]),
        ("randomi*", [4]),
        ("runni*", [5]),
        ("therap*", [5]),
        ("therapy", [5]),
        ("carcino*", [5]),
        ('"renal carci*"', []),
        ('"renal carci"*', [5]),
        ("title: melanoma", []),
        ("melanoma:", [5]),
        ("melanoma^2", []),
        ("{melanoma}", [5]),
        ("+melanoma", [5]),
        ("NEAR(melanoma renal)", []),
        ('NOT ("!!") melanoma', [5]),
    ],
)
def test_what_is_typed_finds_what_is_meant(index, text, rows):
    assert found(index, text) == rows


@pytest.mark.parametrize(
    "text",
    [
        *('"multiple sclerosis', "multiple sclerosis)", "((multiple sclerosis", "multiple OR OR sclerosis"),
        *(
            "OR multiple",
            "multiple NOT",
            "multiple AND AND sclerosis",
            "multiple 🧬 sclerosis",
            "multiple - *",
        ),
        *("(" * 1_500 + "multiple", "multiple " + '"' * 501, "multiple" + " sclerosis" * 500),
    ],
)
def test_what_is_typed_wrongly_is_read_all_the_same(index, text):
    assert 1 in found(index, text)


@pytest.mark.parametrize(
    "text", ["", " ", "*", '""', '"', "()", "🧬 🧪", "!?", "- -", "\0", "؟ …", "NOT x", "-x", "(NOT x)"]
)
def test_nothing_to_look_for_is_said_in_one_line(text):
    with pytest.raises(NothingAsked) as caught:
        asked(text)
    assert str(caught.value).startswith("nothing to look for")
    assert len(str(caught.value).splitlines()) == 1 and caught.value.hint


def test_operators_alone_are_words():
    assert [term.text for term in asked("OR").terms] == ["OR"]


def test_what_was_not_read_as_typed_is_said():
    assert asked('"a b').notes and asked("x*").notes and not asked("multiple sclerosis").notes
    many = asked(" ".join(f"w{n}" for n in range(MOST_WORDS + 1)))
    assert len(many.terms) == MOST_WORDS and str(MOST_WORDS) in many.notes[0]
    assert str(LONGEST) in asked("ab " * LONGEST).notes[0]


@pytest.mark.parametrize(
    ("text", "note", "reading"),
    [
        ("(lung", "a bracket without its fellow", "lung"),
        ("lung)", "a bracket without its fellow", "lung"),
        ("cancer NOT", "`NOT` with nothing behind it", "cancer"),
        ("cancer OR OR x", "`OR` without something", "(cancer OR x)"),
        ("cancer OR", "`OR` without something", "cancer"),
        ("OR cancer", "`OR` without something", "cancer"),
        ("cancer OR NOT x", "`OR` without something", "cancer"),
        ("AND cancer x", "`AND` without a word", "(cancer AND x)"),
        ("title:cancer", "no field is searched by its name: `title:cancer`", '"title:cancer"'),
        ("*cancer", "the one before `cancer`", "*cancer"),
        ("cancer & - lung", "`-` holds no letter", "(cancer AND lung)"),
        ("cancer ()", "brackets without something", "cancer"),
        ("cancer NOT NOT x", "`NOT` twice", "(cancer NOT (x))"),
    ],
)
def test_how_it_was_read_is_said_when_otherwise_than_typed(text, note, reading):
    question = asked(text)
    assert any(note in one for one in question.notes), question.notes
    assert question.reading == reading


@pytest.mark.parametrize(
    "text",
    [
        "multiple sclerosis",
        "asthma OR copd",
        "asthma -children",
        "(asthma OR copd) adults",
        "asthma AND NOT children",
        "covid-19 vaccinat*",
        '"multiple sclerosis" NOT (a OR "b c")',
    ],
)
def test_what_was_read_as_typed_needs_no_word(text):
    assert asked(text).notes == () and asked(text).reading is None


PARTS = st.sampled_from(
    [
        *"\"()*-:^+{}[]<>|&\\/'",
        "OR",
        "NOT",
        "AND",
        "NEAR",
        " ",
        "  ",
        "“",
        "»",
        "word",
        "wörd*",
        "a-b",
        "🧬",
        "\0",
        "\ud800",
    ]
)


@given(st.lists(PARTS | st.text(max_size=4), max_size=25).map("".join))
@example('a* "b')
@example("(" * 400)
@example('NOT NOT a OR -(b "c)')
def test_no_text_at_all_is_an_error_of_sqlite(text):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("create virtual table t using fts5 (a, tokenize = 'porter unicode61 remove_diacritics 2')")
        db.execute("insert into t values ('a word')")
        try:
            question = asked(text)
        except NothingAsked:
            return
        db.execute("select rowid, bm25(t) from t where t match ?", [question.expression]).fetchall()
        for term in question.terms:
            db.execute("select rowid from t where t match ?", [term.expression]).fetchall()
