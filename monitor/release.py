"""Which trialbell this is."""

from __future__ import annotations

from functools import cache


@cache  # it stands on pages, and is read from a file of the installation
def version() -> str:
    """As installed; `0` in a checkout that never was."""
    from importlib import metadata  # slow to load, and most commands do not say it

    try:
        return metadata.version("trialbell")
    except metadata.PackageNotFoundError:
        return "0"
