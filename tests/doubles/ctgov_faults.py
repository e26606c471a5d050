"""The ways in which the loopback registry misbehaves on demand: one small vocabulary, `Fault.…`.

A fault spoils the answer that the registry would have given (so a 429 is still logged with its request, and a
page with ids missing is the true page less those ids).
"""

import copy
import functools
import json
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from doubles.ctgov_answers import JSON, Answer, Delivery, Request, compact, html_answer, text_answer

Predicate = Callable[[Request], bool]


def _always(request: Request) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of misbehaviour. Made by the functions below, for `LoopbackRegistry.misbehave`."""

    name: str
    spoil: Callable[[Answer], Answer]
    applies: Predicate = _always
    keeps_place: bool = False
    """The page is answered empty, and its nextPageToken leads to what it should have held."""

    # Refusals

    @staticmethod
    def too_many(retry_after: int | str | None = None) -> "Fault":
        """429, with Retry-After (seconds, or an HTTP date) when given."""
        return Fault("too_many", lambda _: _with_retry(text_answer(429, "Too Many Requests"), retry_after))

    @staticmethod
    def forbidden() -> "Fault":
        """403 with the HTML page of a firewall."""
        page = html_answer(403, "Request blocked", "The request could not be satisfied. Reference #18.5c4f.")
        return Fault("forbidden", lambda _: page)

    @staticmethod
    def broken(status: int = 503, retry_after: int | str | None = None) -> "Fault":
        """500, 502, 503, 504 … with a short HTML page."""
        page = html_answer(status, f"{status} Server Error", "The server had trouble.")
        return Fault("broken", lambda _: _with_retry(page, retry_after))

    @staticmethod
    def expired_token() -> "Fault":
        """400 for a page token that was good a moment ago; requests without a token are left alone."""
        refusal = text_answer(400, "Parameter `pageToken` has incorrect value")
        return Fault("expired_token", lambda _: refusal, applies=lambda request: "pageToken" in request.query)

    @staticmethod
    def redirect(url: str, status: int = 302) -> "Fault":
        """A redirect to another place: another host, or a loop."""
        return Fault(
            "redirect",
            lambda _: Answer(status=status, headers=(("Location", url),), content_type="text/html"),
        )

    @staticmethod
    def not_found() -> "Fault":
        """The HTML 404 of an unknown path, for something that is there."""
        return Fault("not_found", lambda _: html_answer(404, "Not Found", "The page does not exist."))

    # Answers that are not what they should be

    @staticmethod
    def raw(
        body: bytes, *, status: int = 200, content_type: str = JSON, headers: tuple[tuple[str, str], ...] = ()
    ) -> "Fault":
        """Exactly these bytes."""
        return Fault(
            "raw", lambda _: Answer(status=status, headers=headers, content_type=content_type, body=body)
        )

    @staticmethod
    def html() -> "Fault":
        """A web page with status 200 (maintenance, a captive portal)."""
        return Fault("html", lambda _: html_answer(200, "Maintenance", "We will be back soon."))

    @staticmethod
    def empty_body() -> "Fault":
        return Fault("empty_body", lambda answer: replace(answer, body=b"", gzipped=None))

    @staticmethod
    def empty_object() -> "Fault":
        return Fault("empty_object", lambda answer: replace(answer, body=b"{}", gzipped=None))

    @staticmethod
    def cut_json(share: float = 0.5) -> "Fault":
        """The JSON stops in the middle; Content-Length says just what is sent."""
        return Fault(
            "cut_json", lambda a: replace(a, body=a.body[: max(1, int(len(a.body) * share))], gzipped=None)
        )

    @staticmethod
    def nested(depth: int = 100_000) -> "Fault":
        """JSON nested this deep, where the registry's own is nowhere past 15."""
        body = b'{"studies":' + b"[" * depth + b"]" * depth + b"}"
        return Fault("nested", lambda answer: replace(answer, body=body, gzipped=None))

    @staticmethod
    def duplicate_keys() -> "Fault":
        """`overallStatus` (where there is none: the first key) stands twice, with another value first."""
        return Fault(
            "duplicate_keys", lambda answer: replace(answer, body=_doubled(answer.body), gzipped=None)
        )

    @staticmethod
    def nan() -> "Fault":
        """A NaN, which JSON does not have, where the first number or truth value stands."""
        return Fault("nan", lambda answer: _first_value(answer, (int, float, bool), b"NaN"))

    @staticmethod
    def lone_surrogate() -> "Fault":
        """Half a surrogate pair, escaped, as the value of the first brief title or other text."""
        return Fault("lone_surrogate", lambda answer: _first_value(answer, (str,), b'"half \\ud83d pair"'))

    @staticmethod
    def bad_utf8() -> "Fault":
        """A byte that is no UTF-8 inside the first brief title or other text."""
        return Fault("bad_utf8", lambda answer: _first_value(answer, (str,), b'"caf\xe9"'))

    @staticmethod
    def bomb(megabytes: int = 300) -> "Fault":
        """A gzip answer of about a kilobyte for each megabyte that it unpacks to: JSON, mostly blanks."""
        return Fault("bomb", lambda answer: replace(answer, body=b"{}", gzipped=_bomb(megabytes)))

    # Well-formed answers that lie

    @staticmethod
    def rewritten(change: Callable[[Any], Any], name: str = "rewritten") -> "Fault":
        """`change` gets a copy of the parsed answer and gives what is sent instead. Only 200s with JSON."""
        return Fault(name, functools.partial(_rewrite, change))

    @staticmethod
    def empty_page() -> "Fault":
        """A page without studies but with a nextPageToken that leads to what it should have held."""
        return Fault("empty_page", lambda answer: answer, keeps_place=True)

    @staticmethod
    def missing(*nct_ids: str) -> "Fault":
        """These records are silently left out of a search's answer; totalCount still counts them."""
        return Fault.rewritten(lambda a: _without(a, lambda study, _: _id(study) in nct_ids), "missing")

    @staticmethod
    def missing_share(share: float) -> "Fault":
        """The last of the page's records, this share of it, are left out; totalCount still counts them."""

        def cut(answer: Any) -> Any:
            studies = answer["studies"]
            return {**answer, "studies": studies[: len(studies) - round(len(studies) * share)]}

        return Fault.rewritten(cut, "missing_share")

    @staticmethod
    def unasked(record: dict[str, Any]) -> "Fault":
        """This record stands first in the page, whatever was asked."""
        return Fault.rewritten(lambda a: {**a, "studies": [record, *a["studies"]]}, "unasked")

    @staticmethod
    def repeated() -> "Fault":
        """The page's first record stands in it twice."""
        return Fault.rewritten(lambda a: {**a, "studies": [*a["studies"][:1], *a["studies"]]}, "repeated")

    @staticmethod
    def wrong_total(by: int = 1) -> "Fault":
        """totalCount is off by this much; pages without one get none."""
        return Fault.rewritten(
            lambda a: {**a, "totalCount": a["totalCount"] + by} if "totalCount" in a else a, "wrong_total"
        )

    @staticmethod
    def lost(path: str, share: float = 0.9) -> "Fault":
        """A section or field, by dotted path, is gone from this share of the records: well-formed, absurd."""

        def lose(answer: Any) -> Any:
            studies = answer.get("studies", [answer])
            for study in studies[: max(1, round(len(studies) * share))] if studies else []:
                *way, last = path.split(".")
                holder = study
                for step in way:
                    holder = holder.get(step, {}) if isinstance(holder, dict) else {}
                holder.pop(last, None)
            return answer

        return Fault.rewritten(lose, "lost")

    # The wire

    @staticmethod
    def cut_transfer(share: float = 0.5) -> "Fault":
        """The connection closes after this share of the body that Content-Length promised."""
        return Fault("cut_transfer", lambda answer: replace(answer, delivery=Delivery(cut=share)))

    @staticmethod
    def reset() -> "Fault":
        """The connection is reset before any answer."""
        return Fault("reset", lambda answer: replace(answer, delivery=Delivery(reset=True)))

    @staticmethod
    def drip(every: float = 0.01, until: threading.Event | None = None) -> "Fault":
        """The body comes a byte every so many seconds; the rest at once when `until` is set."""
        return Fault("drip", lambda answer: replace(answer, delivery=Delivery(every=every, until=until)))

    @staticmethod
    def silence(until: threading.Event | None = None) -> "Fault":
        """Nothing is sent until `until` is set, the client goes away or the registry stops."""
        return Fault("silence", lambda answer: replace(answer, delivery=Delivery(silent=True, until=until)))


