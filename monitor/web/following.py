"""What programs follow: the addresses of feeds and calendars."""

from __future__ import annotations

from monitor.web.address import Address
from monitor.web.calendar import asked as calendar
from monitor.web.feeds import asked as feeds
from monitor.web.feeds import atom, json_feed

_FEEDS = (atom.MEDIA_TYPE, json_feed.MEDIA_TYPE)
_CALENDAR = ("text/calendar",)

ADDRESSES = (
    Address(
        path="/feed.{format}",
        name="feed",
        summary="Feed of what changed in all trials",
        work=feeds.of_everything,
        parameters=feeds.PARAMETERS,
        documents=_FEEDS,
    ),
    Address(
        path="/watches/{watch:path}/feed.{format}",
        name="feed_of_watch",
        summary="Feed of what changed in a watch's trials",
        work=feeds.of_watch,
        parameters=feeds.PARAMETERS,
        documents=_FEEDS,
    ),
    Address(
        path="/trials/{registry}/{trial}/feed.{format}",
        name="feed_of_trial",
        summary="Feed of what changed in a trial",
        work=feeds.of_trial,
        parameters=feeds.PARAMETERS,
        documents=_FEEDS,
    ),
    Address(
        path="/watches/{watch:path}/calendar.ics",
        name="calendar_of_watch",
        summary="Key dates of a watch's trials",
        work=calendar.of_watch,
        documents=_CALENDAR,
    ),
    Address(
        path="/trials/{registry}/{trial}/calendar.ics",
        name="calendar_of_trial",
        summary="Key dates of a trial",
        work=calendar.of_trial,
        documents=_CALENDAR,
    ),
)
