"""The reference pages, written from the code: `make docs` writes them, a test compares.

Everything here reads values that the program itself uses, so that a page cannot say what the code does not.
"""

from __future__ import annotations

from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """Path from the repository's root → the whole text."""
    from monitor.config.reference import reference, schema
    from monitor.export.page import export_page
    from monitor.web.api.reference import api_page
    from snapshots.fields.page import fields_page

    return {
        "docs/reference/api.md": api_page(),
        "docs/reference/commands.md": commands_page(),
        "docs/reference/config.md": reference(),
        "docs/reference/export.md": export_page(),
        "docs/reference/fields.md": fields_page(),
        "docs/config.schema.json": schema(),
    }


def commands_page() -> str:
    """Every command's help, as the program prints it."""
    from monitor.cli.main import COMMANDS, trialbell

    parts = [
        "# Commands",
        "",
        "Written by `make docs` from the program itself. Wherever an id is taken, a record's web address and short or",
        "zero-padded ids are taken too.",
        "",
    ]
    context = click.Context(trialbell, info_name="trialbell", max_content_width=100, terminal_width=100)
    parts += ["```", trialbell.get_help(context), "```", ""]
    for name in COMMANDS:
        command = trialbell.get_command(context, name)
        assert command is not None
        parts += _command(command, name, context, level=2)
    return "\n".join(parts)


def _command(command: click.Command, name: str, parent: click.Context, *, level: int) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
    lines = [f"{'#' * level} {context.command_path}", "", "```", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            lines += _command(found, sub, context, level=level + 1)
    return lines


def write(root: Path = ROOT) -> list[str]:
    """Write what differs; returns the paths written."""
    written = []
    for path, text in pages().items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            written.append(path)
    return written


if __name__ == "__main__":
    for path in write():
        click.echo(f"wrote {path}")
