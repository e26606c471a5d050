"""Results posted, taken down, submitted, returned, withdrawn."""

from __future__ import annotations

from doubles.readings.edits import ended, events, posted, put, tracking, unmoved
from doubles.readings.reading import case, told

SUBMITTED = ("submitted", "submission", "went to", "sent to")
RETURNED = ("returned", "sent back", "came back", "quality control")
DOWN = ("taken down", "removed", "withdrawn", "no longer", "gone")


def between(f, g, stay=True):
    def run(old, new):
        ended(old)
        ended(new)
        if stay:
            unmoved(old, new)
        f(old)
        g(new)

    return run


CONTENT_ADDED = told(
    "results added critical|major|minor results", [], "The results section was added", optional=True
)
CONTENT_GONE = told(
    "results removed critical|major|minor results", [], "The results section was removed", optional=True
)


# Posted, taken down, edited.
case(
    "results posted",
    between(lambda r: None, posted, stay=False),
    [
        told(
            "has-results changed|added|removed critical results",
            ["results", ("posted", "published", "public")],
            "Results posted",
        ),
        CONTENT_ADDED,
    ],
    "critical row: results posted; the resultsFirst… dates are told with it",
    headline_says=["results", ("posted", "published")],
)
case(
    "results taken down",
    between(posted, lambda r: None, stay=False),
    [
        told(
            "has-results changed|added|removed critical results !stopped",
            ["results", DOWN],
            "Results taken down: the posted results are no longer public",
        ),
        CONTENT_GONE,
    ],
    "critical row: results taken down",
    headline_says=["results", DOWN],
)


def _value(rec):
    posted(rec)
    put(
        rec,
        "resultsSection.outcomeMeasuresModule.outcomeMeasures.0.classes.0.categories.0.measurements.0.value",
        "40.2",
    )


def _group(rec):
    posted(rec)
    put(rec, "resultsSection.participantFlowModule.groups.1.title", "Placebo plus mycophenolate mofetil")


case(
    "a number in the posted results changes",
    between(posted, _value),
    told(
        "results edited minor|major results",
        ["result"],
        "Posted results changed: complete renal response with torvalimab 300 mg is 40.2, no longer 41.7",
    ),
    "the content of a results section has its own slug",
    headline_says=["result"],
    doubtful="severity of an edit in posted results",
)
case(
    "a group in the posted results is named otherwise",
    between(posted, _group),
    told(
        "results edited minor|major results",
        ["result"],
        "Posted results changed: the placebo group is described more fully",
    ),
    "the content of a results section",
    headline_says=["result"],
    doubtful="severity of an edit in posted results",
)
case.quiet(
    "type of the results' post date",
    between(
        posted, lambda r: (posted(r), put(r, "statusModule.resultsFirstPostDateStruct.type", "ESTIMATED"))
    ),
    "noise: the type of any post date",
)


# Submissions.
FIRST = {"releaseDate": "2026-03-20"}
FIRST_RETURNED = {"releaseDate": "2026-03-20", "resetDate": "2026-04-17"}
SECOND = {"releaseDate": "2026-06-05"}


def first(rec):
    events(rec, ("RELEASE", "2026-03-20"))
    tracking(rec, FIRST)


def first_hidden(rec):
    tracking(rec, FIRST)


def returned(rec):
    events(rec, ("RELEASE", "2026-03-20"), ("RESET", "2026-04-17"))
    tracking(rec, FIRST_RETURNED)


def second_hidden(rec):
    events(rec, ("RELEASE", "2026-03-20"), ("RESET", "2026-04-17"))
    tracking(rec, FIRST_RETURNED, SECOND)


def second(rec):
    events(rec, ("RELEASE", "2026-03-20"), ("RESET", "2026-04-17"), ("RELEASE", "2026-06-05"))
    tracking(rec, FIRST_RETURNED, SECOND)


def unreleased(rec):
    events(rec, ("RELEASE", "2026-03-20"), ("UNRELEASE", "2026-03-27"))
    tracking(rec, {"releaseDate": "2026-03-20", "unreleaseDate": "2026-03-27"})


