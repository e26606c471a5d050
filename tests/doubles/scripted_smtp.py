"""A mail server that says, to each command, what the test wants: also what no server in its right mind would."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Self

USUAL = {
    "": "220 mail.example.org",
    "EHLO": "250-mail.example.org\n250-SIZE 1000000\n250 8BITMIME",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
}


class ScriptedSmtp:
    """says: by command (`""` for the greeting, `.` for the end of a letter) what is answered; lines parted by `\\n`.

    A command that is answered with None ends the connection; `…` at an answer's end breaks it off there.
    """

    def __init__(self, says: Mapping[str, str | None] | None = None) -> None:
        self._says: dict[str, str | None] = USUAL | dict(says or {})
        self.heard: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                try:
                    self._talk(connection, lines)
                except OSError:
                    continue

    def _talk(self, connection: socket.socket, lines: object) -> None:
        if not self._say(connection, ""):
            return
        in_letter = False
        for line in lines:  # type: ignore[attr-defined]
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if in_letter and text != ".":
                continue
            self.heard.append(text)
            in_letter = False
            verb = text if text == "." else text.split(" ")[0].upper()
            if not self._say(connection, verb):
                return
            in_letter = verb == "DATA" and (self._says["DATA"] or "").startswith("354")

    def _say(self, connection: socket.socket, verb: str) -> bool:
        said = self._says.get(verb, "250 ok")
        if said is None:
            return False
        whole = not said.endswith("…")
        connection.sendall(said.rstrip("…").replace("\n", "\r\n").encode() + (b"\r\n" if whole else b""))
        return whole
