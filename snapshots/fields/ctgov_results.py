"""Results of a ClinicalTrials.gov record: that there are any, what they say, and how they came.

The contents are one field with its modules as pieces: a reader asks which part of the results was edited, not
which of its hundred keys.
"""

from __future__ import annotations

from snapshots.changeset import Kind, Severity
from snapshots.fields import Field
from snapshots.fields.notation import Section

_results = Section("Results", "", ("results",))


def _group(at: str) -> str:
    return f"{at}: id, title, description\n"


def _analysed(at: str) -> str:
    """How many were analysed, by group and unit."""
    return f"""
    {at}: units, counts
    {at}.counts: groupId = group, value
    """


def _classes(at: str) -> str:
    """The table of a measure: rows, categories, and a value for each group."""
    return f"""
    {at}: title, denoms = numbers analysed, categories
    {_analysed(f"{at}.denoms")}
    {at}.categories: title, measurements
    {at}.categories.measurements: groupId = group, value, spread, lowerLimit, upperLimit, comment
    """


def _events(at: str) -> str:
    return f"""
    {at}: term, organSystem, sourceVocabulary, assessmentType, notes, stats = numbers
    {at}.stats: groupId = group, numEvents = events, numAffected = affected, numAtRisk = at risk
    """


_FLOW = "participantFlowModule"
_BASELINE = "baselineCharacteristicsModule"
_MEASURE = "outcomeMeasuresModule.outcomeMeasures"
_ADVERSE = "adverseEventsModule"
_MORE = "moreInfoModule"
_COUNTED = "groupId = group, comment, numSubjects = participants, numUnits = units"
_CONTENTS = f"""
    {_FLOW} = participant flow, {_BASELINE} = baseline characteristics, outcomeMeasuresModule = outcome measures
    {_ADVERSE} = adverse events, {_MORE} = further information

    {_FLOW}: preAssignmentDetails, recruitmentDetails, typeUnitsAnalyzed = type of units, groups, periods
    {_group(f"{_FLOW}.groups")}
    {_FLOW}.periods: title, milestones, dropWithdraws = withdrawals
    {_FLOW}.periods.milestones: type, comment, achievements = numbers
    {_FLOW}.periods.milestones.achievements: {_COUNTED}
    {_FLOW}.periods.dropWithdraws: type, comment, reasons = numbers
    {_FLOW}.periods.dropWithdraws.reasons: {_COUNTED}

    {_BASELINE}: populationDescription, typeUnitsAnalyzed = type of units, groups
    {_BASELINE}: denoms = numbers analysed, measures
    {_group(f"{_BASELINE}.groups")}
    {_analysed(f"{_BASELINE}.denoms")}
    {_BASELINE}.measures: title, description, populationDescription, paramType = type of value
    {_BASELINE}.measures: dispersionType = type of spread, unitOfMeasure = unit, calculatePct = percentages
    {_BASELINE}.measures: denomUnitsSelected = unit analysed, denoms = numbers analysed, classes = rows
    {_analysed(f"{_BASELINE}.measures.denoms")}
    {_classes(f"{_BASELINE}.measures.classes")}

    outcomeMeasuresModule: outcomeMeasures
    {_MEASURE}: type, title, description, populationDescription, reportingStatus, anticipatedPostingDate
    {_MEASURE}: paramType = type of value, dispersionType = type of spread, unitOfMeasure = unit
    {_MEASURE}: calculatePct = percentages, timeFrame, typeUnitsAnalyzed = type of units
    {_MEASURE}: denomUnitsSelected = unit analysed, groups, denoms = numbers analysed, classes = rows, analyses
    {_group(f"{_MEASURE}.groups")}
    {_analysed(f"{_MEASURE}.denoms")}
    {_classes(f"{_MEASURE}.classes")}
    {_MEASURE}.analyses: paramType = estimate, paramValue = estimated value
    {_MEASURE}.analyses: dispersionType = type of spread, dispersionValue = spread
    {_MEASURE}.analyses: statisticalMethod, statisticalComment, pValue = p-value, pValueComment = note on p-value
    {_MEASURE}.analyses: ciNumSides = sides of the confidence interval, ciPctValue = confidence level
    {_MEASURE}.analyses: ciLowerLimit = lower confidence limit, ciUpperLimit = upper confidence limit
    {_MEASURE}.analyses: ciLowerLimitComment = note on lower limit, ciUpperLimitComment = note on upper limit
    {_MEASURE}.analyses: estimateComment = note on estimate, testedNonInferiority = non-inferiority tested
    {_MEASURE}.analyses: nonInferiorityType = type of comparison, nonInferiorityComment = note on comparison
    {_MEASURE}.analyses: otherAnalysisDescription = other analysis, groupDescription, groupIds = groups

    {_ADVERSE}: frequencyThreshold, timeFrame, description, allCauseMortalityComment = note on deaths
    {_ADVERSE}: eventGroups = groups, seriousEvents, otherEvents
    {_ADVERSE}.eventGroups: id, title, description
    {_ADVERSE}.eventGroups: deathsNumAffected = deaths, deathsNumAtRisk = at risk of death
    {_ADVERSE}.eventGroups: seriousNumAffected = affected seriously, seriousNumAtRisk = at risk of serious events
    {_ADVERSE}.eventGroups: otherNumAffected = affected otherwise, otherNumAtRisk = at risk of other events
    {_events(f"{_ADVERSE}.seriousEvents")}
    {_events(f"{_ADVERSE}.otherEvents")}

    {_MORE}: limitationsAndCaveats, certainAgreement = agreement on publication, pointOfContact = contact
    {_MORE}.limitationsAndCaveats: description
    {_MORE}.certainAgreement: piSponsorEmployee = investigators are employees of the sponsor
    {_MORE}.certainAgreement: restrictionType = type of restriction, restrictiveAgreement = restriction, otherDetails
    {_MORE}.pointOfContact: title, organization = organisation, email, phone, phoneExt = extension
"""


def _submission(key: str, pieces: str) -> Field:
    """One of the two places that tell of results on their way; they are read together."""
    return _results(
        "results-submission",
        "Submission of results",
        key,
        Kind.LIST,
        pieces=pieces,
        severity=Severity.MAJOR,
        rule="submission",
    )


RESULTS = (
    _results(
        "has-results",
        "Results",
        "hasResults",
        Kind.CHOICE,
        severity=Severity.CRITICAL,
        rule="has-results",
    ),
    _results(
        "results",
        "Contents of the results",
        "resultsSection",
        Kind.TEXT,
        pieces=_CONTENTS,
        rule="results",
    ),
    _submission(
        "annotationSection.annotationModule.unpostedAnnotation",
        """
            unpostedResponsibleParty = responsible party, unpostedEvents = events
            unpostedEvents: type, date, dateUnknown
        """,
    ),
    _submission(
        "derivedSection.miscInfoModule.submissionTracking",
        """
            estimatedResultsFirstSubmitDate = estimated first submission, firstMcpInfo = first posting
            submissionInfos = submissions
            firstMcpInfo: postDateStruct = day
            firstMcpInfo.postDateStruct: date, type
            submissionInfos: releaseDate = submitted, unreleaseDate = withdrawn
            submissionInfos: unreleaseDateUnknown = withdrawn on an unknown day, resetDate = returned
            submissionInfos: mcpReleaseN = number of the posting
        """,
    ),
)
