"""What programs follow: feeds and calendars, from a request to their functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from monitor.web.answers import Answer
from monitor.web.calendar import asked as calendar
from monitor.web.feeds import asked as feeds
from monitor.web.reading import Reading
from monitor.web.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    root: Callable[[Request], str]  # the whole address of our pages, without a slash at its end
    setting: Callable[[], Setting]

    def feed_of_all(self, request: Request, reader: Reading) -> Answer:
        asked, query = request.path_params, request.query_params
        return feeds.of_everything(
            reader, asked["format"], query, root=self.root(request), setting=self.setting()
        )

    def feed_of_watch(self, request: Request, reader: Reading) -> Answer:
        asked, query = request.path_params, request.query_params
        return feeds.of_watch(
            reader, asked["watch"], asked["format"], query, root=self.root(request), setting=self.setting()
        )

    def feed_of_trial(self, request: Request, reader: Reading, registry: str, trial: str) -> Answer:
        format, query = request.path_params["format"], request.query_params
        return feeds.of_trial(
            reader, registry, trial, format, query, root=self.root(request), setting=self.setting()
        )

    def calendar_of_watch(self, request: Request, reader: Reading) -> Answer:
        name, query = request.path_params["watch"], request.query_params
        return calendar.of_watch(reader, name, query, root=self.root(request), setting=self.setting())

    def calendar_of_trial(self, request: Request, reader: Reading, registry: str, trial: str) -> Answer:
        query = request.query_params
        return calendar.of_trial(
            reader, registry, trial, query, root=self.root(request), setting=self.setting()
        )
