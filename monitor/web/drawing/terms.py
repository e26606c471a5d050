"""The registry's codes in words, for pages: `ACTIVE_NOT_RECRUITING` → `Active, not recruiting`.

The words of headlines (`snapshots.terms`), and those of fields that only a page shows. A code that is not listed is
made readable by rule, so a code that the registry adds tomorrow reads well too.
"""

from __future__ import annotations

import re
from functools import lru_cache

from snapshots import terms

_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\Z")

_WORDS = {
    "NONE": "None (open label)",
    "INDIV": "Individual",
    "FED": "U.S. federal agency",
    "OTHER_GOV": "Other government",
    "NIH": "NIH",
    "CASE_CONTROL": "Case-control",
    "CASE_CROSSOVER": "Case-crossover",
    "NON_PROBABILITY_SAMPLE": "Non-probability sample",
    "SAMPLES_WITH_DNA": "Samples with DNA",
    "SAMPLES_WITHOUT_DNA": "Samples without DNA",
    "NONE_RETAINED": "None retained",
    "SAP": "Statistical analysis plan",
    "ICF": "Informed consent form",
    "CSR": "Clinical study report",
    "ANALYTIC_CODE": "Analytic code",
    "OLDER_ADULT": "Older adult",
    "EUDRACT_NUMBER": "EudraCT number",
    "CTIS": "EU CTIS number",
    "PI": "Principal investigator",
}

# Keys of the registry's objects whose own words say too little.
_LABELS = {
    "typeAbbrev": "Kind",
    "hasProtocol": "Protocol",
    "hasSap": "Statistical analysis plan",
    "hasIcf": "Informed consent form",
    "uploadDate": "Uploaded",
    "filename": "File",
    "size": "Size in bytes",
    "pmid": "PubMed id",
    "url": "Address",
    "zip": "Postcode",
    "nctId": "Registry number",
    "statusForNctId": "Its status",
    "fullName": "Name",
    "ipdSharing": "Plan to share individual data",
    "infoTypes": "What is shared",
    "armGroupLabels": "Arms",
    "interventionNames": "Interventions",
}


def is_code(text: str) -> bool:
    """Is this a word of the registry's vocabulary, as against a sentence or a name?"""
    return _CODE.match(text) is not None


def said(code: str) -> str:
    """A code as a person would say it; anything else as it is."""
    if code in _WORDS:
        return _WORDS[code]
    if not is_code(code):
        return code
    words = terms.said(code)
    return words if words != code else code.replace("_", " ").capitalize()


@lru_cache(maxsize=1024)
def label_of(key: str) -> str:
    """`interventionModelDescription` → `Intervention model description`."""
    if key in _LABELS:
        return _LABELS[key]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", key).replace("_", " ").strip()
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in spaced.split()]
    return (" ".join(words)[:1].upper() + " ".join(words)[1:]) or key
