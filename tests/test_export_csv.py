"""Cells of a CSV file: no spreadsheet runs one, and every text can be had back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.export.csv_file import CsvFile, defused, undefused
from monitor.export.tables import Column, Kind

SIGNS = "=+-@\t\r\n＝＋－＠"
texts = st.text(
    st.one_of(st.sampled_from(SIGNS + "'1.,;\"ea"), st.characters(exclude_categories=["Cs"])), max_size=12
)


def column(name, kind=Kind.TEXT):
    return Column(name=name, kind=kind, of=lambda row: row[name], words="")


@given(texts)
@example("'=1+1")
@example("''-")
@example("-5")
@example("'-5")
@example(" =1+1")
@example("' '=1")
def test_a_text_can_be_had_back(text):
    assert undefused(defused(text)) == text


@given(texts)
def test_no_cell_begins_as_a_formula_does_unless_it_is_a_number(text):
    cell = defused(text)
    bare = cell.lstrip(" \u00a0")  # which some programs trim
    if bare[:1] in SIGNS and bare:
        float(cell)  # ValueError: it would be run


@pytest.mark.parametrize("before", ["", " ", "\u00a0 ", "'"])
@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_that_begins_a_formula_is_defused(sign, before):
    text = f"{before}{sign}cmd|' /C calc'!A0"
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.2", "-.5", "-1e-3", "12", "Phase 1", "", "a=b"])
def test_what_is_no_formula_stays(text):
    assert defused(text) == text


@given(st.lists(st.tuples(texts, texts), max_size=5))
def test_rows_come_back_through_any_reader_of_csv(rows):
    stream = io.StringIO(newline="")
    file = CsvFile(stream, (column("a"), column("b")))
    for a, b in rows:
        file.write({"a": a, "b": b})
    read = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert read[0] == ["a", "b"]
    assert [(undefused(a), undefused(b)) for a, b in read[1:]] == rows
    assert stream.getvalue().endswith("\r\n")


def test_each_kind_of_value_has_one_form():
    stream = io.StringIO(newline="")
    kinds = {kind.value: kind for kind in Kind}
    file = CsvFile(stream, tuple(column(name, kind) for name, kind in kinds.items()), bom=True)
    file.write(
        {
            "text": '=x, "y"\nz',
            "number": -5,
            "truth": True,
            "day": "2026-10-05",
            "moment": datetime(2026, 11, 20, 9, 12, 44, 5, tzinfo=UTC),
            "list": ("=a", 'b"'),
            "json": b'{"a":1}',
        }
    )
    file.write(dict.fromkeys(kinds))
    assert stream.getvalue() == (
        "\ufefftext,number,truth,day,moment,list,json\r\n"
        '"\'=x, ""y""\nz",-5,true,2026-10-05,2026-11-20T09:12:44Z,"[""=a"",""b\\""""]","{""a"":1}"\r\n'
        ",,,,,,\r\n"
    )
