"""One poll of a folder's configuration, in a process of its own; prints the report as JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from monitor.assembly import app_of
from monitor.config import load


def main(folder: Path) -> None:
    app = app_of(load(folder / "config.toml"), clock=lambda: datetime.now(UTC), environ={})
    report = app.poll()[0]
    app.deliver()
    app.close()
    print(json.dumps(msgspec.structs.asdict(report)))


main(Path(sys.argv[1]))
