"""Files and folders that are whole or not there."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from monitor.placed import PlaceError, check, placed


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_gets_its_name_at_the_end(tmp_path):
    with placed(tmp_path / "a") as path:
        path.write_text("half")
        assert not (tmp_path / "a").exists()
        path.write_text("whole")
    assert (tmp_path / "a").read_text() == "whole"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_fails_leaves_what_was_there(tmp_path, error):
    (tmp_path / "a").write_text("before")
    with pytest.raises(error), placed(tmp_path / "a", force=True) as path:
        path.write_text("half")
        raise error
    assert (tmp_path / "a").read_text() == "before"
    assert names(tmp_path) == ["a"]


def test_a_full_disk_is_said(tmp_path):
    with (
        pytest.raises(PlaceError, match="the disk is full, nothing was kept") as caught,
        placed(tmp_path / "a"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.full
    assert names(tmp_path) == []


@pytest.mark.crash
@pytest.mark.parametrize("folder", [False, True])
def test_a_killed_run_leaves_no_half_thing_with_the_name_and_the_next_clears_up(tmp_path, folder):
    child = os.fork()
    if child == 0:
        with placed(tmp_path / "a", folder="x*" if folder else None) as path:
            if folder:
                path.mkdir()
                path = path / "x1"
            path.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert names(tmp_path) == [f".a.{child}.partial"]
    with placed(tmp_path / "a") as path:
        path.write_text("whole")
    assert names(tmp_path) == ["a"]


def test_a_run_that_still_works_keeps_what_it_writes(tmp_path):
    with placed(tmp_path / "a") as path:
        path.write_text("first")
        other = os.fork()
        if other == 0:
            with placed(tmp_path / "a") as second:
                second.write_text("second")
            os._exit(0)
        assert os.waitpid(other, 0)[1] == 0
        assert path.read_text() == "first"
        assert (tmp_path / "a").read_text() == "second"
        (tmp_path / "a").unlink()
    assert (tmp_path / "a").read_text() == "first"


def test_what_came_meanwhile_is_not_overwritten(tmp_path):
    with pytest.raises(PlaceError, match="something already"), placed(tmp_path / "a") as path:
        path.write_text("ours")
        (tmp_path / "a").write_text("theirs")
    assert (tmp_path / "a").read_text() == "theirs"
    assert names(tmp_path) == ["a"]


def test_a_folder_takes_the_place_of_its_like_only(tmp_path):
    old = tmp_path / "a"
    old.mkdir()
    (old / "x1").write_text("old")
    with placed(old, force=True, folder="x*") as path:
        path.mkdir()
        (path / "x2").write_text("new")
    assert names(old) == ["x2"]
    assert names(tmp_path) == ["a"]
    (old / "other").write_text("not ours")
    with pytest.raises(PlaceError, match="something else"):
        check(old, force=True, folder="x*")
    with pytest.raises(PlaceError, match="a folder has this name"):
        check(old, force=True)
    with pytest.raises(PlaceError, match="something else"):
        check(old / "x2", force=True, folder="x*")


def test_a_device_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlaceError, match="a device or the like"):
        check(tmp_path / "pipe", force=True)
