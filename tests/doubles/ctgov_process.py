"""The loopback registry in a process of its own, so that a benchmark does not share its interpreter.

    python -m doubles.ctgov --load records.jsonl --port 0 --cache-pages

prints one JSON line with its url, then obeys JSON lines on stdin, one answer line each; end of input ends it.
`RegistryProcess` is the same from Python.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from doubles.ctgov import LoopbackRegistry


class RegistryProcess:
    """`with RegistryProcess(Path("records.jsonl")) as registry:` and talk to `registry.url`."""

    def __init__(
        self, load: Path, *, day: str = "2026-11-20", gzip: bool = True, cache_pages: bool = True
    ) -> None:
        tests = Path(__file__).resolve().parent.parent
        command = [sys.executable, "-m", "doubles.ctgov", "--load", str(load.resolve()), "--day", day]
        command += ["--cache-pages"] if cache_pages else []
        command += [] if gzip else ["--no-gzip"]
        self._process = subprocess.Popen(
            command, cwd=tests, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        try:
            self.url: str = self._read()["url"]
        except BaseException:
            self.stop()
            raise

    def publish(self, day: str, load: Path | None = None, *, removed: tuple[str, ...] = ()) -> None:
        """The next build, its changed and new records read from a file of one record a line."""
        self._tell({"publish": day, "load": str(load.resolve()) if load else None, "removed": list(removed)})

    def remember(self, load: Path) -> None:
        """Each trial's record history: one a line, a list of [day of submission, record], oldest first."""
        self._tell({"remember": str(load.resolve())})

    def requests(self, path: str | None = None) -> list[dict[str, Any]]:
        """The log: method, path, query, status, bytes, user_agent and clock of each request."""
        listed: list[dict[str, Any]] = self._tell({"requests": path})["requests"]
        return listed

    def forget(self) -> None:
        """Empty the log."""
        self._tell({"forget": True})

    def stop(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _tell(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the loopback registry's process ended; its stderr says why")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def _lines(path: str | None) -> Iterator[bytes]:
    if path is None:
        return
    with Path(path).open("rb") as file:
        for line in file:
            if stripped := line.strip():
                yield stripped


def _obey(registry: LoopbackRegistry, order: dict[str, Any]) -> dict[str, Any]:
    if "publish" in order:
        registry.publish(order["publish"], _lines(order.get("load")), removed=order.get("removed", ()))
        return {"published": registry.data_timestamp}
    if "remember" in order:
        for line in _lines(order["remember"]):
            versions = json.loads(line)
            trial = versions[-1][1]["protocolSection"]["identificationModule"]["nctId"]
            registry.archive.replace(trial, versions)
        return {"remembered": True}
    if "requests" in order:
        return {
            "requests": [
                {
                    "method": request.method,
                    "path": request.path,
                    "query": dict(request.query),
                    "status": request.status,
                    "bytes": request.bytes,
                    "user_agent": request.user_agent,
                    "clock": request.clock,
                }
                for request in registry.requests(order["requests"])
            ]
        }
    if "forget" in order:
        registry.forget()
        return {"forgotten": True}
    return {"error": f"unknown order: {sorted(order)}"}


def main() -> None:
    parser = argparse.ArgumentParser(description="A loopback ClinicalTrials.gov on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--load", help="records, one JSON value a line")
    parser.add_argument("--day", default="2026-11-20")
    parser.add_argument("--no-gzip", action="store_true")
    parser.add_argument("--cache-pages", action="store_true")
    asked = parser.parse_args()
    registry = LoopbackRegistry(
        _lines(asked.load),
        day=asked.day,
        port=asked.port,
        gzip=not asked.no_gzip,
        cache_pages=asked.cache_pages,
    )
    with registry:
        print(json.dumps({"url": registry.url, "records": len(registry.ids)}), flush=True)
        for line in sys.stdin:
            try:
                answer = _obey(registry, json.loads(line))
            except (ValueError, KeyError, OSError) as error:  # the other side shows it and decides
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
