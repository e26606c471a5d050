"""A target that Apprise knows: at least once. Nobody can be asked whether a message arrived there.

One target a notifier: what one target took is then never sent to it again because another did not, and each waits,
is paused and is looked at by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from notifiers.extras import how_to_install
from notifiers.http.deadline import Deadline, Sending
from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace, WrongSettings
from notifiers.secret import Secret

if TYPE_CHECKING:
    from notifiers.apprise.service import Service

DEADLINE = 60.0  # seconds, of a whole attempt: Apprise's own are of each read


class AppriseNotifier:
    type = "apprise"
    holds_many = True
    repeats_are_dropped = False
    reconcile_after: timedelta | None = None

    def __init__(self, *, name: str, url: Secret, deadline: float = DEADLINE) -> None:
        """url: one target, as https://appriseit.com/services/ has them. Raises WrongSettings without the package."""
        if find_spec("apprise") is None:
            raise WrongSettings(
                f"notifier `{name}`: the package apprise is not installed", hint=how_to_install("apprise")
            )
        self.name = name
        self._url = url
        self._deadline = Deadline(deadline, name=f"apprise-{name}")
        self._made: Service | str | None = None  # or why there is none
        self._closed = False

    def __repr__(self) -> str:
        return f"AppriseNotifier(name={self.name!r})"

    @property
    def pace(self) -> timedelta:
        service = self._service()
        return timedelta(seconds=0 if isinstance(service, str) else service.seconds_between)

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        from notifiers.plain import plain_text, plain_title

        self._open()
        service = self._service()
        if isinstance(service, str):
            return Outcome(result=Result.CHANNEL_REFUSES, reason=service)
        title_room, body_room = service.room
        title = plain_title(message, room=title_room, weigh=service.weigh)
        body = plain_text(
            message, possible_repeat=placement.possible_repeat, room=body_room, weigh=service.weigh
        )

        def work(sending: Sending) -> Outcome:
            sending.begin()  # how far it gets is not to be seen from here
            said = service.send(title, body, message.level)
            return Outcome(result=said.result, reason=said.reason, remote={"service": service.name})

        try:
            outcome: Outcome = self._deadline.run(work)
        except TimeoutError as error:
            self._made = None  # its thread goes on with this one
            return Outcome(result=Result.UNKNOWN, reason=f"{service.name}: {error}")
        if outcome.result is Result.SENT:
            return outcome
        return Outcome(result=outcome.result, reason=f"{service.name}: {outcome.reason}")

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        self._open()
        return Trace(found=Found.CANNOT_TELL, reason="what Apprise sent cannot be read back")

    def check(self) -> list[tuple[bool, str]]:
        self._open()
        service = self._service()
        if isinstance(service, str):
            return [(False, f"apprise: {service}")]
        return [
            (
                True,
                f"apprise: {service.name}; whether it takes messages only one tells: `trialbell notify {self.name}`",
            )
        ]

    def mended(self) -> bool:
        """Only a message tells."""
        return False

    def close(self) -> None:
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")

    def _service(self) -> Service | str:
        if self._made is None:
            from notifiers.apprise.service import NoService, Service

            try:
                self._made = Service(self._url)
            except NoService as none:
                self._made = str(none)
        return self._made
