"""Edits of the record: one value, a date, a status, the sites; and the stages of a study as whole states."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.record import RESULTS

TOP = (
    "protocolSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
    "derivedSection",
    "hasResults",
)


def _path(path):
    keys = [int(k) if k.isdigit() else k for k in path.split(".")]
    return keys if keys[0] in TOP else ["protocolSection", *keys]


def get(rec, path):
    for key in _path(path):
        rec = rec[key]
    return rec


def put(rec, path, value):
    """Set one value; missing objects on the way are made."""
    keys = _path(path)
    for key in keys[:-1]:
        rec = rec.setdefault(key, {}) if isinstance(rec, dict) else rec[key]
    rec[keys[-1]] = value


def drop(rec, path):
    keys = _path(path)
    for key in keys[:-1]:
        rec = rec[key]
    del rec[keys[-1]]


def sub(rec, path, a, b):
    """Replace ``a`` by ``b`` inside one text; ``a`` must be there."""
    text = get(rec, path)
    assert a in text, (path, a)
    put(rec, path, text.replace(a, b))


def locs(rec):
    return rec["protocolSection"]["contactsLocationsModule"]["locations"]


def status(rec, word, why=None):
    put(rec, "statusModule.overallStatus", word)
    if why:
        put(rec, "statusModule.whyStopped", why)


def date(rec, which, day, type_="ESTIMATED"):
    """which: start, primaryCompletion or completion."""
    put(rec, f"statusModule.{which}DateStruct", {"date": day, "type": type_} if type_ else {"date": day})


def enrol(rec, n, type_="ESTIMATED"):
    put(rec, "designModule.enrollmentInfo", {"count": n, "type": type_} if type_ else {"count": n})


def bare_sites(rec):
    """Site statuses and all contacts go, as the registry shows a study that does not recruit."""
    for loc in locs(rec):
        loc.pop("status", None)
        loc.pop("contacts", None)
    rec["protocolSection"]["contactsLocationsModule"].pop("centralContacts", None)


def not_started(rec):
    """Not yet recruiting, start in the future, no site has begun."""
    status(rec, "NOT_YET_RECRUITING")
    date(rec, "start", "2026-12-01")
    for loc in locs(rec):
        loc["status"] = "NOT_YET_RECRUITING"


def ended(rec):
    """Completed in the past, everything actual, sites bare."""
    status(rec, "COMPLETED")
    put(rec, "statusModule.startDateStruct", {"date": "2021-03-10", "type": "ACTUAL"})
    date(rec, "primaryCompletion", "2024-06-28", "ACTUAL")
    date(rec, "completion", "2025-03-31", "ACTUAL")
    enrol(rec, 468, "ACTUAL")
    bare_sites(rec)


def posted(rec):
    """Results are public."""
    rec["hasResults"] = True
    rec["resultsSection"] = deepcopy(RESULTS)
    s = rec["protocolSection"]["statusModule"]
    s["resultsFirstSubmitDate"] = "2025-06-20"
    s["resultsFirstSubmitQcDate"] = "2026-02-02"
    s["resultsFirstPostDateStruct"] = {"date": "2026-02-05", "type": "ACTUAL"}


def events(rec, *pairs):
    """unpostedEvents of the annotation section."""
    rec.setdefault("annotationSection", {}).setdefault("annotationModule", {})["unpostedAnnotation"] = {
        "unpostedResponsibleParty": "Norlake Therapeutics",
        "unpostedEvents": [
            {"type": t, "date": d} if d else {"type": t, "dateUnknown": True} for t, d in pairs
        ],
    }


def tracking(rec, *infos):
    """submissionTracking of the derived section."""
    rec["derivedSection"]["miscInfoModule"]["submissionTracking"] = {
        "estimatedResultsFirstSubmitDate": infos[0]["releaseDate"],
        "submissionInfos": list(infos),
    }


def doc(abbrev, label, filename, day, size=812345, **has):
    return {
        "typeAbbrev": abbrev,
        "hasProtocol": "Prot" in abbrev,
        "hasSap": "SAP" in abbrev,
        "hasIcf": "ICF" in abbrev,
        "label": label,
        "date": day,
        "uploadDate": day + "T09:12",
        "filename": filename,
        "size": size,
    }


def moved(new):
    """The bookkeeping that every real update moves."""
    put(new, "statusModule.statusVerifiedDate", "2026-10")
    put(new, "statusModule.lastUpdateSubmitDate", "2026-10-02")
    put(new, "statusModule.lastUpdatePostDateStruct", {"date": "2026-10-06", "type": "ESTIMATED"})
    put(new, "derivedSection.miscInfoModule.versionHolder", "2026-10-06")


def unmoved(old, new):
    """Only the data build moved: the sponsor sent nothing."""
    for key in ("statusVerifiedDate", "lastUpdateSubmitDate", "lastUpdatePostDateStruct"):
        put(new, "statusModule." + key, deepcopy(get(old, "statusModule." + key)))


def in_turn(*edits):
    """Each edit of the newer record, one after the other."""

    def run(old, new):
        for edit in edits:
            edit(new)

    return run


def stated(path, before, after):
    """One value in both records; None for not stated."""

    def run(old, new):
        for rec, value in ((old, before), (new, after)):
            put(rec, path, value)
            if value is None:
                drop(rec, path)

    return run
