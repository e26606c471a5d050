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
    for line in written["docs/reference/fields.md"].splitlines():
        assert len(line) < 2000, line  # a field that holds much is a line for each of its parts


def test_a_field_says_which_keys_it_holds():
    written = pages()["docs/reference/fields.md"].splitlines()
    assert (
        "- `primary-outcomes`, `secondary-outcomes`, `other-outcomes`: `measure`, `description`, `timeFrame`"
        in written
    )
    (sites,) = [line for line in written if line.startswith("- `locations`")]
    assert "`contacts` (`name`, `role`, `phone`, `phoneExt` “extension”, `email`), `geoPoint`" in sites
    (adverse,) = [line for line in written if line.startswith("  - `adverseEventsModule` “adverse events”")]
    assert "`stats` “numbers” (`groupId` “group”, `numEvents` “events”" in adverse
