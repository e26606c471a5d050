"""The picture of a trial's course: where what is drawn. Geometry only; a template draws it, a style sheet colours it.

Three panels above one axis of time: the status as bands, the key dates as they stood then (a line that steps up was put
off; where it meets the slanted line the date has come), enrolment as a line in steps. What is told apart by colour is
told apart by pattern, sign or dashes too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import msgspec

from monitor.web.drawing.terms import said
from monitor.web.trial.course import Count, Course, Dated, Standing, Step
from monitor.web.trial.head import standing as at_a_glance
from snapshots.dates import MONTHS, partial

WIDTH, HEIGHT = 920, 464  # of the picture, in its own units
LEFT, RIGHT = 96, 736  # of the panels
BANDS = (58, 92)  # top and bottom of the panels
DATES = (124, 274)
PEOPLE = (322, 412)
LETTER = 6.7  # width of a letter of the labels, about
MOST_DRAWN = 400  # steps, the newest
MARKED = {
    "first-submitted": "First submitted",
    "start-date": "Start",
    "results-first-submitted": "Results submitted",
    "results-first-posted": "Results posted",
    "certificate-of-delay": "Certificate of delay",
}


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one status. label: empty where there is no room for it."""

    x: float
    width: float
    kind: str  # tone of the status; `closed` of one that is active and recruits no more
    label: str
    sign: str
    words: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A value through time. ways: `d` of a path for each stretch that is known; dots: where it changed.

    label: what it is now, to the right of its end, at label_y.
    """

    name: str
    ways: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    label: str
    label_y: float


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    at: float
    label: str


class Upright(msgspec.Struct, frozen=True, kw_only=True):
    """A day marked through all panels. row: 0 or 1, of its label; anchor: `start`, `middle` or `end`."""

    x: float
    label: str
    row: int
    anchor: str
    kind: str


class Hole(msgspec.Struct, frozen=True, kw_only=True):
    x: float
    width: float
    label: str
    words: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    since: str
    until: str
    bands: tuple[Band, ...]
    legend: tuple[tuple[str, str, str], ...]  # kind, sign, words of each status
    dates: tuple[Line, ...]
    date_ticks: tuple[Tick, ...]
    that_day: tuple[float, float, float, float] | None  # x1, y1, x2, y2 of the line on which a date has come
    people: tuple[Line, ...]
    people_ticks: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Upright, ...]
    holes: tuple[Hole, ...]
    left_out: int  # steps older than those drawn
    described: str


class _Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A standing over days that are known."""

    since: date
    until: date
    standing: Standing
    joins: bool  # the piece before it ends where it begins


def picture(course: Course, today: date) -> Picture:
    """Of what is known. today: drawn where the course reaches so far."""
    drawn = course.steps[-MOST_DRAWN:]
    first, last = _day(course.since), _day(course.until)
    span = max(1, (last - first).days)
    last = first + timedelta(days=span)

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / span, 1)

    pieces = list(_pieces(course, drawn, last))
    bands = tuple(_bands(pieces, x))
    date_lines, date_ticks, that_day = _date_panel(pieces, x, first, last)
    people, people_ticks = _people_panel(pieces, x)
    statuses = dict.fromkeys(one.standing.status for one in pieces)
    holes = [
        _hole(x(_day(one.since)), x(min(last, _day(one.until))), one.since, one.until) for one in course.gaps
    ]
    return Picture(
        since=course.since,
        until=course.until,
        bands=bands,
        legend=tuple((_kind(tone, sign), sign, words) for words, tone, sign in map(at_a_glance, statuses)),
        dates=date_lines,
        date_ticks=date_ticks,
        that_day=that_day,
        people=people,
        people_ticks=people_ticks,
        ticks=tuple(_time_ticks(first, last, x)),
        marks=tuple(_marks(course, x, first, last, today)),
        holes=tuple(holes),
        left_out=len(course.steps) - len(drawn),
        described=_described(course),
    )


def in_words(value: Dated | Count | None) -> str:
    """`2027-06 (estimated)`, `120 (actual)`; empty for nothing."""
    match value:
        case None:
            return ""
        case Dated(date=day, type=kind):
            words = day
        case Count(count=count, type=kind):
            words = "unknown" if count is None else f"{count:,}"
    return words + (f" ({said(kind).lower()})" if kind else "")


def _pieces(course: Course, steps: Sequence[Step], last: date) -> Iterator[_Piece]:
    """Each step over its days, cut by what is not known."""
    gaps = [(_day(one.since), _day(one.until)) for one in course.gaps]
    before: date | None = None
    for at, step in enumerate(steps):
        since = _day(step.day)
        until = _day(steps[at + 1].day) if at + 1 < len(steps) else last
        for first, end in _cut(since, until, gaps):
            yield _Piece(since=first, until=end, standing=step.standing, joins=before == first)
            before = end


