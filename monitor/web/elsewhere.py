"""Short addresses that lead to the true ones: `/NCT07146087`, `/study/NCT07146087`. Tried last."""

from __future__ import annotations

from monitor import addresses
from monitor.web.address import Address, Asked
from monitor.web.answers import Answer, Elsewhere, NoSuchPage
from monitor.web.sources import named


def _by_id(asked: Asked) -> Answer:
    text = asked.path["text"]
    if text == "ctgov":
        return Elsewhere(path="/trials", permanent=True)
    found = named(text)
    if found is None:
        raise NoSuchPage("no page of ours has this address")
    return Elsewhere(path=addresses.trial(*found), permanent=True)


LAST = tuple(
    Address(
        path=path,
        name=name,
        summary="Sends an id on to the page of its trial",
        work=_by_id,
        sends_on=308,
        answers=False,
    )
    for path, name in (
        ("/trials/{text}", "trial_by_id"),
        ("/study/{text}", "study_by_id"),
        ("/{text}", "by_id"),
    )
)
