"""Standard output that may go away, be full or be closed: each is one clear outcome, and none a traceback.

A reader that goes away (`trialbell changes | head`) ends the output and not the command: what it does and its exit
code stay what they were.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from monitor.cli.errors import WorldError


class Patient:
    """A text stream that swallows what nobody reads any more. Raises WorldError when it cannot be written."""

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner
        self._gone = False
        self._error: WorldError | None = (
            None  # raised each time: whoever tries a stream out swallows the first
        )

    def write(self, text: str) -> int:
        if self._error is not None:
            raise self._error
        if not self._gone:
            try:
                self._inner.write(text)
            except OSError as error:
                self._failed(error)
        return len(text)

    @property
    def gone(self) -> bool:
        """Whether nobody reads any more: long output may end."""
        return self._gone

    def flush(self) -> None:
        if self._error is not None:
            raise self._error
        if not self._gone:
            try:
                self._inner.flush()
            except OSError as error:
                self._failed(error)

    def _failed(self, error: OSError) -> None:
        self._gone = True
        if isinstance(self._inner, io.TextIOWrapper):
            # Python flushes once more at its end: what is left in the buffer must find somebody.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._inner.fileno())
        if not isinstance(error, BrokenPipeError):
            self._error = WorldError(f"the output could not be written: {error.strerror or error}")
            raise self._error from None

    def give_up(self) -> None:
        """That it could not be written has been said: what ends now says nothing more."""
        self._error = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def patient_stdout() -> None:
    """Once, before a command runs."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - while the process lives
            setattr(sys, name, nowhere)
    if not isinstance(sys.stdout, Patient):
        setattr(sys, "stdout", Patient(sys.stdout))  # noqa: B010 - it does what a text stream does, and is none
