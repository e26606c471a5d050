"""Certificates of delay and notices of violations."""

from __future__ import annotations

from doubles.readings.edits import put
from doubles.readings.reading import case, told
from doubles.readings.results import between, nothing

# Certificate of delay.
STATUS = "statusModule."


def cert(rec, qc=None, post=None, type_="ACTUAL"):
    put(rec, STATUS + "dispFirstSubmitDate", "2026-05-11")
    if qc:
        put(rec, STATUS + "dispFirstSubmitQcDate", qc)
    if post:
        put(rec, STATUS + "dispFirstPostDateStruct", {"date": post, "type": type_})


CERTIFICATE = ("certif", "delay")
LATER = (
    told(
        "certificate-of-delay-qc added|removed minor compliance",
        [CERTIFICATE, "2026-05-12"],
        "Certificate of delay: through quality control on 2026-05-12",
        optional=True,
    ),
    told(
        "certificate-of-delay-posted added|removed minor compliance",
        [CERTIFICATE, "2026-05-14"],
        "Certificate of delay: posted on 2026-05-14",
        optional=True,
    ),
)
case(
    "certificate of delay",
    between(nothing, lambda r: cert(r, "2026-05-12", "2026-05-14", "ESTIMATED"), stay=False),
    [
        told(
            "certificate-of-delay added|edited major results compliance",
            [CERTIFICATE, "2026-05-11"],
            "Certificate of delay filed on 2026-05-11: results may come up to two years later",
        ),
        *LATER,
    ],
    "major row; never bookkeeping; the later dates are changes of their own, minor",
    headline_says=[CERTIFICATE],
)
case(
    "certificate of delay, submitted alone",
    between(nothing, cert, stay=False),
    told(
        "certificate-of-delay added|edited major results compliance",
        [CERTIFICATE, "2026-05-11"],
        "Certificate of delay filed on 2026-05-11",
    ),
    "major row",
    headline_says=[CERTIFICATE],
)
case.quiet(
    "type of the certificate's post date",
    between(
        lambda r: cert(r, "2026-05-12", "2026-05-14", "ESTIMATED"),
        lambda r: cert(r, "2026-05-12", "2026-05-14"),
    ),
    "noise: the type of any post date, this one's too",
)
case(
    "certificate of delay taken out",
    between(lambda r: cert(r, "2026-05-12", "2026-05-14"), nothing, stay=False),
    [
        told(
            "certificate-of-delay removed|edited|added major results compliance",
            [CERTIFICATE],
            "The certificate of delay of 2026-05-11 was taken out",
        ),
        *LATER,
    ],
    "the dispFirst… dates are never bookkeeping",
    headline_says=[CERTIFICATE],
)


case(
    "certificate gets its post date a build later",
    between(cert, lambda r: cert(r, "2026-05-12", "2026-05-14", "ESTIMATED")),
    [
        told(
            "certificate-of-delay-posted added minor results compliance",
            [CERTIFICATE, "2026-05-14"],
            "The certificate of delay of 2026-05-11 was posted on 2026-05-14",
        ),
        LATER[0],
    ],
    "the dispFirst… dates are never bookkeeping",
    headline_says=[CERTIFICATE],
    doubtful="severity of the certificate's later dates",
)


# Violations.
def violation(rec, *evs):
    put(
        rec,
        "annotationSection.annotationModule.violationAnnotation",
        {
            "violationEvents": [
                {
                    "type": t,
                    "description": text,
                    "creationDate": d,
                    "issuedDate": d,
                    "releaseDate": d,
                    "postedDate": d,
                }
                for t, d, text in evs
            ]
        },
    )


NOTICE = (
    "VIOLATION_IDENTIFIED",
    "2026-07-09",
    "Failure to submit: the entity did not submit required clinical trial results information",
)
CORRECTION = ("CORRECTION_CONFIRMED", "2026-09-17", "The entity corrected the violation")
PENALTY = ("PENALTY_IMPOSED", "2026-09-17", "FDA imposed a civil money penalty of 20,000 dollars")


def violation_case(name, before, after, head, says, sentence, why, *, doubtful=None):
    case(
        name,
        between(before, after),
        told(f"violations {head} compliance", says, sentence),
        why,
        headline_says=says[:1],
        doubtful=doubtful,
    )


violation_case(
    "violation notice",
    nothing,
    lambda r: violation(r, NOTICE),
    "added|edited critical",
    [("violation",), "2026-07-09"],
    "FDAAA violation notice of 2026-07-09: required results were not submitted",
    "critical row: an FDAAA violation notice",
)
violation_case(
    "violation corrected",
    lambda r: violation(r, NOTICE),
    lambda r: violation(r, NOTICE, CORRECTION),
    "added|edited critical|major|minor",
    [("correct",), "2026-09-17"],
    "FDAAA violation: correction confirmed on 2026-09-17",
    "the other events of the notice",
    doubtful="severity of a confirmed correction: it is no notice of a violation",
)
violation_case(
    "penalty imposed",
    lambda r: violation(r, NOTICE),
    lambda r: violation(r, NOTICE, PENALTY),
    "added|edited critical",
    [("penalty",), "2026-09-17"],
    "FDAAA violation: civil money penalty imposed on 2026-09-17",
    "worse than the notice: critical",
)
case.quiet(
    "violation events in another order",
    between(lambda r: violation(r, NOTICE, CORRECTION), lambda r: violation(r, CORRECTION, NOTICE)),
    "events by type and date; order means nothing",
)
case(
    "violation flag in the oversight module",
    between(nothing, lambda r: put(r, "oversightModule.fdaaa801Violation", True)),
    told(
        "violations|fdaaa801-violation added|changed critical|major|minor compliance",
        [("violat",)],
        "The record is now marked as violating FDAAA 801",
    ),
    "critical row: an FDAAA violation notice; the flag says the same",
    headline_says=[("violat", "FDAAA")],
    doubtful="the flag's own slug and severity",
)
