"""The pages of fields: one through time, and which of a trial's ever changed."""

from __future__ import annotations

from typing import Any

from monitor import addresses
from monitor.field_course import Step
from monitor.web import filters
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Elsewhere, NoSuchPage, Page
from monitor.web.compare.marks import is_personal, summary_of
from monitor.web.compare.shapes import as_text
from monitor.web.drawing.blocks import shown_text
from monitor.web.drawing.names import number_of
from monitor.web.field.changed import changed_fields
from monitor.web.field.drawing import MAX_MEMBERS, choosing, drawn, page_size, paged
from monitor.web.field.members import Member
from monitor.web.field.reading import Read, read
from monitor.web.field.shapes import ChangedField, FieldCourse, MemberTimes, ValueChange, ValueRow
from monitor.web.finding import found_trial
from monitor.web.record.remainder import without_staff
from monitor.web.shapes import Listed
from snapshots.fields import Field, table


def one_field(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/field/{slug}`."""
    registry, trial, slug = asked.registry, asked.trial, asked.path["field"]
    filters.check_field(slug)
    held = found_trial(asked.reader, registry, trial)
    field = table(registry).field(slug)
    assert field is not None
    found = read(asked.reader, registry, trial, field)
    newest_first = found.steps[::-1]
    size = page_size(field)
    page = _page(asked.query.get("page", ""), -(-len(newest_first) // size))
    shown = newest_first[(page - 1) * size : page * size]
    more = len(newest_first) > page * size
    path = addresses.field(registry, trial, slug)
    values: dict[str, Any] = {}
    if asked.format == "html":
        values = {
            "here": "trials",
            "trial": trial,
            "trial_href": addresses.trial(registry, trial),
            "fields_href": addresses.fields(registry, trial),
            "title": held.title,
            "source": asked.setting.source(registry).line(found.newest.ref.build),
            "made_of": _made_of(registry, trial, slug),
            "choosing": choosing(changed_fields(asked.reader.database, registry, trial)),
            **drawn(registry, trial, found, shown, page=page, more=more),
        }
    return Page(
        template="field.html",
        path=path,
        values=values,
        data=lambda: _course(registry, trial, found, shown, next=_next(path, page) if more else None),
        rows=lambda: [_row(_change(one)) for one in shown],
    )


def _made_of(registry: str, trial: str, slug: str) -> list[tuple[str, str]]:
    """Labels and addresses of the fields that a field is made of: what changed in them is told as theirs."""
    fields = table(registry)
    parts = [one for slug in fields.within(slug)[1:] if (one := fields.field(slug))]
    return [(one.label, addresses.field(registry, trial, one.slug)) for one in parts]


def all_fields(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/field`: which ever changed; with a field in the query, on to it."""
    registry, trial = asked.registry, asked.trial
    if slug := asked.query.get("field", "").strip():
        filters.check_field(slug)
        return Elsewhere(path=addresses.field(registry, trial, slug))
    held = found_trial(asked.reader, registry, trial)
    found = changed_fields(asked.reader.database, registry, trial)
    told = [
        ChangedField(
            field=one.slug,
            label=one.label,
            times=one.times,
            first=one.first,
            last=one.last,
            severity=one.severity.value,
        )
        for one in found
    ]
    return Page(
        template="fields.html",
        path=addresses.fields(registry, trial),
        values={
            "here": "trials",
            "trial": trial,
            "trial_href": addresses.trial(registry, trial),
            "fields_href": addresses.fields(registry, trial),
            "title": held.title,
            "source": asked.setting.source(registry).line(None),
            "changed": [(one, addresses.field(registry, trial, one.slug)) for one in found],
            "choosing": choosing(found),
        },
        data=lambda: Listed(items=told, next=None),
        rows=lambda: told,
    )


def _page(text: str, pages: int) -> int:
    last = max(1, pages)
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0):
        raise BadQuestion(f"a page is a number from 1 on: `{text[:60]}`")
    if int(text) > last:
        raise NoSuchPage(f"there is no page {int(text)}: the last is {last}")
    return int(text)


def _next(path: str, page: int) -> str:
    return f"{path}.json{paged(page + 1)}"


def _course(
    registry: str, trial: str, found: Read, shown: tuple[Step, ...], *, next: str | None
) -> FieldCourse:
    field = found.field
    return FieldCourse(
        registry=registry,
        trial=trial,
        field=field.slug,
        label=field.label,
        kind=field.kind.value,
        now=_told(field, found.now),
        first_day=found.first_day,
        first=_told(field, found.first),
        changes=found.count,
        unread=found.unread,
        items=[_change(one) for one in shown],
        members=None if found.members is None else [_times(one) for one in found.members[:MAX_MEMBERS]],
        next=next,
    )


def _told(field: Field, value: Any) -> Any:
    return None if field.rule == "people" else without_staff(value)


def _change(step: Step) -> ValueChange:
    change = step.change
    hidden = change is not None and is_personal(change)
    return ValueChange(
        day=step.day,
        seen=step.seen,
        event=step.event.id if step.event else None,
        from_version=number_of(step.from_) if step.from_ else None,
        to_version=number_of(step.to) if step.to else None,
        action=change.action.value if change else None,
        item=None if change is None or hidden else without_staff(change.item),
        before=None if change is None or hidden else without_staff(change.before),
        after=None if change is None or hidden else without_staff(change.after),
        severity=change.severity.value if change else None,
        summary=None if change is None else summary_of(change) + step.beside,
    )


def _row(one: ValueChange) -> ValueRow:
    return ValueRow(
        day=one.day,
        seen=one.seen,
        event=one.event,
        from_version=one.from_version,
        to_version=one.to_version,
        action=one.action,
        item=one.item,
        before=as_text(one.before),
        after=as_text(one.after),
        severity=one.severity,
        summary=one.summary,
    )


def _times(one: Member) -> MemberTimes:
    return MemberTimes(
        name=shown_text(one.name),
        since=one.since,
        until=one.until,
        edited=[step.day or "" for step in one.edits],
        known=one.known,
    )