def _with_retry(answer: Answer, retry_after: int | str | None) -> Answer:
    if retry_after is None:
        return answer
    return replace(answer, headers=(*answer.headers, ("Retry-After", str(retry_after))))


def _rewrite(change: Callable[[Any], Any], answer: Answer) -> Answer:
    if answer.status != 200 or answer.content_type != JSON:
        return answer
    return replace(answer, body=compact(change(copy.deepcopy(json.loads(answer.body)))), gzipped=None)


def _id(study: Any) -> str | None:
    found = study.get("protocolSection", {}).get("identificationModule", {}).get("nctId")
    return found if isinstance(found, str) else None


def _without(answer: Any, gone: Callable[[Any, int], bool]) -> Any:
    return {**answer, "studies": [study for at, study in enumerate(answer["studies"]) if not gone(study, at)]}


def _doubled(body: bytes) -> bytes:
    at = body.find(b'"overallStatus":')
    if at >= 0:
        return body[:at] + b'"overallStatus":"WITHDRAWN",' + body[at:]
    end = body.find(b":")
    return body[:1] + body[1:end] + b":null," + body[1:]


def _first_value(answer: Answer, kinds: tuple[type, ...], literal: bytes) -> Answer:
    """The answer with one value replaced by a literal that no serialiser would write."""
    if answer.status != 200 or answer.content_type != JSON:
        return answer
    document = json.loads(answer.body)
    mark = "\N{OBJECT REPLACEMENT CHARACTER}literal"
    if not (str in kinds and _mark(document, kinds, mark, "briefTitle")) and not _mark(
        document, kinds, mark, None
    ):
        document = [mark]
    body = compact(document).replace(compact(mark), literal, 1)
    return replace(answer, body=body, gzipped=None)


def _mark(value: Any, kinds: tuple[type, ...], mark: str, name: str | None) -> bool:
    entries: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in entries:
        if isinstance(item, kinds) and name in (None, key):
            value[key] = mark
            return True
        if _mark(item, kinds, mark, name):
            return True
    return False


@functools.lru_cache(maxsize=2)
def _bomb(megabytes: int) -> bytes:
    # A megabyte of blanks compressed up to a full flush may follow itself any number of times.
    blanks = b" " * 1_000_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(b'{"studies":[') + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    tail = packer.compress(b"]}") + packer.flush(zlib.Z_FINISH)
    check = zlib.crc32(b'{"studies":[')
    for _ in range(megabytes):
        check = zlib.crc32(blanks, check)
    check = zlib.crc32(b"]}", check)
    size = len(b'{"studies":[]}') + megabytes * len(blanks)
    trailer = check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + head + block * megabytes + tail + trailer
