"""What the registry puts beside a record: notices, documents, and what it derives by itself."""

from __future__ import annotations

from snapshots.changeset import Kind, Severity
from snapshots.fields import Identity
from snapshots.fields.notation import Section

_annotations = Section("Annotations", "annotationSection", ("integrity",))
_documents = Section("Documents", "documentSection", ("documents",))
_derived = Section("Derived", "derivedSection")
_review = Section("Review", "")

REGISTRY = (
    _annotations(
        "violations",
        "FDAAA notices",
        "annotationModule.violationAnnotation.violationEvents",
        Kind.LIST,
        identity=Identity.TYPE_DATE,
        pieces="""
            type, description, creationDate = day made, issuedDate = day issued
            releaseDate = day released, postedDate = day posted
        """,
        severity=Severity.CRITICAL,
        tags=("compliance", "integrity"),
        rule="violation",
        reason="a notice under FDAAA 801",
    ),
    _annotations("annotations", "Annotations", "", Kind.TEXT),
    # The record history has these, at its root and beside what they are about: what is to be put right before results
    # are posted. Undocumented.
    _review(
        "quality-control",
        "Comments of quality control",
        "reviewUnit",
        Kind.TEXT,
        noise=True,
        reason="the registry's quality control to the sponsor",
        anywhere=True,
    ),
    _documents(
        "documents",
        "Documents",
        "largeDocumentModule.largeDocs",
        Kind.LIST,
        identity=Identity.FILENAME,
        pieces="""
            typeAbbrev = type, hasProtocol = protocol, hasSap = statistical analysis plan
            hasIcf = consent form, label, date, uploadDate = day uploaded, filename = file name, size
        """,
        rule="document",
    ),
    _documents("no-sap", "No statistical analysis plan", "largeDocumentModule.noSap", Kind.CHOICE),
    _documents("document-details", "Documents", "", Kind.TEXT),
    _derived(
        "data-build",
        "Data build",
        "miscInfoModule.versionHolder",
        Kind.DATE,
        noise=True,
        reason="the same on every record",
    ),
    _derived(
        "removed-countries",
        "Removed countries",
        "miscInfoModule.removedCountries",
        Kind.LIST,
        identity=Identity.WHOLE,
        noise=True,
        reason="derived by the registry",
    ),
    _derived(
        "derived",
        "Derived by the registry",
        "",
        Kind.TEXT,
        pieces="""
            miscInfoModule = various, conditionBrowseModule = terms of conditions
            interventionBrowseModule = terms of interventions
            miscInfoModule: modelPredictions = predictions
            miscInfoModule.modelPredictions: bmiLimits = limits of body-mass index
            miscInfoModule.modelPredictions.bmiLimits: minBmi = lowest, maxBmi = highest
            conditionBrowseModule: meshes = terms, ancestors, browseLeaves, browseBranches
            conditionBrowseModule.meshes: id, term
            conditionBrowseModule.ancestors: id, term
            conditionBrowseModule.browseLeaves: id, name, asFound, relevance
            conditionBrowseModule.browseBranches: abbrev = short name, name
            interventionBrowseModule: meshes = terms, ancestors, browseLeaves, browseBranches
            interventionBrowseModule.meshes: id, term
            interventionBrowseModule.ancestors: id, term
            interventionBrowseModule.browseLeaves: id, name, asFound, relevance
            interventionBrowseModule.browseBranches: abbrev = short name, name
        """,
        noise=True,
        reason="derived by the registry",
    ),
)
