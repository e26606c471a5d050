"""The key dates of trials as a calendar to subscribe to: `key_dates` reads a record, `asked` chooses and bounds,
`ics` writes and is the only home of icalendar.

A date is one event for as long as the record has it: its UID is made of the trial and the kind of date, so that it
moves where the date moves. SEQUENCE is the number of the version that says so, which only rises; DTSTAMP is when we saw
that version. What the record has no more is left out, and subscribers let go of it; a withdrawn study keeps its dates,
as cancelled.
"""
