"""An example or more of every address that answers people, for what all pages must be: inert, narrow, readable.

`test_every_address_has_an_example` sees to it that a new page is looked at too.
"""

from __future__ import annotations

from doubles.web_history import OTHER, TRIAL

AT = f"/trials/ctgov/{TRIAL}"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "today": ("/", "/?severity=noise", "/?since=0", "/?since=2026-11-20&country=Poland&status=suspended"),
    "event": ("/events/4",),
    "trials": ("/trials", "/trials?status=recruiting"),
    "search": ("/search", "/search?q=exosomes", "/search?q=supply&in=changes", "/search?q=aspirin"),
    "trial": (AT,),
    "version": (f"{AT}/versions/5",),
    "evidence": (f"{AT}/versions/5/evidence",),
    "related": (f"{AT}/related",),
    "ledger": ("/ledger", "/ledger?from=3"),
    "as_of": (f"{AT}/on/2026-11-23",),
    "compare": (
        *(f"{AT}/compare/{one}" for one in ("1...5", "4...5", "5...1")),
        *(f"{AT}/compare/1...5?{one}" for one in ("view=unified", "show=all", "view=unified&show=all")),
    ),
    "compare_trials": ("/compare", f"/compare?a={TRIAL}&a_at=3"),
    "two_trials": tuple(
        f"/compare/ctgov/{TRIAL}@5...{OTHER}@1{query}" for query in ("", "?show=all", "?view=unified")
    ),
    "changed_fields": (f"{AT}/field",),
    "field": tuple(
        f"{AT}/field/{one}" for one in ("enrollment", "primary-outcomes", "eligibility-criteria", "phase")
    ),
    "health": ("/health",),
    "deliveries": ("/deliveries", "/deliveries?of=notices"),
    "watches": ("/watches",),
    "watch": ("/watches/MSC%20exosomes", "/watches/MSC%20exosomes?status=SUSPENDED"),
    "sites_of_trial": (f"{AT}/sites",),
    "sites_of_watch": ("/watches/MSC%20exosomes/sites",),
    "api": ("/api",),
}
PAGES = tuple(path for paths in EXAMPLES.values() for path in paths)
# What is not there, with what is near it; what is asked wrongly, with what to do instead.
REFUSED = {
    "/nothing": 404,
    "/events/999": 404,
    f"{AT}/versions/99": 404,
    f"/trials/ctgov/{OTHER[:-1]}9": 404,
    "/watches/MSC": 404,
    "/?severity=loud": 400,
    "/search?status=x": 400,
    f"{AT}/on/2026-13-45": 400,
    f"{AT}/field/enrolment": 400,
}
