"""The few human pages of the embedded registry, so that links in alerts lead somewhere.

Each says that it belongs to the demo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from monitor.demo.archive import Version
from monitor.demo.script import Day

NOTE = (
    "This page belongs to the demo of trialbell, not to ClinicalTrials.gov. The records were written for the "
    "demo, and what happens to them is scripted."
)


def study_page(record: dict[str, Any], versions: Sequence[Version], params: Mapping[str, str]) -> str:
    protocol = record["protocolSection"]
    status = protocol["statusModule"]
    trial, title = protocol["identificationModule"]["nctId"], protocol["identificationModule"]["briefTitle"]
    facts = [
        ("Status", status["overallStatus"]),
        ("Why stopped", status.get("whyStopped")),
        ("Sponsor", protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"]),
        ("Phase", ", ".join(protocol["designModule"].get("phases", [])) or None),
        ("Enrolment", str(protocol["designModule"].get("enrollmentInfo", {}).get("count", "")) or None),
        ("Start", status.get("startDateStruct", {}).get("date")),
        ("Primary completion", status.get("primaryCompletionDateStruct", {}).get("date")),
        ("Completion", status.get("completionDateStruct", {}).get("date")),
        ("Last update posted", status["lastUpdatePostDateStruct"]["date"]),
        ("Results", "posted" if record["hasResults"] else "none posted"),
    ]
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts if value
    )
    compared = {params.get("a"), params.get("b")}
    history = "".join(
        f"<li{_marked(str(number) in compared)}>{number}: {escape(version.submitted)}, "
        f"{escape(version.record['protocolSection']['statusModule']['overallStatus'])}</li>"
        for number, version in enumerate(versions, start=1)
    )
    summary = escape(protocol["descriptionModule"]["briefSummary"])
    body = f"<p>{summary}</p><table>{rows}</table><h2>Record history</h2><ul>{history}</ul>"
    return _page(f"{trial}: {title}", body)


def index_page(records: Mapping[str, dict[str, Any]], day: Day) -> str:
    items = "".join(
        f'<li><a href="/study/{escape(trial)}">{escape(trial)}</a> '
        f"{escape(record['protocolSection']['identificationModule']['briefTitle'])}</li>"
        for trial, record in records.items()
    )
    return _page("Embedded registry", f"<p>Data build of {day.date.isoformat()}.</p><ul>{items}</ul>")


def not_found(path: str) -> str:
    return _page("Not found", f"<p>The embedded registry has nothing at <code>{escape(path)}</code>.</p>")


def _marked(wanted: bool) -> str:
    return ' class="compared"' if wanted else ""


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>body{{font:16px/1.5 sans-serif;max-width:45rem;margin:2rem"
        " auto;"
        "padding:0 1rem}th{text-align:left;padding-right:1rem;vertical-align:top}.compared{font-weight:bold}"
        f"</style></head><body><p><em>{NOTE}</em></p><h1>{escape(title)}</h1>{body}</body></html>"
    )
