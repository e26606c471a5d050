"""What programs follow: the addresses of feeds and calendars."""

from __future__ import annotations

from monitor.web.address import Address, Asked
from monitor.web.answers import Answer
from monitor.web.calendar import asked as calendar
from monitor.web.feeds import asked as feeds
from monitor.web.feeds import atom, json_feed

_FEEDS = (atom.MEDIA_TYPE, json_feed.MEDIA_TYPE)
_CALENDAR = ("text/calendar",)


def _feed_of_all(asked: Asked) -> Answer:
    return feeds.of_everything(
        asked.reader, asked.path["format"], asked.query, root=asked.root, setting=asked.setting
    )


def _feed_of_watch(asked: Asked) -> Answer:
    name, format = asked.path["watch"], asked.path["format"]
    return feeds.of_watch(asked.reader, name, format, asked.query, root=asked.root, setting=asked.setting)


def _feed_of_trial(asked: Asked) -> Answer:
    return feeds.of_trial(
        asked.reader,
        asked.registry,
        asked.trial,
        asked.path["format"],
        asked.query,
        root=asked.root,
        setting=asked.setting,
    )


def _calendar_of_watch(asked: Asked) -> Answer:
    name = asked.path["watch"]
    return calendar.of_watch(asked.reader, name, asked.query, root=asked.root, setting=asked.setting)


def _calendar_of_trial(asked: Asked) -> Answer:
    return calendar.of_trial(
        asked.reader, asked.registry, asked.trial, asked.query, root=asked.root, setting=asked.setting
    )


ADDRESSES = (
    Address(
        path="/feed.{format}",
        name="feed",
        summary="Feed of what changed in all trials",
        work=_feed_of_all,
        parameters=feeds.PARAMETERS,
        documents=_FEEDS,
    ),
    Address(
        path="/watches/{watch:path}/feed.{format}",
        name="feed_of_watch",
        summary="Feed of what changed in a watch's trials",
        work=_feed_of_watch,
        parameters=feeds.PARAMETERS,
        documents=_FEEDS,
    ),
    Address(
        path="/trials/{registry}/{trial}/feed.{format}",
        name="feed_of_trial",
        summary="Feed of what changed in a trial",
        work=_feed_of_trial,
        parameters=feeds.PARAMETERS,
        documents=_FEEDS,
    ),
    Address(
        path="/watches/{watch:path}/calendar.ics",
        name="calendar_of_watch",
        summary="Key dates of a watch's trials",
        work=_calendar_of_watch,
        documents=_CALENDAR,
    ),
    Address(
        path="/trials/{registry}/{trial}/calendar.ics",
        name="calendar_of_trial",
        summary="Key dates of a trial",
        work=_calendar_of_trial,
        documents=_CALENDAR,
    ),
)
