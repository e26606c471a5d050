"""Protocols, analysis plans and consent forms."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.edits import doc, posted, put
from doubles.readings.reading import case, told
from doubles.readings.results import CONTENT_ADDED, between, nothing

DOCUMENTS = "documentSection.largeDocumentModule.largeDocs"
PROT = doc("Prot", "Study Protocol", "Prot_000.pdf", "2024-02-14")
SAP = doc("SAP", "Statistical Analysis Plan", "SAP_001.pdf", "2024-05-30")
ICF = doc("ICF", "Informed Consent Form", "ICF_002.pdf", "2024-02-14")
PROT2 = doc("Prot", "Study Protocol", "Prot_003.pdf", "2025-11-03", 904411)


def docs(*ds):
    return lambda rec: put(rec, DOCUMENTS, deepcopy(list(ds)))


for label, d in (("protocol", PROT), ("analysis plan", SAP), ("consent form", ICF)):
    word = {"protocol": "protocol", "analysis plan": ("analysis plan", "SAP"), "consent form": "consent"}[
        label
    ]
    case(
        f"{label} added",
        between(nothing, docs(d), stay=False),
        told(
            "documents added major documents",
            [word, ("added", "posted", "new", "uploaded")],
            f"Document added: {d['label']} ({d['date']})",
            item=d["date"],
        ),
        "major row: protocol, SAP or consent document added",
        headline_says=[word],
    )
both_ = doc("Prot_SAP", "Study Protocol and Statistical Analysis Plan", "Prot_SAP_000.pdf", "2024-02-14")
case(
    "protocol with its analysis plan in one file",
    between(nothing, docs(both_), stay=False),
    told(
        "documents added major documents",
        ["protocol", ("analysis plan", "SAP")],
        "Document added: protocol and statistical analysis plan (2024-02-14)",
        item="protocol and statistical analysis plan",
    ),
    "one file is one change",
    headline_says=["protocol"],
)
case(
    "newer protocol beside the old one",
    between(docs(PROT, SAP), docs(PROT, SAP, PROT2), stay=False),
    told(
        "documents added major documents",
        ["protocol", "2025-11-03"],
        "Document added: a protocol dated 2025-11-03",
        item="protocol of 2025-11-03",
    ),
    "documents by filename",
    headline_says=["protocol"],
)
case(
    "protocol taken out",
    between(docs(PROT, SAP), docs(SAP), stay=False),
    told(
        "documents removed minor|major documents",
        ["protocol", ("removed", "taken out", "no longer", "withdrawn")],
        "Document removed: study protocol (2024-02-14)",
        item="protocol of 2024-02-14",
    ),
    "only additions are in the table",
    headline_says=["protocol"],
    doubtful="severity of a document that goes",
)
case(
    "protocol replaced by a newer file",
    between(docs(PROT), docs(PROT2), stay=False),
    [
        told(
            "documents edited|added minor|major documents",
            ["protocol"],
            "Study protocol replaced: the version of 2025-11-03 instead of 2024-02-14",
            item="protocol of 2025-11-03",
        ),
        told(
            "documents removed minor|major documents",
            ["protocol"],
            "The study protocol of 2024-02-14 was removed",
            item="protocol of 2024-02-14",
            optional=True,
        ),
    ],
    "the filename changed: leftovers are paired by likeness, one edit",
    headline="Study protocol replaced by a version of 2025-11-03",
    headline_says=["protocol"],
    doubtful="one edit, or a document added and one removed",
)
case.quiet(
    "documents in another order",
    between(docs(PROT, SAP, ICF), docs(ICF, PROT, SAP)),
    "documents by filename; order means nothing",
)


def _results_with_docs(rec):
    posted(rec)
    docs(PROT, SAP)(rec)


case(
    "results posted together with the documents",
    between(nothing, _results_with_docs, stay=False),
    [
        told(
            "has-results changed|added|removed critical results",
            ["results", ("posted", "published", "public")],
            "Results posted",
        ),
        CONTENT_ADDED,
        told(
            "documents added major documents",
            ["protocol"],
            "Document added: study protocol (2024-02-14)",
            item="protocol of 2024-02-14",
        ),
        told(
            "documents added major documents",
            [("analysis plan", "SAP")],
            "Document added: statistical analysis plan (2024-05-30)",
            item="analysis plan of 2024-05-30",
        ),
    ],
    "the highest severity leads the headline",
    headline="Results posted, with the protocol and the analysis plan",
    headline_says=["results", ("posted", "published")],
)
