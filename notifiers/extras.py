"""What to type for a part that is installed apart, the same words wherever it is missed."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """extra: as pyproject.toml has it. No index has trialbell: it is installed from a clone."""
    here = f"'.[{extra}]'"
    return (
        f"in the clone that trialbell was installed from: `uv tool install {here}`,"
        f" `pipx install --force {here}`, or in a venv `pip install {here}`"
    )
