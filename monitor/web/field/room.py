"""Addresses of fields through time."""

from __future__ import annotations

from monitor.web.address import Address, Parameter
from monitor.web.field.shapes import ChangedField, FieldCourse, ValueRow
from monitor.web.field.through_time import all_fields, one_field
from monitor.web.shapes import Listed

ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/field",
        name="changed_fields",
        summary="Which fields of a trial ever changed",
        work=all_fields,
        parameters=(Parameter(name="field", description="Slug of a field: sends on to it through time"),),
        data=Listed[ChangedField],
        rows=ChangedField,
    ),
    Address(
        path="/trials/{registry}/{trial}/field/{field}",
        name="field",
        summary="One field of a trial through time, the newest change first",
        work=one_field,
        parameters=(
            Parameter(
                name="page",
                description="Page of the changes, from 1",
                schema={"type": "string", "pattern": "^[1-9][0-9]{0,4}$"},
            ),
        ),
        data=FieldCourse,
        rows=ValueRow,
    ),
)
