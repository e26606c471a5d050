"""Finding a trial by short addresses; how pages are known again; sentences."""

from __future__ import annotations

import copy
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import RECORD, TRIAL, History

AT = f"/trials/ctgov/{TRIAL}"


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Asking]:
    history = History(tmp_path / "history.db").fill()
    record = copy.deepcopy(RECORD)
    record["protocolSection"]["identificationModule"].update(
        nctId="NCT01730547", acronym="MESEMS", briefTitle="Cells"
    )
    record["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "University of Genova"
    record["protocolSection"]["conditionsModule"]["conditions"] = ["Optic Neuritis"]
    history.snapshot(record, "2026-11-17")
    with asking(history.app()) as asked:
        yield asked


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/{TRIAL}", AT),
        ("/nct7146087", AT),
        (f"/study/{TRIAL}", AT),
        ("/trials/ctgov", "/trials"),
        ("/trials/ctgov/", "/trials/ctgov"),
    ],
)
def test_short_addresses_lead_to_the_one(browse: Asking, path: str, target: str) -> None:
    answer = browse.get(path)
    assert (answer.status, answer.headers["location"]) == (308, target)


def test_a_page_is_known_again_and_compressed(browse: Asking) -> None:
    whole = browse.get(AT)
    small = browse.get(AT, {"accept-encoding": "br, gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.content) == whole.content
    assert len(small.content) < len(whole.content) / 2
    for refusing in ("", "gzip;q=0", "identity"):
        assert "content-encoding" not in browse.get(AT, {"accept-encoding": refusing}).headers
    again = browse.get(AT, {"if-none-match": small.headers["etag"]})
    assert (again.status, again.content) == (304, b"")
    assert browse.get("/", {"if-none-match": small.headers["etag"]}).status == 200


@pytest.mark.parametrize("path", ["/?trial=hello", "/trials/ctgov/hello", f"{AT}/on/x", "/?severity=x"])
def test_hints_are_sentences(browse: Asking, path: str) -> None:
    text = browse.get(path).text
    said = text[text.index("<h1>") : text.index('<p class="actions">')]
    for paragraph in said.split("<p>")[1:]:
        line = paragraph.split("</p>")[0]
        assert line[0].isupper() or line.startswith("<code>")
        assert line.endswith(".")
