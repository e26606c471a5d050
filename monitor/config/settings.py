"""The types of config.toml, one struct a table, as callers use them once the file was read.

`File` is the whole file; `Config` is the file as read, with where it stands. Every key carries its
description, from which docs/reference/config.md and docs/config.schema.json are generated. `notifiers` and
`routes` have their own modules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from monitor.config.errors import Problem
from monitor.config.notifiers import Notifier
from monitor.config.routes import Route
from monitor.config.values import SECRET_PATTERN, Address, Duration, SeverityName, Text


class Store(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: Annotated[
        Path,
        Meta(
            description="The database: every version, event and delivery.", extra={"default": "trialbell.db"}
        ),
    ] = field(default_factory=lambda: Path("trialbell.db"))
    keep_versions_for: Annotated[
        Duration | None,
        Meta(
            description="Every day of this span can be asked for; versions that were replaced before it are removed,"
            " once a day, by the service: first a day after it saw this span. 30 days at least. The newest always"
            " stays, and so does every change that was told. Left out: everything is kept. `trialbell retention"
            " --dry-run` says what would go.",
            examples=["3y"],
        ),
    ] = None


class Ctgov(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """ClinicalTrials.gov."""

    url: Annotated[Address, Meta(description="The site's root; every address hangs from it.")] = (
        "https://clinicaltrials.gov"
    )
    requests_per_minute: Annotated[
        int,
        Meta(ge=1, le=100_000, description="Polite: there is no official limit, 5 a second earned refusals."),
    ] = 50
    history: Annotated[
        bool,
        Meta(
            description="Ask the record history for the steps between two polls: a request or more for each"
            " changed trial. It is undocumented by the registry; alerts go out without it when it fails."
        ),
    ] = False
    backfill: Annotated[
        bool,
        Meta(
            description="Bring the past of every trial that a watch holds, from the record history: a request for"
            " each of its versions, between polls. `trialbell backfill` does it for those that you name."
        ),
    ] = False
    user_agent: Annotated[
        Text | None,
        Meta(description="What we call ourselves. Left out: the name and version of trialbell, honestly."),
    ] = None
    tls: Annotated[
        Literal["default", "stdlib"],
        Meta(
            description="How the TLS greeting looks; `stdlib` where the registry's firewall refuses the"
            " default (`trialbell doctor` tries both)."
        ),
    ] = "default"
    request_deadline: Annotated[
        Duration, Meta(description="One request, from start to last byte; past it, it is tried again.")
    ] = timedelta(minutes=2)
    poll_deadline: Annotated[
        Duration, Meta(description="A poll that made no progress for this long is given up.")
    ] = timedelta(minutes=15)


class Registries(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ctgov: Annotated[Ctgov, Meta(description="ClinicalTrials.gov.")] = Ctgov()


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to poll. After reading, exactly one of `every` and `cron` is set."""

    every: Annotated[
        Duration | None,
        Meta(
            description="Time from one poll to the next; `1h` when `cron` is left out too. A poll on which"
            " the registry has nothing new is one request.",
            extra={"default": "1h"},
        ),
    ] = None
    cron: Annotated[
        Text | None,
        Meta(
            description="Minute, hour, day, month, weekday, in place of `every`. Weekdays by name"
            " (`mon-fri`): schedulers number them differently, so numbers are refused.",
            examples=["20 9-20 * * mon-fri"],
        ),
    ] = None
    timezone: Annotated[
        Text,
        Meta(
            description="Of `cron`. Anything but UTC skips or repeats an hour when clocks change.",
            examples=["Europe/Berlin"],
        ),
    ] = "UTC"


