"""An example or more of every address that answers people, for what all pages must be: inert, narrow, readable.

`test_every_address_has_an_example` sees to it that a new page is looked at too.
"""

from __future__ import annotations

from doubles.web_history import TRIAL

AT = f"/trials/ctgov/{TRIAL}"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "lately": ("/", "/?severity=noise"),
    "event": ("/events/4",),
    "trials": ("/trials", "/trials?q=exosomes"),
    "trial": (AT,),
    "version": (f"{AT}/versions/5",),
    "as_of": (f"{AT}/on/2026-11-23",),
    "compare": (f"{AT}/compare/1...5", f"{AT}/compare/4...5", f"{AT}/compare/5...1"),
    "state": ("/state",),
    "api": ("/api",),
}

PAGES = tuple(path for paths in EXAMPLES.values() for path in paths)
