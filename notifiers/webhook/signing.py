"""What a request is signed with and what of it is signed: Standard Webhooks 1.0.0, symmetric signatures.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read on 2026-11-29. The
signing itself is the library's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from notifiers.notifier import WrongSettings
from notifiers.secret import Secret

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64  # of a secret, by the specification
# What is signed is `id.timestamp.body`: a full stop in an id would make two readings of one text. Of the rest only
# what needs no thought in a header.
_PLAIN_ID = re.compile(r"[A-Za-z0-9:_-]{1,255}")


def checked(secrets: Sequence[Secret], where: str) -> tuple[Secret, ...]:
    """The secrets, if they are such. Raises WrongSettings, which shows none of them."""
    if not secrets:
        raise WrongSettings(f"{where}: there is no secret to sign with", hint=_HOW)
    for position, secret in enumerate(secrets, 1):
        fault = _fault(secret.reveal())
        if fault is not None:
            which = f"secret {position} of {len(secrets)}" if len(secrets) > 1 else "the secret"
            raise WrongSettings(f"{where}: {which} {fault}", hint=_HOW)
    return tuple(secrets)


def webhook_id(id_: str) -> str:
    """An event's id as a header may have it: the id itself nearly always, else a hash of it; the same every time."""
    if _PLAIN_ID.fullmatch(id_):
        return id_
    return "sha256-" + hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()


def signed(secrets: Sequence[Secret], id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers. id_: of `webhook_id`. at: aware, of this attempt. A signature for each secret."""
    from standardwebhooks import Webhook  # a poll that tells nothing needs none of it

    moment = at.astimezone(UTC).replace(microsecond=0)
    text = body.decode("ascii")
    signatures = [Webhook(secret.reveal()).sign(id_, moment, text) for secret in secrets]
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


_HOW = "make one with `echo whsec_$(openssl rand -base64 32)`, and give it to the receiver too"


def _fault(secret: str) -> str | None:
    if not secret.startswith(PREFIX):
        return f"does not begin with {PREFIX}"
    try:
        # The library would pass over characters that are none of base64, and sign with what is left.
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return f"is not base64 after {PREFIX}"
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        return f"holds {len(key)} bytes: it must hold {LEAST_BYTES} to {MOST_BYTES}"
    return None
