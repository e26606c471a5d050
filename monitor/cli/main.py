"""The `trialbell` command: its sub-commands, loaded when called, and the one place that turns errors into exit codes.

Exit codes: 0 done; 1 differences found; 2 wrong use; 3 the world (a registry, a notifier, the database held or
newer than us, a port taken); 70 a defect of ours; 130 Ctrl-C.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from monitor import lean
from monitor.cli.errors import DEFECT, DONE, INTERRUPTED, WRONG_USE, CommandError, UseError, explained

# sqlite-utils loads it for its command line's `convert`, which nobody calls here: 15 ms.
lean.later("dateutil.parser")

# name → (module, short help). The help is here so that `trialbell --help` imports none of the commands.
COMMANDS = {
    "init": ("monitor.cli.init", "Write a commented config.toml from ids or record addresses."),
    "run": ("monitor.cli.service", "Poll on schedule, deliver alerts, serve the history browser."),
    "check": ("monitor.cli.check", "Poll once now and deliver what it finds."),
    "diff": ("monitor.cli.diff", "Compare two versions, files or days. Sends nothing."),
    "status": ("monitor.cli.state", "How the watching goes; exit 0 when all is well."),
    "history": ("monitor.cli.reading", "The versions of a trial, with what each changed."),
    "show": ("monitor.cli.reading", "One record, as of now, a version or a day."),
    "changes": ("monitor.cli.changes", "What happened, newest first."),
    "field": ("monitor.cli.field", "One field of a trial through time."),
    "backfill": ("monitor.cli.backfill", "Bring the past from the registry's record history. Tells nobody."),
    "search": ("monitor.cli.search", "Trials and changes by words, now or on any day."),
    "deadlines": ("monitor.cli.deadlines", "Results due, dates that passed, and when they turn."),
    "watch": ("monitor.cli.watch", "List, add and remove watches."),
    "mute": ("monitor.cli.mute", "Do not tell of a trial, watch or field for a while."),
    "snooze": ("monitor.cli.mute", "Tell of it later, all at once."),
    "unmute": ("monitor.cli.mute", "Tell of it again."),
    "ack": ("monitor.cli.ack", "Say that you have seen it: what waits of it is not told any more."),
    "held": ("monitor.cli.held", "List and decide on held sweeps."),
    "routes": ("monitor.cli.routes", "What each route lets through; where an event goes and why."),
    "outbox": ("monitor.cli.outbox", "Deliveries: pending, sent, failed and why."),
    "export": ("monitor.cli.export", "Versions, changes, trials as CSV, JSON lines or Parquet."),
    "backup": ("monitor.cli.backup", "A copy of the database, also while the service runs."),
    "datasette": ("monitor.cli.datasette", "Metadata, to browse the database with Datasette."),
    "recompute": ("monitor.cli.recompute", "Read stored changes anew after an upgrade. Tells nobody."),
    "retention": ("monitor.cli.retention", "Remove versions past the age that config.toml gives them."),
    "notify": ("monitor.cli.notify", "Send a sample alert, to see that it arrives."),
    "doctor": ("monitor.cli.doctor", "Check config, registry, database, channels and clock."),
    "serve": ("monitor.cli.service", "The history browser alone."),
    "mcp": ("monitor.cli.mcp", "The history for assistants (Model Context Protocol). Read-only."),
    "demo": ("monitor.cli.demo", "The whole loop with no network and no accounts."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`trialbell --help` lists the commands"
            raise UseError(f"no such command: `{name}`", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 differences found, 2 wrong use, 3 registry, notifier, database or port trouble, "
    "70 a defect of trialbell, 130 Ctrl-C. `trialbell COMMAND --help` has examples.",
)
@click.version_option(None, "--version", package_name="trialbell", message="trialbell %(version)s")
def trialbell() -> None:
    """Watch clinical-trial registries, keep every version of a study record, tell people what changed.

    \b
    Start here:
      trialbell demo                  everything at once, with no network and no accounts
      trialbell diff NCT07146087      what changed last in a record
      trialbell init NCT07146087      a config.toml to watch it
    """


def main(arguments: list[str] | None = None) -> None:
    """The console script."""
    from monitor.cli.stdout import Patient, patient_stdout

    patient_stdout()
    # Records are trees of thousands of objects, none of them in a circle: to look for circles at each 700th takes a
    # twentieth of a mirror's time.
    gc.set_threshold(50_000, 20, 20)
    code = run(arguments)
    if isinstance(sys.stdout, Patient):
        sys.stdout.give_up()
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Never raises."""
    try:
        result = trialbell.main(args=arguments, prog_name="trialbell", standalone_mode=False)
        _flush()
        return result if isinstance(result, int) else DONE
    except (KeyboardInterrupt, click.Abort):
        _say("stopped")
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())  # asked for nothing: what there is
        return WRONG_USE
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else _called(arguments or sys.argv[1:])
        words = _one_line(error.format_message())
        moved = isinstance(error, click.NoSuchOption) and error.option_name in ("--config", "--db", "--json")
        hint = "options stand after the command" if moved else f"`{command} --help` has examples"
        if isinstance(error, click.NoSuchOption) and command.endswith(" search") and not moved:
            word = next((one for one in arguments or sys.argv[1:] if one[:1] == "-" and one[1:2] != "-"), "")
            left_out = f"`NOT {word[1:]}`" if word[1:] else "`NOT word`"
            hint = f"to leave a word out write {left_out}; a word that begins with `-` stands in quotes with others"
        _say(f"error: {words[:1].lower()}{words[1:]}", hint)
        return WRONG_USE
    except click.ClickException as error:
        _say(f"error: {_one_line(error.format_message())}")
        return WRONG_USE
    except CommandError as error:
        _say(f"error: {error}", error.hint)
        return error.code
    except Exception as error:  # noqa: BLE001 - the outermost edge: anything else is a defect or a known error
        known = _known(error)
        if known is not None:
            return known
        import traceback

        traceback.print_exc()
        _say(
            f"error: a defect of trialbell: {type(error).__name__}: {error}",
            "nothing was lost; please report the lines above",
        )
        return DEFECT


def _called(words: list[str]) -> str:
    """`trialbell outbox drop`, of the words after `trialbell`: where a mistake in an option does not say it."""
    path, at = "trialbell", 0
    group: click.Command | None = trialbell
    context = click.Context(trialbell)
    while isinstance(group, click.Group) and at < len(words):
        group = group.get_command(context, words[at])
        path, at = (f"{path} {words[at]}" if group else path), at + 1
    return path


def _known(error: Exception) -> int | None:
    """The exit code of an error that one of our packages raised on purpose, said on stderr; else None."""
    found = explained(error)
    if found is None:
        return None
    for line in found.lines:
        _say(f"error: {line}")
    if found.hint:
        _say(None, found.hint)
    return found.code


def _say(line: str | None, hint: str | None = None) -> None:
    if line is not None:
        click.echo(line, err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _flush() -> None:
    sys.stdout.flush()
