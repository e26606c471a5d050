"""The yardstick: fetch the pages that a poll fetches, parse each whole, hash each record's canonical form."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import httpx
import msgspec


def main(url: str, ids_file: str) -> None:
    ids = Path(ids_file).read_text().split()
    decode = msgspec.json.Decoder().decode
    encode = msgspec.json.Encoder(order="sorted").encode
    hashes = {}
    largest = 0
    with httpx.Client(timeout=60) as client:
        client.get(f"{url}/api/v2/version").raise_for_status()
        for start in range(0, len(ids), 200):
            wanted = ",".join(ids[start : start + 200])
            answer = client.get(
                f"{url}/api/v2/studies",
                params={"filter.ids": wanted, "countTotal": "true", "pageSize": "1000"},
            )
            body = answer.content
            largest = max(largest, len(body))
            for study in decode(body)["studies"]:
                study["derivedSection"]["miscInfoModule"].pop("versionHolder")
                hashes[study["protocolSection"]["identificationModule"]["nctId"]] = hashlib.sha256(
                    encode(study)
                ).digest()
    assert len(hashes) == len(ids)
    print(json.dumps({"records": len(hashes), "largest_page": largest}))


main(sys.argv[1], sys.argv[2])
