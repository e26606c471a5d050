"""What vouches for a version: shown, recomputed by other means, and every edit of the database noticed."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.metadata import version as version_of
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.released import released, restore
from doubles.web_history import STAFF, TRIAL, History
from markupsafe import Markup

from snapshots import codec
from snapshots.changeset import Source
from snapshots.ledger import EVERY, START
from snapshots.retention import can_go, remove

AT = f"/trials/ctgov/{TRIAL}"
RELY = "Do not rely on this version"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


def edit(history: History, sql: str) -> None:
    """As somebody with the sqlite3 shell does it."""
    with closing(sqlite3.connect(history.path)) as db, db:
        db.executescript(sql)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("version", ["5", "r2"])
def test_a_version_shows_what_vouches_for_it(history: History, version: str) -> None:
    with asking(history.app()) as browse:
        page = browse.get(f"{AT}/versions/{version}").text
        body = browse.get(f"{AT}/versions/{version}.json").content
        told = browse.get(f"{AT}/versions/{version}/evidence.json").json()
        own = browse.get(f"{AT}/versions/{version}/evidence").text
    assert sha256(body) == told["sha256"]
    assert told["sound"] is True
    assert told["problems"] == []
    for text in (page, own):
        assert told["sha256"] in text
        assert told["content"] in text
        assert f'href="https://clinicaltrials.gov/study/{TRIAL}"' in text
        assert "First fetched by us" in text or "Fetched by us" in text
        assert "Submitted to the registry" in text
        assert RELY not in text
    assert f'href="{AT}/versions/{version}/bundle.zip"' in page
    times = "".join(f"{one}\n" for one in told["ledger"]["times_text"]).encode()
    assert hashlib.sha256(times).hexdigest()[:32] == told["ledger"]["times"]


def words(page: str) -> str:
    """The citation of a page, as somebody copies it."""
    return " ".join(
        Markup(page.split('id="cite"')[1].split("</section>")[0].partition(">")[2]).striptags().split()
    )


def test_a_citation_holds_without_this_machine(history: History) -> None:
    tool = f"trialbell {version_of('trialbell')}"
    public = "https://trials.example.org"
    registry = f"https://clinicaltrials.gov/study/{TRIAL}?tab=history"
    with asking(history.app()) as browse, asking(history.app(public_url=public)) as published:
        one = words(browse.get(f"{AT}/versions/4/evidence").text)
        both = words(browse.get(f"{AT}/compare/3...4").text)
        sums = [browse.get(f"{AT}/versions/{n}/evidence.json").json()["sha256"] for n in "34"]
        ours = words(published.get(f"{AT}/compare/3...4").text)
        first = words(browse.get(f"{AT}/versions/1/evidence").text)
        same = browse.get(f"{AT}/compare/4...4").text
    assert (
        f"{TRIAL}, version 4, posted by ClinicalTrials.gov on 2025-08-28; fetched 2026-11-20 09:12 UTC;"
        f" SHA-256 {sums[1]}. Kept by {tool}. {registry}" in one
    )
    assert f"SHA-256 {sums[0]}; and version 4, posted" in both
    assert f"{sums[1]}. Compared by {tool}. {registry}" in both
    assert "127.0.0.1" not in one + both
    assert f"{registry} {public}{AT}/compare/3...4" in ours
    assert "the comparison with the one before" in one
    assert "the comparison with the one before" not in first
    assert "Cite this change" not in same


# (what is edited, the version that is looked at, what is said there)
EDITS: dict[str, tuple[str, str, str]] = {
    "the day of the build": (
        "update version set build_day = build_day - 30 where number = 4",
        "4",
        "its dates",
    ),
    "when it was seen": (
        "update version set seen = seen - 1 where number = 4 and archive = 0",
        "4",
        "its dates",
    ),
    "the day of posting": ("update version set updated_day = '2025-01' where number = 4", "4", "its dates"),
    "the day of submission": ("update version set submitted_day = 1 where archive = 1", "r2", "its dates"),
    "dates and their seal": (
        "update version set seen = seen - 1 where number = 4 and archive = 0;"
        " update ledger set times = null where entry = 4",
        "4",
        "was altered after it was written",
    ),
    "its length": ("update version set size = 7 where number = 4", "4", "its row says 7 bytes"),
    "its content hash": ("update version set content = zeroblob(16) where number = 4", "4", "content hash"),
    "which entry it has": (
        "pragma foreign_keys = off; update version set entry = 3 where number = 4 and archive = 0",
        "4",
        "does not have the hash beside it",
    ),
    "a neighbour in the ledger": (
        "update ledger set sha256 = zeroblob(32) where entry = 2",
        "4",
        "one of the entries 1 to",
    ),
    "the chain hash": ("update ledger set chain = zeroblob(32) where chain is not null", "4", "was altered"),
    "no chain hash": ("update ledger set chain = null", "4", "has lost its chain hash"),
    "the trial's name": (
        f"update trial set trial = 'NCT07146088' where trial = '{TRIAL}'",
        "@4",
        "was altered",
    ),
    "a neighbour's row": (
        "delete from version where number = 3 and archive = 0",
        "4",
        "are missing|were stored",
    ),
    "the newest row": ("delete from version where number = 5", "4", "were stored|was stored last"),
    "the first rows": (
        "delete from version where number < 3 and archive = 0; update trial set snapshots = 3",
        "4",
        "nobody removed those before",
    ),
    "its row": ("delete from version where number = 4 and archive = 0", "4", "taken out of the database"),
    "its entry": (
        "pragma foreign_keys = off; delete from ledger where entry = 4",
        "4",
        "no longer in the ledger",
    ),
    "a neighbour's entry": (
        "pragma foreign_keys = off; delete from ledger where entry = 3",
        "4",
        "entries 3 to 3 are missing",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_database_is_noticed_where_one_looks(history: History, name: str) -> None:
    sql, version, said = EDITS[name]
    with asking(history.app()) as browse:
        assert RELY not in browse.get(f"{AT}/versions/4").text
        edit(history, sql)
        at = AT.replace(TRIAL, "NCT07146088") if version.startswith("@") else AT
        page = browse.get(f"{at}/versions/{version.removeprefix('@')}")
        bundled = browse.get(f"{at}/versions/{version.removeprefix('@')}/bundle.zip")
    assert any(one in page.text for one in said.split("|")), page.text
    assert (page.status == 500 and "is damaged" in page.text) or RELY in page.text
    assert bundled.status == 500, "nobody is given a bundle of it"


def test_other_bytes_are_never_given_out(history: History) -> None:
    record = json.loads(open_body(history, 4))
    record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 2_000
    packed = codec.pack(json.dumps(record, separators=(",", ":"), sort_keys=True).encode())
    with closing(sqlite3.connect(history.path)) as db, db:
        db.execute(
            "update body set body = ?, base = null, dictionary = null where number = 4 and archive = 0",
            [packed],
        )
    with asking(history.app()) as browse:
        for form in ("", ".json", ".csv", "/evidence", "/evidence.json", "/bundle.zip"):
            answer = browse.get(f"{AT}/versions/4{form}")
            assert answer.status == 500, form
            assert "does not have the hash" in answer.text
        assert browse.get(f"{AT}/compare/3...4/bundle.zip").status == 500


def open_body(history: History, number: int) -> bytes:
    with asking(history.app()) as browse:
        return browse.get(f"{AT}/versions/{number}.json").content


def test_what_retention_took_is_no_damage(history: History) -> None:
    late = datetime(2026, 11, 20, tzinfo=UTC)
    with history.writing() as (db, _):
        spans = list(can_go(db, before=late, needed={}))
        assert [(one.first, one.last) for one in spans if one.source is Source.SNAPSHOT] == [(1, 2)]
        remove(db, spans, day=date(2026, 11, 25))
    with asking(history.app()) as browse:
        for version in ("3", "5", "r3"):
            assert browse.get(f"{AT}/versions/{version}/evidence.json").json()["problems"] == []
        assert browse.get(f"{AT}/versions/1").status == 404
        assert browse.get("/ledger.json").json()["problems"] == []


@pytest.mark.parametrize("release", released(), ids=lambda path: path.stem)
def test_an_older_database_is_sound_without_sealed_times_and_its_dates_are_held_against_its_records(
    release: Path, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    restore(release, path)
    history = History(path)  # brought up to date
    with closing(history.open()) as db:
        line = db.execute(
            "select trial.trial, number from version join trial on trial.key = version.trial"
            " where archive = 0 and version.submitted is not null limit 1"
        ).fetchone()
    at = f"/trials/ctgov/{line[0]}/versions/{line[1]}"
    with asking(history.app()) as browse:
        told = browse.get(f"{at}/evidence.json").json()
        assert told["ledger"]["times"] is None
        assert told["problems"] == []
        assert "older than that" in browse.get(at).text
        edit(history, "update version set submitted_day = 3")
        assert "its dates are not those that its record has" in browse.get(at).text


LEDGER_EDITS = {
    "update ledger set sha256 = zeroblob(32) where entry = 2": "one of the entries 1 to 8",
    "update ledger set times = zeroblob(16) where entry = 7": "one of the entries 1 to 8",
    "update ledger set number = 9 where entry = 8": "one of the entries 1 to 8",
    "pragma foreign_keys = off; delete from ledger where entry = 3": "entries 3 to 3 are missing",
    "pragma foreign_keys = off; delete from ledger where entry = 8": "entries 8 to 8 were written once",
    # a version with all that counts it: only the ledger knows that it was there
    "delete from version where number = 3 and archive = 1; delete from head where line = 'archive'; update trial set"
    " archived = 2; insert into head (trial, line, number, leaning, body) select trial, 'archive', 2, 0, x'00' from"
    " version where number = 1 and archive = 0": f"{TRIAL}@r3 is in the ledger and not among the versions",
    "pragma foreign_keys = off; delete from ledger": "entries 1 to 8 were written once",
}


@pytest.mark.parametrize("sql", LEDGER_EDITS)
def test_the_page_of_the_ledger_says_that_it_does_not_hold(history: History, sql: str) -> None:
    with asking(history.app()) as browse:
        sound = browse.get("/ledger").text
        edit(history, sql)
        text, told = browse.get("/ledger").text, browse.get("/ledger.json").json()
    assert "Checked just now, and it holds" in sound
    assert "The ledger does not hold" in text
    assert LEDGER_EDITS[sql] in text
    assert any(LEDGER_EDITS[sql] in one for one in told["problems"])


def walked(browse: Asking) -> list[dict[str, object]]:
    """The whole chain, followed by what the page's JSON alone gives, with nothing of ours."""
    path: str | None = "/ledger.json?from=1"
    chain, found = START, []
    while path:
        told = browse.get(path).json()
        assert bytes.fromhex(told["previous"]) == chain
        for one in told["items"]:
            named = f"{one['registry']}\n{one['trial']}\n{one['line']}\n{one['number']}\n".encode()
            sealed = bytes.fromhex(one["sha256"]) + bytes.fromhex(one["times"] or "")
            chain = hashlib.sha256(chain + named + sealed).digest()
            assert chain.hex() == one["chain"]
            found.append(one)
        path = told["next"]
    assert chain.hex() == told["head"]
    return found


