"""Variables in a notifier's table, filled in only for those who send: `${NAME}` of the environment, and
`${file:PATH}`, the text of a file, as systemd's credentials and the secrets of Docker and Kubernetes come.

A secret leaves this module wrapped in `Secret`; no error of this module holds a value, only names and paths.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from monitor.config.errors import ConfigError, Problem
from monitor.config.notifiers import Notifier
from monitor.config.settings import Config, Operator, Web

if TYPE_CHECKING:
    from notifiers.secret import Secret

LARGEST_FILE = 16_384  # bytes; a secret is a few hundred, and whoever names a log by mistake is told
_NAME = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"
# A file's path may hold variables of the environment: `${file:${CREDENTIALS_DIRECTORY}/slack}`.
VARIABLE = re.compile(rf"{_NAME}|\$\{{file:((?:[^{{}}\n]|{_NAME.replace('(', '(?:')})+)\}}", re.ASCII)
_OF_ENVIRONMENT = re.compile(_NAME, re.ASCII)


def is_variable(text: str) -> bool:
    """Whether a text is one variable and nothing else."""
    return VARIABLE.fullmatch(text) is not None


class Expanded(msgspec.Struct, frozen=True, kw_only=True):
    """A notifier's table with its variables filled in.

    What must not be shown stands apart, by its key in the table: in `secrets` a text, in `secret_lists` a list. In
    `settings` it is still as in the file.
    """

    name: str
    settings: Notifier
    secrets: Mapping[str, Secret]  # {"token": Secret(…)}
    secret_lists: Mapping[str, tuple[Secret, ...]] = msgspec.field(default_factory=dict)


def expanded(config: Config, name: str, environ: Mapping[str, str]) -> Expanded:
    """One notifier, ready to be built. Raises ConfigError naming every variable and file that cannot be had."""
    from notifiers.secret import Secret

    table = config.notifiers[name]
    hidden = hidden_keys(type(table))
    filler = _Filler(config, ("notifiers", name), environ)
    secrets: dict[str, Secret] = {}
    lists: dict[str, tuple[Secret, ...]] = {}
    plain: dict[str, Any] = {}
    for key in table.__struct_fields__:
        value = getattr(table, key)
        if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
            texts = tuple(filler.filled((key, at), one) for at, one in enumerate(value))
            if key in hidden:
                lists[key] = tuple(Secret(text.strip()) for text in texts)
            else:
                plain[key] = texts
        elif isinstance(value, str | Path):
            text = filler.filled((key,), str(value))
            if key in hidden:
                secrets[key] = Secret(text.strip())
            elif text != str(value):
                plain[key] = config.file.parent / text if isinstance(value, Path) else text
    if filler.problems:
        raise ConfigError(filler.problems)
    settings = msgspec.structs.replace(table, **plain)
    return Expanded(name=name, settings=settings, secrets=secrets, secret_lists=lists)


def secrets(config: Config, environ: Mapping[str, str]) -> dict[str, Expanded]:
    """All notifiers, ready to be built. Raises ConfigError with what cannot be had for any of them."""
    ready: dict[str, Expanded] = {}
    problems: list[Problem] = []
    for name in config.notifiers:
        try:
            ready[name] = expanded(config, name, environ)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return ready


def pings(config: Config, environ: Mapping[str, str]) -> dict[str, Secret]:
    """The addresses of [operator] that are given, by key. Raises ConfigError with what is unset, or is no address."""
    from notifiers.secret import Secret

    filler = _Filler(config, ("operator",), environ)
    ready: dict[str, Secret] = {}
    for key in ("ping", "ping_failed"):
        written = getattr(config.operator, key)
        address = "" if written is None else filler.filled((key,), written).strip()
        if address and not _is_address(address):
            filler.blame(
                (key,), "needs a web address", hint="such as `https://…`; what it holds now is not shown"
            )
        elif address:
            ready[key] = Secret(address)
    if filler.problems:
        raise ConfigError(filler.problems)
    return ready


def tokens(config: Config, environ: Mapping[str, str]) -> dict[str, Secret]:
    """The tokens of [web] that are given, by key. Raises ConfigError with what is unset, or could be guessed."""
    from monitor.config.web_checking import weakness
    from notifiers.secret import Secret

    filler = _Filler(config, ("web",), environ)
    ready: dict[str, Secret] = {}
    for key in ("read_token", "act_token"):
        written = getattr(config.web, key)
        if written is None:
            continue
        known = len(filler.problems)
        token = filler.filled((key,), written).strip()
        if len(filler.problems) > known:
            continue  # unset, or no such file: said already
        if wrong := weakness(token):
            filler.blame(
                (key,), wrong, hint="`openssl rand -hex 20` makes one; what it holds now is not shown"
            )
        ready[key] = Secret(token)
    if len(ready) == 2 and ready["read_token"] == ready["act_token"]:
        filler.blame(
            ("act_token",),
            "is the same as `read_token`: whoever may read could act",
            hint="make another one, or give `act_token` alone",
        )
    if filler.problems:
        raise ConfigError(filler.problems)
    return ready


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port  # a port that is none raises
    except ValueError:
        return False
    named = len(host) <= 253 and all(0 < len(label) <= 63 for label in host.removesuffix(".").split("."))
    return parts.scheme in ("http", "https") and named and text.isascii() and text.isprintable()


def files(config: Config, environ: Mapping[str, str], only: str | None = None) -> Iterator[Path]:
    """The files that the tables of the notifiers, of the operator and of the pages name, or that of one notifier; none
    is read. One whose path has a variable that is not set is left out."""
    for name, table in config.notifiers.items():
        if only in (None, name):
            yield from _named_in(table, config, environ)
    if only is None:
        yield from _named_in(config.operator, config, environ)
        yield from web_files(config, environ)


def web_files(config: Config, environ: Mapping[str, str]) -> Iterator[Path]:
    """Those of [web]."""
    return _named_in(config.web, config, environ)


def _named_in(table: Notifier | Operator | Web, config: Config, environ: Mapping[str, str]) -> Iterator[Path]:
    for key in table.__struct_fields__:
        value = getattr(table, key)
        for text in value if isinstance(value, tuple) else (value,):
            for found in VARIABLE.finditer(str(text)) if isinstance(text, str | Path) else ():
                if found[2] is not None and not _missing(found[2], environ):
                    yield _path(config, found[2], environ)


def is_exposed(file: Path) -> bool:
    """Whether every user of this machine may read it. False where that cannot be seen."""
    try:
        open_way = all(folder.stat().st_mode & stat.S_IXOTH for folder in file.absolute().parents)
        return open_way and bool(file.stat().st_mode & stat.S_IROTH)
    except (OSError, ValueError):  # no path at all
        return False


class _Filler:
    """Fills in the texts of one table, `("notifiers", "team")`, and collects what stands in the way."""

    def __init__(self, config: Config, table: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._config = config
        self._table = table
        self._environ = environ

    def filled(self, key: tuple[str | int, ...], text: str) -> str:
        return VARIABLE.sub(lambda found: self._value(key, found), text)

    def _value(self, key: tuple[str | int, ...], found: re.Match[str]) -> str:
        name, path = found[1], found[2]
        missing = _missing(found[0] if name else path, self._environ)
        for one in missing:
            state = "empty" if one in self._environ else "not set"
            self.blame(
                key,
                f"needs a variable that is {state}: `{one}`",
                hint=f"set it in the environment before the start: `export {one}=…`",
            )
        if missing:
            return ""
        if name:
            return self._environ[name]
        file = _path(self._config, path, self._environ)
        content, fault = _content(file)
        if fault:
            self.blame(key, f"cannot be filled in: its file `{file}` {fault}", hint=_FILE_HINT)
        return content

    def blame(self, key: tuple[str | int, ...], message: str, *, hint: str) -> None:
        path = (*self._table, *key)
        near = len(self._table)
        places = self._config.places
        self.problems.append(
            Problem(
                file=self._config.shown,
                line=places.get(path) or places.get(path[: near + 1]) or places.get(path[:near]),
                table=f"[{'.'.join(self._table)}]",
                key=str(key[0]),
                message=f"`{key[0]}` {message}",
                hint=hint,
            )
        )


_FILE_HINT = "it must hold the value alone, on one line; its path is relative to config.toml"


def _missing(text: str, environ: Mapping[str, str]) -> list[str]:
    return [name for name in _OF_ENVIRONMENT.findall(text) if not environ.get(name)]


def _path(config: Config, text: str, environ: Mapping[str, str]) -> Path:
    """`~nobody` of no user of this machine stays as it is: a file that is not there."""
    path = Path(_OF_ENVIRONMENT.sub(lambda found: environ[found[1]], text))
    with suppress(RuntimeError):
        path = path.expanduser()
    return config.file.parent / path


def _content(file: Path) -> tuple[str, str]:
    """What a file holds, and what is wrong with it: one of the two is empty."""
    try:
        # Whoever names a pipe by mistake must not wait for its other end.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return "", "is not there"
    except (OSError, ValueError) as error:
        return "", f"cannot be read ({(getattr(error, 'strerror', None) or 'no path').lower()})"
    try:
        kind = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(kind):
            return "", "is a directory" if stat.S_ISDIR(kind) else "is no file"
        content = os.read(descriptor, LARGEST_FILE + 1)
    except OSError as error:
        return "", f"cannot be read ({(error.strerror or 'error').lower()})"
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_FILE:
        return "", f"is larger than any secret ({LARGEST_FILE:,} bytes)"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", "is no text in UTF-8"
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        return "", "is empty"
    if not text.isprintable():
        return "", "has more than one line" if "\n" in text else "holds characters that cannot be printed"
    return text, ""


def hidden_keys(table: type[Any]) -> frozenset[str]:
    """Keys whose values are never shown: secrets, which only a variable can give, and what is `masked`, which may
    stand in the file. Of a list its members count."""
    from monitor.config.shaping import unwrapped

    info = msgspec.inspect.type_info(table)
    assert isinstance(info, msgspec.inspect.StructType)
    hidden = set()
    for field in info.fields:
        kind, extra = unwrapped(field.type)
        if isinstance(kind, msgspec.inspect.VarTupleType):
            extra = extra | unwrapped(kind.item_type)[1]
        if extra.get("secret") or extra.get("masked"):
            hidden.add(field.name)
    return frozenset(hidden)
