"""npm's emulate: a stateful Slack that nobody here wrote. Started on a free port, ended with the test.

`package.json` pins it; `npm ci` puts it into node_modules. Without Node or it, tests skip with a reason.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

TOKEN = "xoxb-emulate-0123456789"
VERSION = "0.11.2"
_REPOSITORY = Path(__file__).resolve().parents[2]
_SCOPES = ["chat:write", "channels:read", "groups:read", "channels:history", "groups:history"]


def emulate_or_skip() -> Path:
    """Its program; skips where there is none, or another version than the pinned one."""
    beside = _REPOSITORY / "node_modules" / ".bin" / "emulate"
    found = str(beside) if beside.exists() else shutil.which("emulate")
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    if found is None:
        pytest.skip("npm's emulate is not installed: run `npm ci`")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60).stdout.strip()
    if version != VERSION:
        pytest.skip(f"npm's emulate is {version}, pinned is {VERSION}: run `npm ci`")
    return Path(found)


class SlackEmulate:
    def __init__(self, program: Path, directory: Path, *, scopes: list[str] | None = None) -> None:
        self._program = program
        self._directory = directory
        self._scopes = _SCOPES if scopes is None else scopes
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/"

    def __enter__(self) -> SlackEmulate:
        seed = {
            "tokens": {TOKEN: {"login": "trialbell", "scopes": self._scopes}},
            "slack": {
                "team": {"name": "Emulate", "domain": "emulate"},
                "users": [{"name": "trialbell", "real_name": "trialbell"}],
                "channels": [{"name": "general"}, {"name": "trial-alerts"}],
                "strict_scopes": True,
            },
        }
        path = self._directory / "emulate.json"
        path.write_text(json.dumps(seed))
        arguments = ["start", "--service", "slack", "--port", str(self._port), "--seed", str(path)]
        environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        self._process = subprocess.Popen(
            [str(self._program), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._directory,
            env=environment,
        )
        self._wait_until_up(self._process)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Past the proxy: what it really holds."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        connection.request("POST", f"/api/{method}", json.dumps(arguments).encode(), headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        """It says so on its output, line by line."""
        assert process.stdout is not None
        said = b""
        for line in process.stdout:
            said += line
            if b"slack" in line.lower() and b"http" in line.lower():
                break
        for _ in range(500):
            try:
                self.ask("auth.test")
                return
            except (ConnectionError, http.client.HTTPException):
                if process.poll() is not None:
                    break
                process_ended = _ended_within(process, 0.02)
                if process_ended:
                    break
        raise RuntimeError(f"emulate did not start: {said.decode(errors='replace')[:500]}")


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