def _cut(since: date, until: date, gaps: Sequence[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """The days that are known. The first is: a version of that day says so, also where a gap follows at once."""
    at = since
    if since < until and any(first <= since < end for first, end in gaps):
        yield since, since
    for first, end in gaps:
        if end <= at or first >= until:
            continue
        if first > at:
            yield at, first
        at = max(at, end)
    if at < until:
        yield at, until


def _bands(pieces: Sequence[_Piece], x: Callable[[date], float]) -> Iterator[Band]:
    stretches: list[tuple[date, date, str | None]] = []
    for one in pieces:
        if stretches and one.joins and stretches[-1][2] == one.standing.status:
            stretches[-1] = (stretches[-1][0], one.until, one.standing.status)
        else:
            stretches.append((one.since, one.until, one.standing.status))
    for since, until, status in stretches:
        words, tone, sign = at_a_glance(status)
        width = round(max(1.5, x(until) - x(since)), 1)
        yield Band(
            x=x(since),
            width=width,
            kind=_kind(tone, sign),
            label=words if len(words) * LETTER + 26 <= width else "",
            sign=sign if width >= 14 else "",
            words=f"{words}, {since} to {until}",
        )


def _kind(tone: str, sign: str) -> str:
    """Two that wait are told apart: one has not begun, one takes nobody any more."""
    return "closed" if (tone, sign) == ("waiting", "◐") else tone


def _date_panel(
    pieces: Sequence[_Piece], x: Callable[[date], float], first: date, last: date
) -> tuple[tuple[Line, ...], tuple[Tick, ...], tuple[float, float, float, float] | None]:
    """The dates as they stood, against the day on which they stood."""
    chosen: tuple[tuple[str, Callable[[Standing], Dated | None]], ...] = (
        ("Primary completion", lambda one: one.primary_completion),
        ("Completion", lambda one: one.completion),
    )
    days = [day for piece in pieces for _, of in chosen if (day := _planned(of(piece.standing))) is not None]
    if not days:
        return (), (), None
    least, most = min(days), max(days)
    room = max(90, (most - least).days // 8)
    # A registry's dates reach from year 1 to 9999: no day outside of these can be drawn.
    low = max(date(2, 1, 1), least) - timedelta(days=min(room, (max(date(2, 1, 1), least) - date.min).days))
    high = min(date(9998, 1, 1), most) + timedelta(days=min(room, 360))
    top, bottom = DATES

    def y(day: date) -> float:
        share = (day - low).days / max(1, (high - low).days)
        return round(bottom - (bottom - top) * min(1.0, max(0.0, share)), 1)

    lines = []
    for name, of in chosen:
        points = [(one, _planned(of(one.standing))) for one in pieces]
        line = _line(name, [(one, None if day is None else y(day)) for one, day in points], x)
        if line is not None:
            now = next(one for one, day in reversed(points) if day is not None)
            lines.append(msgspec.structs.replace(line, label=in_words(of(now.standing))))
    start, end = max(first, low), min(last, high)
    that_day = (x(start), y(start), x(end), y(end)) if start < end else None
    return _apart(lines, top, bottom), tuple(_ticks_of_days(low, high, y, most=6)), that_day


def _people_panel(
    pieces: Sequence[_Piece], x: Callable[[date], float]
) -> tuple[tuple[Line, ...], tuple[Tick, ...]]:
    counts = [None if one.standing.enrollment is None else one.standing.enrollment.count for one in pieces]
    known = [one for one in counts if one is not None]
    if not known:
        return (), ()
    most = _round_above(max(known))
    top, bottom = PEOPLE

    def y(count: int) -> float:
        return round(bottom - (bottom - top) * count / most, 1)

    line = _line(
        "Enrolment",
        [(one, None if count is None else y(count)) for one, count in zip(pieces, counts, strict=True)],
        x,
    )
    assert line is not None
    now = next(
        one for one, count in zip(reversed(pieces), reversed(counts), strict=True) if count is not None
    )
    ticks = [Tick(at=y(one), label=f"{one:,}") for one in dict.fromkeys((0, most // 2, most))]
    return (msgspec.structs.replace(line, label=in_words(now.standing.enrollment)),), tuple(ticks)


def _line(
    name: str, points: Sequence[tuple[_Piece, float | None]], x: Callable[[date], float]
) -> Line | None:
    """In steps: what stood stands until the day on which another does."""
    ways: list[str] = []
    dots: list[tuple[float, float]] = []
    before: float | None = None
    for one, y in points:
        if y is None:
            before = None
            continue
        since, until = x(one.since), x(one.until)
        if before is None or not one.joins:
            ways.append(f"M{since} {y}H{until}")
            dots.append((since, y))
        else:
            ways[-1] += f"V{y}H{until}" if y != before else f"H{until}"
            if y != before:
                dots.append((since, y))
        before = y
    last = next((y for _, y in reversed(points) if y is not None), None)
    if last is None:
        return None
    return Line(name=name, ways=tuple(ways), dots=tuple(dots), label="", label_y=last)


def _apart(lines: Sequence[Line], top: float, bottom: float) -> tuple[Line, ...]:
    """Labels of two lines each, so that none covers another."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: one.label_y):
        at = max(line.label_y, top + 6)
        if placed:
            at = max(at, placed[-1].label_y + 34)
        placed.append(msgspec.structs.replace(line, label_y=at))
    over = placed[-1].label_y + 14 - bottom if placed else 0
    if over > 0:
        placed = [msgspec.structs.replace(one, label_y=round(one.label_y - over, 1)) for one in placed]
    order = [one.name for one in lines]
    return tuple(sorted(placed, key=lambda one: order.index(one.name)))


def _marks(
    course: Course, x: Callable[[date], float], first: date, last: date, today: date
) -> Iterator[Upright]:
    """At most one a day of each kind; labels that would touch go to the other row, else they are left to the table."""
    days = [(_day(one.day), MARKED[one.what], one.what) for one in course.marks]
    if first <= today <= last:
        days.append((today, "Today", "today"))
    taken = [0.0, 0.0]
    for day, label, kind in sorted(days):
        if not first <= day <= last:
            continue
        at, width = x(day), len(label) * LETTER
        anchor = "start" if at - LEFT < width / 2 else "end" if RIGHT - at < width / 2 else "middle"
        left = at - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        row = next((one for one in (0, 1) if taken[one] + 8 <= left), None)
        if row is not None:
            taken[row] = left + width
        yield Upright(x=at, label=label if row is not None else "", row=row or 0, anchor=anchor, kind=kind)


def _hole(left: float, right: float, since: str, until: str) -> Hole:
    width = round(max(1.5, right - left), 1)
    return Hole(
        x=left,
        width=width,
        label="not stored" if width >= 80 else "",
        words=f"What the record said is not stored, {since} to {until}",
    )


def _time_ticks(first: date, last: date, x: Callable[[date], float]) -> Iterator[Tick]:
    return _ticks_of_days(first, last, x, most=9)


def _ticks_of_days(first: date, last: date, place: Callable[[date], float], *, most: int) -> Iterator[Tick]:
    """Beginnings of years, or of months where there are few years; at most so many."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((one for one in (1, 3, 6, 12, 24, 60, 120, 240, 600) if months // one <= most), 12_000)
    at = first.year * 12 + first.month - 1
    at += -at % step
    while at <= last.year * 12 + last.month - 1 and at // 12 <= 9999:
        day = date(at // 12, at % 12 + 1, 1)
        if day >= first:
            label = str(day.year) if step >= 12 else f"{MONTHS[day.month - 1][:3]} {day.year}"
            yield Tick(at=place(day), label=label)
        at += step


def _round_above(count: int) -> int:
    """1, 2 or 5 with noughts, at least the count."""
    tens = int("1" + "0" * (len(str(max(1, count))) - 1))
    return next(one * tens for one in (1, 2, 5, 10) if one * tens >= count)


def _described(course: Course) -> str:
    """For those who do not see it."""
    now = course.steps[-1].standing
    said_ = [
        f"{len(course.steps)} {'step' if len(course.steps) == 1 else 'steps'} from {course.since} to {course.until}",
        f"status now: {at_a_glance(now.status)[0]}",
        *(
            f"{name} first {in_words(first)}, now {in_words(last)}"
            for name, first, last in (
                ("primary completion", course.steps[0].standing.primary_completion, now.primary_completion),
                ("completion", course.steps[0].standing.completion, now.completion),
                ("enrolment", course.steps[0].standing.enrollment, now.enrollment),
            )
            if first is not None and last is not None
        ),
    ]
    if course.gaps:
        said_.append(f"not known over {len(course.gaps)} {'gap' if len(course.gaps) == 1 else 'gaps'}")
    return "; ".join(said_) + ". The same as a table follows."


def _planned(value: Dated | None) -> date | None:
    """A date known to its month or year only stands on its last possible day, as everywhere here."""
    known = partial(value.date) if value is not None else None
    return None if known is None else known.last


def _day(text: str) -> date:
    return date.fromisoformat(text)
