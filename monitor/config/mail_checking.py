"""What the types cannot say of an e-mail notifier: addresses that are none, keys that do not go together."""

from __future__ import annotations

import re
from datetime import timedelta

from monitor.config.errors import quoted
from monitor.config.notifiers import Mail
from monitor.config.report import Report
from monitor.config.secrets import VARIABLE
from monitor.config.values import LOOPBACK

SHORTEST_DEADLINE = timedelta(seconds=10)
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")  # of RFC 2919, what needs no quoting


def check_mail(report: Report, name: str, table: Mail) -> None:
    path = ("notifiers", name)
    _check_addresses(report, path, table)
    _check_server(report, path, table)
    lacking = {"user", "password"} - report.raw["notifiers"][
        name
    ].keys()  # as written: one may be wrong, and told
    if len(lacking) == 1:
        report.problem(path, f"`{lacking.pop()}` is missing", hint="give `user` and `password`, or neither")
    if table.security == "none" and table.host not in LOOPBACK:
        if table.password:
            report.problem(
                (*path, "security"),
                '`security` lets the password go over the network unencrypted: `"none"`',
                hint='write `security = "starttls"`, or "tls"',
            )
        else:
            report.note(
                (*path, "security"),
                "`security` is `none`: whoever is between can read and change the letters",
            )
    if (
        table.list_id is not None
        and not _has_variable(table.list_id)
        and not _LIST_ID.fullmatch(table.list_id)
    ):
        report.problem(
            (*path, "list_id"),
            f"`list_id` is no name of a list: {quoted(table.list_id)}",
            hint="such as `alerts.trialbell.example.org`",
        )
    if table.deadline < SHORTEST_DEADLINE:
        report.problem(
            (*path, "deadline"),
            "`deadline` is less than 10 seconds: what a slow server takes would be sent again",
            hint='leave it out for `"2m"`',
        )


def _check_addresses(report: Report, path: tuple[str, str], table: Mail) -> None:
    from notifiers.mail.addresses import WrongAddress, address_of

    if not table.recipients:
        report.problem((*path, "recipients"), "`recipients` is an empty list: `[]`", hint="name somebody")
    places: list[tuple[tuple[str | int, ...], str]] = [((*path, "sender"), table.sender)]
    places += [((*path, "recipients", at), one) for at, one in enumerate(table.recipients)]
    if table.reply_to is not None:
        places.append(((*path, "reply_to"), table.reply_to))
    seen: set[str] = set()
    for place, text in places:
        if _has_variable(text):
            continue
        key = str(place[2])
        try:
            address = address_of(text)
        except WrongAddress as error:
            report.problem(
                place,
                f"`{key}` {error}: {quoted(text)}",
                hint="such as `team@example.org`, or `Name <team@example.org>`",
            )
            continue
        if key == "recipients":
            if address.spec in seen:
                report.problem(place, f"`recipients` names somebody twice: {quoted(text)}", hint="remove one")
            seen.add(address.spec)


def _check_server(report: Report, path: tuple[str, str], table: Mail) -> None:
    host = table.host
    if not _has_variable(host):
        if "/" in host or "@" in host or any(char.isspace() or not char.isprintable() for char in host):
            report.problem(
                (*path, "host"),
                f"`host` is no name of a server: {quoted(host)}",
                hint="such as `smtp.example.org`",
            )
        elif host.count(":") == 1:
            report.problem((*path, "host"), f"`host` holds a port: {quoted(host)}", hint="write it as `port`")
    # Who speaks first, and how, is settled for these two (RFC 8314, 7.3; RFC 6409): the other way would only hang.
    for port, security, right in ((465, "starttls", "tls"), (587, "tls", "starttls")):
        if table.port == port and table.security == security:
            report.problem(
                (*path, "port"),
                f'`port` does not go with `security = "{security}"`: `{port}`',
                hint=f'write `security = "{right}"`, or leave `port` out',
            )
    if table.ca_file is not None and table.security == "none":
        report.problem(
            (*path, "ca_file"), '`ca_file` has no effect with `security = "none"`', hint="remove one of them"
        )


def _has_variable(text: str) -> bool:
    return VARIABLE.search(text) is not None
