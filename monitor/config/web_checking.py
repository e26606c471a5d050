"""What the types cannot say of [web]: who is believed about who asks, keys that do not go together, weak tokens."""

from __future__ import annotations

import ipaddress
import re

from monitor.config.errors import quoted
from monitor.config.report import Report
from monitor.config.settings import Web

SHORTEST_TOKEN = 20  # characters: beyond guessing even at a thousand tries a second
LONGEST_TOKEN = 500
LEAST_VARIED = 6  # different characters
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")  # of a header's name, what every proxy passes on
# What a browser or a proxy sends of itself: whoever asks could write their name there.
_NOT_NAMES = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "authorization", "connection", "content-length"),
        *("content-type", "cookie", "forwarded", "from", "host", "origin", "referer", "sec-fetch-site"),
        *("user-agent", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
    }
)


def weakness(token: str) -> str:
    """What is wrong with a token, in words that do not show it; empty for a good one."""
    if not token.isascii() or not token.isprintable() or " " in token:
        return "wants letters, digits and signs of ASCII, without a blank"
    if len(token) < SHORTEST_TOKEN:
        return f"is too short to be safe from guessing: {len(token)} characters, {SHORTEST_TOKEN} at least"
    if len(token) > LONGEST_TOKEN:
        return f"is longer than {LONGEST_TOKEN} characters"
    if len(set(token)) < LEAST_VARIED or (token + token).find(token, 1) < len(token):
        return "is too regular to be safe from guessing"
    return ""


def check_web(report: Report, web: Web) -> None:
    raw = report.raw.get("web")
    given = set(raw) if isinstance(raw, dict) else set()
    _header(report, web.user_header)
    _proxies(report, web.trusted_proxies)
    for key in ("readers", "actors"):
        if key in given and "user_header" not in given:
            report.problem(
                ("web", key),
                f"`{key}` is given without `user_header`: nobody says who asks",
                hint="give the header in which your proxy names its users, or remove it",
            )
    if "trusted_proxies" in given and not given & {"user_header", "read_token", "act_token"}:
        report.problem(
            ("web", "trusted_proxies"),
            "`trusted_proxies` is given without a log-in: nothing is asked of them",
            hint="give `user_header` or a token, or remove it",
        )
    if web.user_header and not web.readers and not web.actors and not (web.read_token or web.act_token):
        report.problem(
            ("web", "readers"), "`readers` is empty: nobody could read", hint='leave it out for `["*"]`'
        )
    has_login = given & {"user_header", "read_token", "act_token"}  # as written: one may be wrong, and told
    if web.acting and has_login and not given & {"act_token", "actors"}:
        report.problem(
            ("web", "acting"),
            "`acting` is on, and nobody may act",
            hint="give `act_token`, or `actors` beside `user_header`, and leave `acting` out",
        )
    if web.acting is False:
        for key in sorted(given & {"act_token", "actors"}):
            report.note(("web", key), f"`{key}` lets nobody act while `acting` is `false`")


def _header(report: Report, name: str | None) -> None:
    if name is None:
        return
    if not _HEADER.fullmatch(name):
        report.problem(
            ("web", "user_header"),
            f"`user_header` is no header's name: {quoted(name)}",
            hint="such as `X-Forwarded-User`: letters, digits and `-`",
        )
    elif name.lower() in _NOT_NAMES:
        report.problem(
            ("web", "user_header"),
            f"`user_header` is one that anybody who asks sends: {quoted(name)}",
            hint="choose one that the proxy alone writes, such as `X-Forwarded-User`",
        )


def _proxies(report: Report, proxies: tuple[str, ...]) -> None:
    for at, text in enumerate(proxies):
        path = ("web", "trusted_proxies", at)
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            report.problem(
                path,
                f"`trusted_proxies` has what is no address or network: {quoted(text)}",
                hint=_meant(text),
            )
            continue
        if network.prefixlen == 0:
            report.problem(
                path,
                f"`trusted_proxies` are all addresses there are, and anybody could say to be anybody: {quoted(text)}",
                hint="name the proxy's own address or network",
            )


def _meant(text: str) -> str:
    try:
        return f"did you mean `{ipaddress.ip_network(text, strict=False)}`?"
    except ValueError:
        return "such as `10.0.0.5` or `172.18.0.0/16`; no names"