def test_anybody_can_follow_the_whole_chain_and_old_entries_have_no_times(history: History) -> None:
    with asking(history.app()) as browse:
        assert [one["entry"] for one in walked(browse)] == list(range(1, 9))
        rows = browse.get("/ledger.csv").text.splitlines()
        assert rows[0] == "entry,registry,trial,line,number,sha256,times,chain"
        assert len(rows) == 9
        assert browse.get("/ledger?from=9").status == 404
        assert browse.get("/ledger?from=0").status == 400
        assert browse.get("/ledger?from=%C2%B2").status == 400


def test_a_long_ledger_is_shown_piece_by_piece(history: History) -> None:
    with closing(sqlite3.connect(history.path)) as db, db:
        db.execute("delete from ledger")
        chain = START
        for entry in range(1, 3 * EVERY + 11):
            times = None if entry < 100 else bytes(16)
            named = f"ctgov\n{TRIAL}\nsnapshot\n{entry}\n".encode()
            chain = hashlib.sha256(chain + named + bytes(32) + (times or b"")).digest()
            kept = chain if entry % EVERY == 0 or entry == 3 * EVERY + 10 else None
            db.execute(
                "insert into ledger (entry, trial, archive, number, sha256, times, chain)"
                " values (?, (select key from trial), 0, ?, zeroblob(32), ?, ?)",
                [entry, entry, times, kept],
            )
    with asking(history.app()) as browse:
        newest, middle = browse.get("/ledger").text, browse.get("/ledger?from=100").text
        told = browse.get("/ledger.json").json()
        walked(browse)
    assert newest.count('<tr id="e') == 10
    assert middle.count('<tr id="e') == EVERY
    assert 'href="/ledger?from=1"' in middle
    assert 'href="/ledger?from=129"' in middle
    assert 'class="chosen"' in middle
    assert told["sealed_since"] == 100
    assert "since entry 100" in newest


