"""The yardstick of a mirror: fetch the same pages, parse, hash and compress (zstd 9) each record."""

from __future__ import annotations

import hashlib
import json
import sys

import httpx
import msgspec

from snapshots.codec import zstd


def main(url: str) -> None:
    decode = msgspec.json.Decoder().decode
    encode = msgspec.json.Encoder(order="sorted").encode
    count = raw = packed = largest = 0
    token = None
    with httpx.Client(timeout=60) as client:
        client.get(f"{url}/api/v2/version").raise_for_status()
        while True:
            params = {"countTotal": "true", "pageSize": "1000"} | ({"pageToken": token} if token else {})
            body = client.get(f"{url}/api/v2/studies", params=params).raise_for_status().content
            largest = max(largest, len(body))
            page = decode(body)
            for study in page["studies"]:
                canonical = encode(study)
                study["derivedSection"]["miscInfoModule"].pop("versionHolder")
                hashlib.sha256(encode(study)).digest()
                packed += len(zstd.compress(canonical, 9))
                raw += len(canonical)
                count += 1
            token = page.get("nextPageToken")
            if token is None:
                break
    print(json.dumps({"records": count, "raw": raw, "packed": packed, "largest_page": largest}))


main(sys.argv[1])