class Watch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to watch: exactly one of `ids`, `ids_file` and `query`. After reading, `ids` holds those of
    the file."""

    name: Annotated[
        Text, Meta(description="Shown in alerts; renaming a watch loses nothing.", examples=["MSC exosomes"])
    ]
    registry: Annotated[Literal["ctgov"], Meta(description="Whose records.")] = "ctgov"
    ids: Annotated[
        tuple[Text, ...] | None,
        Meta(
            description="Ids or web addresses of records; short and zero-padded ids are understood.",
            examples=[["NCT07146087", "https://clinicaltrials.gov/study/NCT01730547"]],
        ),
    ] = None
    ids_file: Annotated[
        Path | None,
        Meta(description="A text file instead, one id or address a line; `#` begins a comment."),
    ] = None
    query: Annotated[
        dict[str, str] | None,
        Meta(
            description="A search instead, by the registry's own parameters; `{}` is the whole registry."
            " Trials that begin or cease to match are told.",
            examples=[{"cond": "progressive multiple sclerosis", "advanced": "AREA[Phase]PHASE3"}],
        ),
    ] = None
    baseline: Annotated[
        Literal["silent", "summary", "tell"],
        Meta(
            description="Whether the records found on the first look, when there was nothing to compare them"
            " with, are told: `silent` takes them in quietly, `summary` says in one message what is watched now,"
            " `tell` tells each as new."
        ),
    ] = "silent"

    def definition(self) -> dict[str, Any]:
        """What the watch watches, its name aside: equal for equal watches, whatever the order of ids."""
        if self.query is not None:
            return {"registry": self.registry, "query": dict(sorted(self.query.items()))}
        # In their own order first: a hundred thousand that are sorted already are sorted in no time.
        return {"registry": self.registry, "ids": sorted(dict.fromkeys(self.ids or ()))}

    @property
    def definition_hash(self) -> str:
        """Short and stable; part of event ids."""
        import hashlib  # 3 ms that only polling needs

        text = json.dumps(self.definition(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Web(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: Annotated[
        Text,
        Meta(
            description="Where to listen. Beyond this machine only with a log-in: a token, or `user_header` and a proxy"
            " that knows its users."
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="0 takes any free one.")] = 8787
    public_url: Annotated[
        Address | None,
        Meta(
            description="The address under which people reach the pages; when set, alerts link to them. Where you read"
            " alerts on the machine that serves the pages, its own will do.",
            examples=["https://trials.example.org", "http://127.0.0.1:8787"],
        ),
    ] = None
    read_token: Annotated[
        Text | None,
        Meta(
            description="Whoever has it may read: people write it on a page, programs send it as a Bearer token, feed"
            " readers as a password. Random, 20 characters or more: `openssl rand -hex 20`.",
            examples=["${READ_TOKEN}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ] = None
    act_token: Annotated[
        Text | None,
        Meta(
            description="Whoever has it may read and act: mute, acknowledge, try again. Another one than `read_token`;"
            " alone, the pages need it for reading too.",
            examples=["${ACT_TOKEN}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ] = None
    user_header: Annotated[
        Text | None,
        Meta(
            description="The header in which a proxy with a log-in names who asks. It must take out what a browser"
            " sends under this name. Believed of `trusted_proxies` alone.",
            examples=["X-Forwarded-User"],
        ),
    ] = None
    trusted_proxies: Annotated[
        tuple[Text, ...],
        Meta(
            description="Addresses or networks of proxies that are believed: who asks (`user_header`), and from where"
            " (`X-Forwarded-For`, when log-ins are counted). Whoever connects from there can say to be anybody.",
            examples=[["172.18.0.0/16"]],
        ),
    ] = ("127.0.0.1", "::1")
    readers: Annotated[
        tuple[Text, ...],
        Meta(
            description="Who may read, by name as in `user_header`, letter for letter; `*` is everybody whom the proxy"
            " names."
        ),
    ] = ("*",)
    actors: Annotated[
        tuple[Text, ...],
        Meta(
            description="Who may act as well; they may read without being named there.",
            examples=[["ada@example.org"]],
        ),
    ] = ()
    acting: Annotated[
        bool | None,
        Meta(
            description="Whether trials can be muted, snoozed and acknowledged from the pages. Left out: by `actors`"
            " and whoever has `act_token`, where there is a log-in; without one as long as the pages are for this"
            " machine alone: `host` on loopback, and no `public_url` or one of this machine's own (`http://127.0.0.1:8787`)."
            " `false`: by nobody. `true` without a log-in: by whoever reaches them."
        ),
    ] = None
    study_staff: Annotated[
        bool,
        Meta(
            description="Whether the pages of records show names, phones and addresses of study staff, and the JSON"
            " and CSV of what changed gives its values as they are stored."
        ),
    ] = False
    processes: Annotated[
        Annotated[int, Meta(ge=0, le=32)] | None,
        Meta(
            description="How many processes make the pages, beside the service's own: some 90 MB each, begun when they"
            " are needed. When left out, one for each processor, at most 4. With 0 the service makes pages itself, to"
            " save the memory; readers wait for one another then, and for a poll at work.",
        ),
    ] = None

    @property
    def has_login(self) -> bool:
        """Whether it is asked who reads."""
        return bool(self.read_token or self.act_token or self.user_header)


class Operator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever runs this: is told that the watching itself is not well, and that it is again."""

    to: Annotated[
        tuple[Text, ...],
        Meta(
            description="Names of notifiers. Of trials they are told only what a route sends them by name. Left out:"
            " the log and `trialbell status` say it.",
            examples=[["ops"]],
        ),
    ] = ()
    ping: Annotated[
        Text | None,
        Meta(
            description="A dead man's switch: an address that is asked (GET) while all that must live lives, so that"
            " whoever listens there notices when it does not. As a variable: whoever knows it can keep it quiet.",
            examples=["${PING_URL}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ] = None
    ping_every: Annotated[
        Duration, Meta(description="By the service; `trialbell check` without one asks once, at its end.")
    ] = timedelta(minutes=5)
    ping_failed: Annotated[
        Text | None,
        Meta(
            description="Asked in place of `ping` by a `trialbell check` that did not see everything. The service"
            " keeps silent then.",
            examples=["${PING_FAILED_URL}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ] = None


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """config.toml."""

    store: Annotated[Store, Meta(description="Where everything is kept.")] = field(default_factory=Store)
    registries: Annotated[Registries, Meta(description="How to ask the registries.")] = field(
        default_factory=Registries
    )
    schedule: Annotated[Schedule, Meta(description="When to poll.")] = field(default_factory=Schedule)
    watches: Annotated[tuple[Watch, ...], Meta(description="What to watch.")] = field(
        default=(), name="watch"
    )
    web: Annotated[Web, Meta(description="The history browser.")] = field(default_factory=Web)
    notifiers: Annotated[
        dict[str, Notifier], Meta(description="Where alerts go. NAME is yours; routes use it.")
    ] = field(default_factory=dict)
    routes: Annotated[tuple[Route, ...], Meta(description="Which events go to whom.")] = field(
        default=(), name="route"
    )
    operator: Annotated[Operator, Meta(description="Whoever runs this.")] = Operator()
    severity: Annotated[
        dict[str, SeverityName],
        Meta(
            description="Your own severity for a field, or a state that time makes, by its name:"
            ' `enrollment = "minor"`. `noise` is never'
            " sent. Applied when reading and routing; what is stored stays as it was judged."
        ),
    ] = field(default_factory=dict)


class Config(File, frozen=True, kw_only=True):
    """The file as read: paths absolute, ids canonical, defaults filled in."""

    file: Path  # where it stands, absolute
    shown: str  # how it was named, for messages
    places: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)  # on which line each key stands
    read: tuple[Path, ...]  # all files that it was made of, itself first: reload when one of them changes
    notes: tuple[Problem, ...] = ()  # harmless, worth saying

    def watch(self, name: str) -> Watch | None:
        return next((watch for watch in self.watches if watch.name == name), None)
