"""Results that are posted, or taken down, with what they hold."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import turn
from doubles.posted_results import measure, measures, numbers, post, unposted

case = Cases()


@case(
    "results posted with one primary outcome",
    told("has-results", "critical", "Results posted: Overall survival, median 14.2 vs 11.9 months, p = 0.06"),
    told(
        "results",
        "major",
        (
            "298 participants started, 270 completed",
            "primary outcome Overall survival: median Zorvanib 10 mg 14.2, Placebo 11.9 months, p = 0.06",
            "2 other measures",
            "serious adverse events: Zorvanib 10 mg 12 of 150, Placebo 8 of 148",
            "deaths: Zorvanib 10 mg 2 of 150, Placebo 1 of 148",
        ),
    ),
    headline="Results posted: Overall survival, median 14.2 vs 11.9 months, p = 0.06",
)
def _(old, new):
    post(new)


@case(
    "results posted with two primary outcomes",
    told("has-results", "critical", "11.9 months, p = 0.06; 1 more primary outcome"),
    told("results", "major", "primary outcome Pain: median Zorvanib 10 mg 12.3"),
)
def _(old, new):
    post(new)
    measures(new).append(measure("Pain", "PRIMARY"))


@case(
    "results posted without those of the primary outcome",
    told("has-results", "critical", ("Results posted without the primary outcome, Pain", "!vs")),
    told("results", "major", "primary outcome Pain: not posted yet"),
)
def _(old, new):
    post(new)
    measures(new)[0] = unposted("Pain", "PRIMARY")


@case(
    "results posted, nobody analysed",
    told("has-results", "critical", "Results posted: nobody analysed for Overall survival"),
    told("results", "major", "nobody analysed"),
)
def _(old, new):
    post(new)
    measures(new)[0]["denoms"][0]["counts"] = numbers("OG", "0", "0")
    del measures(new)[0]["classes"], measures(new)[0]["analyses"]


@case(
    "results posted with several values a group",
    told("has-results", "critical", ("Results posted on Overall survival", "!vs", "!p =")),
    told("results", "major", "Overall survival: 4 values"),
)
def _(old, new):
    post(new)
    measures(new)[0]["classes"] *= 2


@case(
    "results posted with a p-value for non-inferiority, and two tests",
    told("has-results", "critical", ("p < 0.001 for non-inferiority", "1 more")),
    told("results", "major", ("!p =", "Pain")),
    only=False,
)
def _(old, new):
    post(new)
    measures(new)[0]["analyses"][0].update(pValue="<0.001", nonInferiorityType="NON_INFERIORITY")
    measures(new).append(measure("Pain", "PRIMARY", p="0.04"))
    measures(new)[-1]["analyses"] *= 2


@case(
    "results posted as counts of participants",
    told("has-results", "critical", "Relapse, 45 of 150 vs 30 of 148 participants"),
    told("results", "major", "Relapse: Zorvanib 10 mg 45, Placebo 30 participants"),
)
def _(old, new):
    post(new)
    measures(new)[0] = measure(
        "Relapse", "PRIMARY", ("45", "30"), paramType="COUNT_OF_PARTICIPANTS", unitOfMeasure="Participants"
    )


@case("results taken down with all that they held", told("has-results", "critical", "taken down"), only=False)
def _(old, new):
    post(old)


@case(
    "results posted with a one-sided test, of a number of participants",
    told("has-results", "critical", ("Relapse, 69 vs 95 participants, p = 0.0044 (one-sided)", "!number of")),
    told("results", "major", ("Placebo 95 participants, p = 0.0044 (one-sided)", "!number of")),
)
def _(old, new):
    post(new)
    measures(new)[0] = measure(
        "Relapse",
        "PRIMARY",
        ("69", "95"),
        "0.0044",
        paramType="NUMBER",
        unitOfMeasure="Number of Participants",
    )
    measures(new)[0]["analyses"][0]["pValueComment"] = "One-sided, stratified"


@case(
    "results posted with a test that is one-sided and two-sided",
    told("has-results", "critical", ("p = 0.06", "!sided")),
    told("results", "major"),
)
def _(old, new):
    post(new)
    measures(new)[0]["analyses"][0]["pValueComment"] = "two-sided; the one-sided one was planned"


@case(
    "results posted while the study is under way: nobody completed it",
    told("has-results", "critical", "posted"),
    told("results", "major", ("298 participants started; primary", "!completed")),
)
def _(old, new):
    post(new)
    completed(new, "0")


@case(
    "results posted of a study in which nobody completed",
    told("has-results", "critical", "posted"),
    told("results", "major", "298 participants started, 0 completed"),
    only=False,
)
def _(old, new):
    turn(old, new, "COMPLETED", "COMPLETED")
    post(new)
    completed(new, "0")


def completed(record, number):
    milestones = record["resultsSection"]["participantFlowModule"]["periods"][0]["milestones"]
    milestones[1]["achievements"] = numbers("FG", number, number, "numSubjects")
