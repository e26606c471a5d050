"""httpx without its command line, which loads click and rich: 38 ms and 7 MB in every process that only polls."""

from __future__ import annotations

from monitor.lean import without

with without("httpx._main"):
    import httpx

__all__ = ["httpx"]
