"""Names for all the world to know our things by: tag URIs (RFC 4151) and calendar UIDs. Pure.

Made of when the database was begun, never of an address: they stay when the pages move, and when a database is restored
from a copy. Nobody here owns a domain for them, so the authority is one that nobody can own (RFC 2606).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import quote


def authority(began: datetime) -> str:
    """began: of the database, aware UTC."""
    return f"{hashlib.sha256(began.astimezone(UTC).isoformat().encode()).hexdigest()[:12]}.trialbell.invalid"


def tag(began: datetime, *parts: str) -> str:
    """`tag:0123456789ab.trialbell.invalid,2026-11-20:event/ctgov:NCT07146087:changed:3-4`."""
    specific = "/".join(quote(part, safe=":-._~") for part in parts)
    return f"tag:{authority(began)},{began.astimezone(UTC).date().isoformat()}:{specific}"


def uid(began: datetime, *parts: str) -> str:
    """`ctgov-NCT07146087-start@0123456789ab.trialbell.invalid`."""
    return f"{'-'.join(quote(part, safe='-._~') for part in parts)}@{authority(began)}"
