"""The file of alerts: appended, on the disk, no line twice, torn lines cut, moved files noticed."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifiers.jsonl import JsonlNotifier
from notifiers.message import Level, Message
from notifiers.notifier import Found, Placement, Result

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def message(id_: str, payload: dict[str, object] | None = None) -> Message:
    return Message(
        id=f"m-{id_}", level=Level.MAJOR, headline="h", payload=payload or {"id": id_, "x": "ü\n\ud800"}
    )


def send(path: Path | str, *ids: str) -> list[Result]:
    notifier = JsonlNotifier(name="log", path=path)
    return [notifier.send(message(id_), Placement()).result for id_ in ids]


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def test_a_line_is_the_payload_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    send(path, "e1", "e2")
    assert path.read_bytes().count(b"\n") == 2
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"id": "e1", "x": "ü\n\ud800"},
        {"id": "e2", "x": "ü\n\ud800"},
    ]


def test_an_id_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    send(path, "e1", "e2")
    assert send(path, "e2", "e1", "e3") == [Result.SENT] * 3
    assert ids(path) == ["e1", "e2", "e3"]


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_torn_last_line_is_cut(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "alerts.jsonl"
    send(path, "e1", "e2")
    path.write_bytes(path.read_bytes()[:-cut])
    notifier = JsonlNotifier(name="log", path=path)
    assert notifier.find(message("e2"), since=NOW, placement=Placement()).found is Found.NOT_THERE
    assert ids(path) == ["e1"]
    notifier.send(message("e2"), Placement())
    assert ids(path) == ["e1", "e2"]


def test_a_torn_line_longer_than_a_window_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"id":"e1"}\n{"id":"e2","x":"' + b"x" * 200_000)
    send(path, "e3")
    assert ids(path) == ["e1", "e3"]
    only = tmp_path / "only-torn.jsonl"
    only.write_bytes(b'{"id":"e1","x":"' + b"x" * 200_000)
    send(only, "e3")
    assert ids(only) == ["e3"]


def test_lines_of_others_are_left_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('# a note\n[1]\n{"id": 7}\n{"id":"e1"}\n' + "[" * 100_000 + "\n")
    before = path.read_text()
    send(path, "e1", "e2")
    assert path.read_text().startswith(before)
    assert path.read_text()[len(before) :].count("\n") == 1


def test_a_file_moved_or_removed_under_us_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    notifier = JsonlNotifier(name="log", path=path)
    notifier.send(message("e1"), Placement())
    path.rename(tmp_path / "alerts.jsonl.1")
    notifier.send(message("e2"), Placement())
    assert ids(path) == ["e2"] and ids(tmp_path / "alerts.jsonl.1") == ["e1"]
    path.unlink()
    notifier.send(message("e3"), Placement())
    assert ids(path) == ["e3"]


def test_a_missing_directory_refuses_clearly(tmp_path: Path) -> None:
    path = tmp_path / "none" / "alerts.jsonl"
    notifier = JsonlNotifier(name="log", path=path)
    outcome = notifier.send(message("e1"), Placement())
    assert outcome.result is Result.CHANNEL_REFUSES
    assert "No such file or directory; make the directory" in outcome.reason
    trace = notifier.find(message("e1"), since=NOW, placement=Placement())
    assert trace.channel_refuses
    assert [good for good, _ in notifier.check()] == [False]
    path.parent.mkdir()
    assert notifier.send(message("e1"), Placement()).result is Result.SENT
    assert [good for good, _ in notifier.check()] == [True]


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    notifier = JsonlNotifier(name="log", path=tmp_path)
    assert notifier.send(message("e1"), Placement()).result is Result.CHANNEL_REFUSES
    assert "is a directory" in notifier.check()[0][1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_for_later() -> None:
    notifier = JsonlNotifier(name="log", path=Path("/dev/full"))
    outcome = notifier.send(message("e1"), Placement())
    assert outcome.result is Result.LATER
    assert "No space left" in outcome.reason


def test_a_line_is_on_the_disk_before_it_counts_as_sent(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    synced: list[list[str]] = []

    def sync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            return
        synced.append(ids(path))
        if len(synced) == 2:
            raise OSError(errno.EIO, "a broken disk")

    notifier = JsonlNotifier(name="log", path=path, sync=sync)
    assert notifier.send(message("e1"), Placement()).result is Result.SENT
    assert synced == [["e1"]]
    assert notifier.send(message("e2"), Placement()).result is Result.LATER
    assert ids(path) == ["e1"]  # what may not be on the disk is taken back
    assert notifier.send(message("e2"), Placement()).result is Result.SENT
    assert ids(path) == ["e1", "e2"]


def test_samples_and_notices_have_their_messages_id(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    notifier = JsonlNotifier(name="log", path=path)
    notifier.send(message("sample", {"id": None, "event": "changed"}), Placement())
    notifier.send(Message(id="notice-1", level=Level.NOTICE, headline="paused"), Placement())
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first == {"id": "m-sample", "event": "changed"}
    assert second == {"id": "notice-1", "event": "notice", "headline": "paused"}


def test_standard_output_cannot_be_asked() -> None:
    out = io.BytesIO()
    notifier = JsonlNotifier(name="log", path="-", stdout=out)
    assert notifier.reconcile_after is None and not notifier.holds_many
    assert notifier.send(message("e1"), Placement()).result is Result.SENT
    assert json.loads(out.getvalue())["id"] == "e1"
    assert notifier.find(message("e1"), since=NOW, placement=Placement()).found is Found.CANNOT_TELL
    assert notifier.check()[0][0]
    out.close()
    assert notifier.send(message("e1"), Placement()).result is Result.CHANNEL_REFUSES


def test_it_lets_go_of_the_file(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    notifier = JsonlNotifier(name="log", path=tmp_path / "alerts.jsonl")
    notifier.send(message("e1"), Placement())
    notifier.close()
    assert (len(list(Path("/proc/self/fd").iterdir())) if before else 0) == before


def test_the_name_of_a_new_file_is_on_the_disk_too(tmp_path: Path) -> None:
    """A file that was synced and whose directory was not may be gone after the power was."""
    synced: list[int] = []
    notifier = JsonlNotifier(
        name="log", path=tmp_path / "a.jsonl", sync=lambda fd: synced.append(os.fstat(fd).st_ino)
    )
    assert notifier.send(message("e1"), Placement()).result is Result.SENT
    assert synced == [tmp_path.stat().st_ino, (tmp_path / "a.jsonl").stat().st_ino]


@pytest.mark.parametrize("size", [1 << 20, 3_000_000])
def test_a_last_line_longer_than_the_window_is_known_again(tmp_path: Path, size: int) -> None:
    path = tmp_path / "alerts.jsonl"
    send(path, "e1", "e2")
    large = message("e3", {"id": "e3", "x": "y" * size})
    JsonlNotifier(name="log", path=path).send(large, Placement())
    again = JsonlNotifier(name="log", path=path)
    assert again.find(large, since=NOW, placement=Placement()).found is Found.THERE
    again.send(large, Placement())
    send(path, "e4")
    assert ids(path) == ["e1", "e2", "e3", "e4"]
    assert JsonlNotifier(name="log", path=path).find(message("e4"), since=NOW, placement=Placement()).found


@pytest.mark.parametrize("words", ["a person's one line", '[{"id": "e1"}', "{ }", '{"a": 1}'])
def test_a_line_of_others_without_an_end_is_never_cut(tmp_path: Path, words: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(f'{{"id":"e1"}}\n{words}')
    notifier = JsonlNotifier(name="log", path=path)
    said = "ends amid a line that is not ours: end that line with a line break, or name another file"
    assert notifier.check() == [(False, f"jsonl: `{path}` {said}")] and not notifier.mended()
    outcome = notifier.send(message("e2"), Placement())
    assert (outcome.result, outcome.reason) == (Result.CHANNEL_REFUSES, f"`{path}` {said}")
    assert notifier.find(message("e2"), since=NOW, placement=Placement()).channel_refuses
    assert path.read_text().endswith(words)
    path.write_text(path.read_text() + "\n")
    assert notifier.mended()
    assert notifier.send(message("e2"), Placement()).result is Result.SENT
    assert path.read_text().splitlines()[1] == words


@pytest.mark.parametrize("torn", ["{", '{"i', '{"id"', '{"id":"e2","x":"y'])
def test_a_torn_line_of_ours_is_cut_however_short(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text(f'{{"id":"e1"}}\n{torn}')
    assert send(path, "e2") == [Result.SENT]
    assert ids(path) == ["e1", "e2"]


def test_each_line_begins_with_its_id(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    notifier = JsonlNotifier(name="log", path=path)
    for number, payload in enumerate(({"x": 1, "id": "e1"}, {"x": 1}, {"x": 1, "id": None}, {"id": 7})):
        notifier.send(Message(id=f"m{number}", level=Level.MAJOR, headline="h", payload=payload), Placement())
    notifier.send(Message(id="m9", level=Level.NOTICE, headline="h"), Placement())
    lines = path.read_text().splitlines()
    assert [line[:11] for line in lines] == [
        '{"id":"e1",',
        '{"id":"m1",',
        '{"id":"m2",',
        '{"id":7}',
        '{"id":"m9",',
    ]


def test_a_file_moved_away_between_a_crash_and_a_start_is_not_read(tmp_path: Path) -> None:
    """As the head of the module says of rotation: the one repeat that it cannot rule out."""
    path = tmp_path / "alerts.jsonl"
    send(path, "e1")
    path.rename(tmp_path / "alerts.jsonl.1")
    assert send(path, "e1") == [Result.SENT]
    assert ids(path) == ids(tmp_path / "alerts.jsonl.1") == ["e1"]