def unzipped(data: bytes, into: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert {one.date_time for one in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.compress_type for one in made.infolist()} == {zipfile.ZIP_STORED}
        made.extractall(into)
    (folder,) = into.iterdir()
    return folder


def test_a_bundle_is_whole_and_checks_itself_with_other_tools(history: History, tmp_path: Path) -> None:
    record = json.loads(open_body(history, 5))
    record["protocolSection"]["descriptionModule"]["briefSummary"] = "Write to rosa@biocells.example now."
    history.snapshot(record, "2026-11-24")
    with asking(history.app(study_staff=True)) as browse:
        answer = browse.get(f"{AT}/compare/4...6/bundle.zip")
        bodies = {n: browse.get(f"{AT}/versions/{n}.json").content for n in "46"}
        told = browse.get(f"{AT}/versions/6/evidence.json").json()
    assert answer.headers["content-type"] == "application/zip"
    assert f'filename="{TRIAL}-4-6.zip"' in answer.headers["content-disposition"]
    folder = unzipped(answer.content, tmp_path / "out")
    assert folder.name == f"{TRIAL}-4-6"
    for number, body in bodies.items():
        assert (folder / f"{TRIAL}-{number}.json").read_bytes() == body
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["versions"][1] == told
    assert {one["name"] for one in manifest["files"]} == {
        *(f"{TRIAL}-4.json", f"{TRIAL}-6.json", "changes.json", "changes.txt")
    }
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert sums.returncode == 0, sums.stderr
    assert sums.stdout.count(": OK") == 7
    assert checked(folder) == (0, "All is as the manifest says.\n")
    readme, reading = (folder / "README.txt").read_text(), (folder / "changes.txt").read_text()
    assert told["sha256"] in readme
    assert "What each time means" in readme
    assert f"certutil -hashfile {TRIAL}-4-6.zip SHA256" in readme
    assert f"shasum -a 256 {TRIAL}-4-6.zip" in readme
    assert "Supply of the product was interrupted" in reading
    changes = json.loads((folder / "changes.json").read_text())
    assert changes["id"] == f"ctgov:{TRIAL}:changed:4-6"
    assert {"overall-status", "why-stopped"} <= {one["field"] for one in changes["changes"]}
    with asking(history.app()) as browse:
        folder = unzipped(browse.get(f"{AT}/compare/3...4/bundle.zip").content, tmp_path / "criteria")
    lines = (folder / "changes.txt").read_text().splitlines()
    at = lines.index("   Exclusion criterion 1 changed")
    assert lines[at + 1 : at + 3] == [
        "     Before: A relapse within 3 months",
        "     After: A relapse within 6 months",
    ]
    assert "EDSS 3.0" not in "".join(lines), "what stayed is not told"
    assert '"number": "1"' in (folder / "changes.json").read_text()
    for one in (
        *STAFF,
        "Rosa Newcomer",
        "rosa@biocells.example",
    ):  # the records are exact, what is told of them names nobody
        assert one not in reading + json.dumps(changes, ensure_ascii=False)
    assert "Rosa Newcomer" in bodies["6"].decode()


def checked(folder: Path) -> tuple[int, str]:
    ran = subprocess.run([sys.executable, "-I", folder / "check.py"], capture_output=True, text=True)
    return ran.returncode, ran.stdout


FORGED: dict[str, tuple[Callable[[dict[str, object]], object], str]] = {
    "a time": (lambda one: one["ledger"]["times_text"].__setitem__(0, "2026-01-01T00:00:00Z"), "its times"),
    "the entry": (lambda one: one.__setitem__("registry", "other"), "does not fit into the ledger"),
    "the hash": (lambda one: one.__setitem__("sha256", "00" * 32), "does not have its hash"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_manifest_does_not_pass_its_check(history: History, tmp_path: Path, name: str) -> None:
    with asking(history.app()) as browse:
        folder = unzipped(browse.get(f"{AT}/versions/r2/bundle.zip").content, tmp_path / "out")
    assert checked(folder) == (0, "All is as the manifest says.\n")
    forge, said = FORGED[name]
    manifest = json.loads((folder / "manifest.json").read_text())
    forge(manifest["versions"][0])
    (folder / "manifest.json").write_text(json.dumps(manifest))
    code, text = checked(folder)
    assert code == 1
    assert said in text
    (folder / f"{TRIAL}-r2.json").write_text("{}")
    assert "is not the file that the manifest names" in checked(folder)[1]


def test_the_same_bundle_is_the_same_bytes_whatever_was_stored_since(history: History) -> None:
    pair, single = f"{AT}/compare/r1...4/bundle.zip", f"{AT}/versions/4/bundle.zip"
    with asking(history.app()) as browse:
        before = [browse.get(one).content for one in (pair, single)]
        record = json.loads(browse.get(f"{AT}/versions/5.json").content)
    record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 5
    history.snapshot(record, "2026-11-24")
    with asking(history.app()) as browse:
        assert [browse.get(one).content for one in (pair, single)] == before


def test_a_bundle_is_refused_in_a_line_where_there_is_none(history: History) -> None:
    with asking(history.app()) as browse:
        assert browse.get(f"{AT}/compare/4...4/bundle.zip").status == 400
        assert browse.get(f"{AT}/compare/4/bundle.zip").status == 400
        assert browse.get(f"{AT}/compare/4...9/bundle.zip").status == 404
        by_day = browse.get(f"{AT}/compare/2026-11-18...5/bundle.zip")
        assert by_day.headers["location"] == f"{AT}/compare/2...5/bundle.zip"


def test_a_deep_check_is_remembered_with_where_the_ledger_ended(history: History, terminal: object) -> None:
    with asking(history.app()) as browse:
        assert "never" in browse.get("/ledger").text
        assert terminal.run("doctor", "--deep", "--db", str(history.path)).code == 0
        text, told = browse.get("/ledger").text, browse.get("/ledger.json").json()
        assert "every one of 8 versions had its hash, up to entry 8" in text
        assert told["deep_check"]["chain"] == told["head"]
        assert told["deep_check"]["still_so"] is True
        chain = rewritten(history)  # a whole ledger that fits itself, and nothing that was kept elsewhere
        text, told = browse.get("/ledger").text, browse.get("/ledger.json").json()
        assert told["problems"] == []
        assert told["head"] == chain
        assert "the ledger was written anew since" in text
        edit(history, "update version set size = 7 where number = 4")
        assert terminal.run("doctor", "--deep", "--db", str(history.path)).code == 3
        assert "1 problem" in browse.get("/ledger").text


def rewritten(history: History) -> str:
    with closing(sqlite3.connect(history.path)) as db, db:
        db.execute("update version set seen = seen - 1000000 where number = 1 and archive = 0")
        row = "2026-11-17T09:12:43Z\n2026-11-17\n2025-08-28\n2025-08-27\n"
        db.execute(
            "update ledger set times = ? where entry = 1", [hashlib.sha256(row.encode()).digest()[:16]]
        )
        chain = START
        for line, number, sha, times in db.execute(
            "select line, number, sha256, times from ledger order by entry"
        ).fetchall():
            named = f"ctgov\n{TRIAL}\n{line}\n{number}\n".encode()
            chain = hashlib.sha256(chain + named + sha + times).digest()
        db.execute("update ledger set chain = ? where entry = 8", [chain])
    return chain.hex()
