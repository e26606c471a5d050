"""The page of pictures shows what is told now: its cases are rendered ones, and a picture taken anew is as large."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from doubles.gallery import FOLDER, LARGEST, MOST, PAGE, PICTURES, named, take
from doubles.palette import size_of, with_palette
from doubles.rendered import GROUPS

from monitor.demo.drawn import NOTE

TEXT = PAGE.read_text(encoding="utf-8")


def test_each_picture_is_on_the_page_once_and_small() -> None:
    assert list(named(TEXT)) and len(named(TEXT)) == TEXT.count("![")
    assert sorted(named(TEXT)) == sorted(PICTURES) == sorted(path.stem for path in FOLDER.iterdir())
    assert len(PICTURES) <= MOST
    assert [path.name for path in FOLDER.iterdir() if path.stat().st_size > LARGEST] == []


def test_each_has_words_for_who_does_not_see_it_and_a_few_sentences() -> None:
    assert all(len(alt) > 40 for alt in named(TEXT).values())
    for paragraph in re.split(r"!\[[^\]]*\]\([^)]*\)\n\n", TEXT)[1:]:
        said = paragraph.partition("\n\n")[0]
        assert 2 <= len(re.findall(r"[.!?](?= |$)", " ".join(said.split()))) <= 3, said


def test_the_page_does_not_claim_to_be_slack() -> None:
    assert "drawn by trialbell's demo" in TEXT.split("##")[0] and "not Slack" in NOTE


def test_the_cases_are_among_the_rendered_ones() -> None:
    for picture in PICTURES.values():
        for group, case in picture.cases:
            assert case in GROUPS[group]()


@pytest.mark.chromium
def test_a_picture_taken_anew_is_as_large_as_the_kept_one() -> None:
    """Of its bytes nothing is said: another build of Chromium draws letters a little otherwise."""
    if "DejaVu Sans" not in _fonts():
        pytest.skip("the pictures were taken with the font DejaVu Sans")
    for name, png in take(["stop", "outcome", "summary"]):
        assert size_of(png) == size_of((FOLDER / f"{name}.png").read_bytes()), f"make pictures ARGS={name}"


def _fonts() -> str:
    found = shutil.which("fc-list")
    if found is None:
        return ""
    return subprocess.run([found, ":", "family"], capture_output=True, text=True, check=True).stdout


def test_a_picture_keeps_its_size_and_the_colours_that_matter() -> None:
    kept = (FOLDER / "stop.png").read_bytes()
    red = bytes.fromhex("dd2e44")
    assert red in _palette(kept)
    with pytest.raises(KeyError):
        with_palette(kept, 8)  # it has a palette already


def _palette(png: bytes) -> list[bytes]:
    at = png.index(b"PLTE")
    colours = png[at + 4 : at + 4 + int.from_bytes(png[at - 4 : at])]
    return [colours[start : start + 3] for start in range(0, len(colours), 3)]
