"""The yardstick: fetch what a backfill fetches, and parse each answer whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx
import msgspec


def main(url: str, ids_file: str) -> None:
    decode = msgspec.json.Decoder().decode
    versions = size = 0
    with httpx.Client(timeout=60) as client:
        for trial in Path(ids_file).read_text().split():
            history = decode(client.get(f"{url}/api/int/studies/{trial}/history").content)
            for change in history["changes"]:
                number = change["version"]
                body = client.get(f"{url}/api/int/studies/{trial}/history/{number}").content
                assert decode(body)["studyVersion"] == number
                versions += 1
                size += len(body)
    print(json.dumps({"versions": versions, "bytes": size}))


main(sys.argv[1], sys.argv[2])