def unreleased_unknown(rec):
    events(rec, ("RELEASE", "2026-03-20"), ("UNRELEASE", None))
    tracking(rec, {"releaseDate": "2026-03-20", "unreleaseDateUnknown": True})


def submission_case(
    name, before, after, says, sentence, why, item, *, never=(), head="added|edited major results"
):
    case(
        name,
        between(before, after),
        told(f"results-submission {head}", says, sentence, item=item, never=never),
        why,
        headline_says=["results"],
    )


def nothing(rec):
    pass


submission_case(
    "results submitted",
    nothing,
    first,
    ["results", SUBMITTED, "2026-03-20"],
    "Results submitted to quality control on 2026-03-20; nothing is public yet",
    "major row: results submitted; two places, one change; no post date moves",
    "submission of 2026-03-20",
    never=["posted on"],
)
submission_case(
    "results submitted, only the derived section shows it",
    nothing,
    first_hidden,
    ["results", SUBMITTED, "2026-03-20"],
    "Results submitted to quality control on 2026-03-20",
    "submissionTracking is not noise: told when the first of the two shows it",
    "submission of 2026-03-20",
)
case.quiet(
    "the annotation section catches up",
    between(first_hidden, first),
    "told already: one change, when the first of the two shows it",
)
case(
    "the annotation shows it, the derived section not yet",
    between(nothing, lambda r: events(r, ("RELEASE", "2026-03-20"))),
    told(
        "results-submission added|edited major results",
        ["results", SUBMITTED, "2026-03-20"],
        "Results submitted to quality control on 2026-03-20",
        item="submission of 2026-03-20",
    ),
    "the first of the two, the other way round",
    headline_says=["results"],
)
submission_case(
    "results returned by quality control",
    first,
    returned,
    ["results", RETURNED, "2026-04-17"],
    "Results of 2026-03-20 returned by quality control on 2026-04-17",
    "major row: returned",
    "submission of 2026-03-20",
    never=["taken down"],
)
submission_case(
    "returned, while the annotation had not shown the submission",
    first_hidden,
    returned,
    ["results", RETURNED, "2026-04-17"],
    "Results of 2026-03-20 returned by quality control on 2026-04-17",
    "the submission itself is no news again",
    "submission of 2026-03-20",
)
submission_case(
    "results submitted a second time",
    returned,
    second_hidden,
    ["results", (*SUBMITTED, "again"), "2026-06-05", ("again", "second", "2nd", "resubmitted")],
    "Results submitted again on 2026-06-05, after one return",
    "submitted again",
    "submission of 2026-06-05",
)
case.quiet("the second submission reaches the annotation", between(second_hidden, second), "told already")
submission_case(
    "results withdrawn before posting",
    first,
    unreleased,
    ["results", ("withdrawn", "withdrew", "cancelled", "canceled", "taken back"), "2026-03-27"],
    "Submitted results withdrawn on 2026-03-27, before posting",
    "major row: withdrawn before posting",
    "submission of 2026-03-20",
    head="added|edited major results !stopped",
)
submission_case(
    "results withdrawn on an unknown day",
    first,
    unreleased_unknown,
    ["results", ("withdrawn", "withdrew", "cancelled", "canceled", "taken back")],
    "Submitted results withdrawn before posting, on a day not given",
    "withdrawn on an unknown day counts as withdrawn",
    "submission of 2026-03-20",
)


def _posted_after(old, new):
    ended(old)
    ended(new)
    second(old)
    posted(new)
    put(new, "statusModule.resultsFirstSubmitDate", "2026-03-20")


case(
    "submitted results get posted, the annotation goes",
    _posted_after,
    [
        told(
            "has-results changed|added|removed critical results",
            ["results", ("posted", "published", "public")],
            "Results posted",
        ),
        CONTENT_ADDED,
        told(
            "results-submission removed major|minor|noise results",
            [],
            "The submission is no longer pending",
            optional=True,
        ),
    ],
    "posting ends the submission: nothing was withdrawn",
    headline="Results posted, seven months after their first submission",
    headline_says=["results", ("posted", "published")],
    headline_never=["withdrawn", "taken down"],
)
