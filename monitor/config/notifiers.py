"""The tables `[notifiers.NAME]`: one struct a type of channel.

Texts may hold variables, `${NAME}` and `${file:PATH}`, and hold them still here: `secrets.expanded` fills them in
for those who send.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from monitor.config.values import SECRET_PATTERN, Duration, Text

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Ringing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a channel that people read may ring, and how often; the same keys for each of them."""

    timezone: Annotated[
        Text | None,
        Meta(
            description="Of quiet hours, digests and `all_well`; that of [schedule] when left out.",
            examples=["Europe/Berlin"],
        ),
    ] = None
    quiet_hours: Annotated[
        Text | None,
        Meta(
            description="Local time in which only what is critical is told; the rest waits for its end.",
            examples=["20:00-07:00"],
            extra={"form": "hours"},
        ),
    ] = None
    all_well: Annotated[
        Text | None,
        Meta(
            description="When a line says how the watching goes, whatever else was told, so that silence is not taken"
            " for death: `mon 09:00`, local time. Left out: never.",
            examples=["mon 09:00"],
            extra={"form": "rhythm"},
        ),
    ] = None
    quiet_days: Annotated[
        tuple[Weekday, ...], Meta(description="Whole days on which it is quiet.", examples=[["sat", "sun"]])
    ] = ()
    summary_from: Annotated[
        int,
        Meta(
            ge=2,
            le=1000,
            description="When so many trials are to be told of at once, one summary tells of them in place of an"
            " alert each. Up to one less of them that are critical keep their own.",
        ),
    ] = 6
    most_per_hour: Annotated[
        int,
        Meta(
            ge=1,
            le=3600,
            description="Alerts and summaries in an hour. Past it, what is not critical waits, and is told as one where"
            " there is no room for each.",
        ),
    ] = 30


