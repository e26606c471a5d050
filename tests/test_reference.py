"""The reference pages say what the program does: they are written from it, and this is where they fall behind."""

from __future__ import annotations

import pytest

from monitor.reference import ROOT, pages


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_page_is_what_make_docs_writes(path):
    assert (ROOT / path).read_text(encoding="utf-8") == pages()[path], "run `make docs`"


def test_every_command_and_every_field_is_on_its_page():
    from monitor.cli.main import COMMANDS
    from snapshots.fields import table

    written = pages()
    for name in COMMANDS:
        assert f"## trialbell {name}\n" in written["docs/reference/commands.md"]
    for slug in table("ctgov").slugs():
        assert f"| `{slug}` |" in written["docs/reference/fields.md"]
