"""Ctrl-C, typed on a terminal of its own: how a person ends the browser, and no error."""

from __future__ import annotations

import os
import pty
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path

from doubles.web_history import History

PATIENCE = 120  # seconds after which a test has failed
# The new session's first process takes the terminal as its own, as a shell's would: only then does ^C signal it.
PROGRAM = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "from monitor.cli.main import main; main(sys.argv[1:])"
)


class OnATerminal:
    """Our program on a pty: what it printed on stdout and on stderr, and a keyboard."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._keyboard, inside = pty.openpty()
        self._errors, errors = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=inside,
            stdout=inside,
            stderr=errors,
            cwd=folder,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"},
            start_new_session=True,
        )
        os.close(inside)
        os.close(errors)
        self.out = self.err = ""

    def until(self, said: str | None) -> None:
        """Reads until something was said, or for None until both ends are closed."""
        with selectors.DefaultSelector() as ready:
            for end in (self._keyboard, self._errors):
                ready.register(end, selectors.EVENT_READ)
            ends = time.monotonic() + PATIENCE
            while ready.get_map() and (said is None or said not in self.out + self.err):
                left = ends - time.monotonic()
                assert left > 0, f"nobody said {said!r}:\n{self.out}\n{self.err}"
                for key, _ in ready.select(left):
                    if not self._read(key.fd):
                        ready.unregister(key.fd)

    def _read(self, end: int) -> bool:
        try:
            part = os.read(end, 65536).decode(errors="replace")
        except OSError:  # how a pty says that nobody is at its other end
            return False
        if end == self._errors:
            self.err += part
        else:
            self.out += part
        return bool(part)

    def press_ctrl_c(self) -> int:
        os.write(self._keyboard, b"\x03")
        self.until(None)
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._keyboard)
        os.close(self._errors)


def test_ctrl_c_ends_serve_in_silence_and_with_0(tmp_path: Path) -> None:
    History(tmp_path / "trialbell.db").fill()
    running = OnATerminal(tmp_path, "serve", "--port", "0", "--db", "trialbell.db")
    try:
        running.until("until Ctrl-C")
        assert running.press_ctrl_c() == 0
        assert running.err.count("\n") == 1, running.err
    finally:
        running.close()


def test_ctrl_c_ends_the_demo_in_silence_and_with_0(tmp_path: Path) -> None:
    running = OnATerminal(tmp_path, "demo", "--port", str(_free_port()), "--keep", "kept")
    try:
        running.until("until Ctrl-C")
        assert running.press_ctrl_c() == 0
        assert running.err == ""
    finally:
        running.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