class Slack(Ringing, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="slack"):
    """A Slack channel, through a bot's token."""

    token: Annotated[
        Text,
        Meta(
            description="The bot's token, as a variable; never the token itself.",
            examples=["${SLACK_BOT_TOKEN}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ]
    channel: Annotated[
        Text, Meta(description="The channel's name or id.", examples=["#trial-alerts", "C0123456789"])
    ]
    api_url: Annotated[
        Text, Meta(description="Another host, as government clouds have.", extra={"form": "address"})
    ] = "https://slack.com/api/"
    reconcile_after: Annotated[
        Duration,
        Meta(
            description="How long after an attempt of unknown outcome to look in the channel whether it"
            " arrived, before posting again."
        ),
    ] = timedelta(seconds=60)
    thread_fresh_for: Annotated[
        Duration,
        Meta(description="A trial's next alert joins its thread while the last one there is younger."),
    ] = timedelta(days=7)
    app_token: Annotated[
        Text | None,
        Meta(
            description="The app-level token, as a variable. With it alerts have buttons and `/trial` is answered, by"
            " Socket Mode: no public address is needed. Channels with one token share one connection.",
            examples=["${SLACK_APP_TOKEN}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ] = None
    actors: Annotated[
        tuple[Text, ...],
        Meta(
            min_length=1,
            description="Ids of the people who may mute, acknowledge and watch by buttons and commands. Default:"
            " whoever is in the workspace and sees the channel. Of channels with one app token the lists count"
            " together.",
            examples=[["U0123456789"]],
        ),
    ] = ()


class SlackWebhook(
    Ringing, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="slack-webhook"
):
    """A Slack channel, through an incoming webhook: no threads, and a lost answer may come to a message twice."""

    url: Annotated[
        Text,
        Meta(
            description="The webhook's address, as a variable; never the address itself, for whoever has it can post.",
            examples=["${SLACK_WEBHOOK_URL}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ]


class Mail(Ringing, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="email"):
    """E-mail to one list of people, through a mail server."""

    host: Annotated[Text, Meta(description="The mail server.", examples=["smtp.example.org"])]
    sender: Annotated[
        Text,
        Meta(
            description="The address that the server lets you send from; with a name, if you like.",
            examples=["trialbell <alerts@example.org>"],
        ),
    ]
    recipients: Annotated[
        tuple[Text, ...],
        Meta(
            description="Who gets every letter, all named in `To`. One letter for all: who is to get others, or"
            " must wait for nobody, has a notifier of their own.",
            examples=[["team@example.org"]],
            extra_json_schema={"minItems": 1},
        ),
    ]
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(
            description="How the way to the server is encrypted: after a greeting (`starttls`), from the first byte"
            " (`tls`), or not at all (`none`: a relay on this machine)."
        ),
    ] = "starttls"
    port: Annotated[
        Annotated[int, Meta(ge=1, le=65535)] | None,
        Meta(description="Left out: 587 with `starttls`, 465 with `tls`, 25 with `none`."),
    ] = None
    user: Annotated[
        Text | None, Meta(description="To log in, with `password`.", examples=["alerts@example.org"])
    ] = None
    password: Annotated[
        Text | None,
        Meta(
            description="The password, as a variable; never the password itself.",
            examples=["${SMTP_PASSWORD}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ] = None
    reply_to: Annotated[
        Text | None, Meta(description="Who gets answers of people.", examples=["trials@example.org"])
    ] = None
    hide_recipients: Annotated[
        bool, Meta(description="Whether no recipient sees who the others are: nobody is named in `To`.")
    ] = False
    list_id: Annotated[
        Text | None,
        Meta(
            description="The name by which mail programs sort the letters (`List-Id`). Left out: of the notifier's"
            " name and the sender's domain.",
            examples=["alerts.trialbell.example.org"],
        ),
    ] = None
    ca_file: Annotated[
        Path | None,
        Meta(
            description="Certificates (PEM) of who may sign the server's, in place of those that this machine"
            " trusts: for a server with a certificate of your own."
        ),
    ] = None
    deadline: Annotated[
        Duration,
        Meta(
            description="One attempt, from the connection to the server's last word; past it, it is tried again."
        ),
    ] = timedelta(minutes=2)


class Jsonl(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="jsonl"):
    """A file of alerts, one JSON value a line."""

    path: Annotated[
        Path,
        Meta(description="The file, appended to; `-` is standard output.", examples=["alerts.jsonl", "-"]),
    ]

    @property
    def to_stdout(self) -> bool:
        return str(self.path) == "-"


class Webhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="webhook"):
    """A receiver of signed requests, one event each, as Standard Webhooks has them."""

    url: Annotated[
        Text,
        Meta(
            description="Where events are posted. It may be a variable, for an address may be a secret too; it is"
            " never shown.",
            examples=["https://example.org/hooks/trials", "${WEBHOOK_URL}"],
            extra={"masked": True},
        ),
    ]
    secrets: Annotated[
        tuple[
            Annotated[
                Text,
                Meta(
                    examples=["${WEBHOOK_SECRET}"],
                    extra={"secret": True},
                    extra_json_schema={"pattern": SECRET_PATTERN},
                ),
            ],
            ...,
        ],
        Meta(
            min_length=1,
            description="What requests are signed with, as variables: `whsec_…` each. While you change secrets give"
            " both, the new one first.",
            examples=[["${WEBHOOK_SECRET}"]],
        ),
    ]

    def __repr__(self) -> str:
        return f"Webhook(url=…, secrets={self.secrets!r})"


class Apprise(
    Ringing, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="apprise"
):
    """Microsoft Teams, ntfy, Telegram or another service that Apprise knows, which is installed apart:
    `uv tool install '.[apprise]'` in the clone that trialbell was installed from."""

    url: Annotated[
        Text,
        Meta(
            description="One target in Apprise's notation (https://appriseit.com/services/), as a variable, for there"
            " is a token in it. Each target is a notifier of its own.",
            examples=["${TEAMS_URL}"],
            extra={"secret": True},
            extra_json_schema={"pattern": SECRET_PATTERN},
        ),
    ]


Notifier = Slack | SlackWebhook | Mail | Webhook | Apprise | Jsonl
