"""The words of a bundle: what is in it, how it is checked without us, what each time means. Pure."""

from __future__ import annotations

from monitor.web.evidence.shapes import Manifest, VersionEvidence

# Goes into every bundle: the standard library alone, so that it can be read in a minute and run anywhere.
CHECK = '''"""Checks this bundle: every file against manifest.json, every record against its entry in the ledger."""

import hashlib
import json
from pathlib import Path

here = Path(__file__).parent
manifest = json.loads((here / "manifest.json").read_text(encoding="utf-8"))
wrong = []


def sha256(data):
    return hashlib.sha256(data).hexdigest()


for one in manifest["files"]:
    if sha256((here / one["name"]).read_bytes()) != one["sha256"]:
        wrong.append(one["name"] + " is not the file that the manifest names")

for one in manifest["versions"]:
    name = one["trial"] + "-" + one["version"]
    body = (here / (name + ".json")).read_bytes()
    sealed = one["ledger"]
    if sha256(body) != one["sha256"]:
        wrong.append(name + " does not have its hash")
    said = "".join(text + "\\n" for text in sealed["times_text"]).encode()
    times = bytes.fromhex(sealed["times"] or "")
    if times and hashlib.sha256(said).digest()[:16] != times:
        wrong.append(name + " does not have its times")
    number = one["version"].removeprefix("r")
    named = "\\n".join((one["registry"], one["trial"], one["source"], number, "")).encode()
    chain = bytes.fromhex(sealed["previous"]) + named + bytes.fromhex(one["sha256"]) + times
    if sha256(chain) != sealed["chain"]:
        wrong.append(name + " does not fit into the ledger at entry " + str(sealed["entry"]))

print("\\n".join(wrong) or "All is as the manifest says.")
raise SystemExit(bool(wrong))
'''

_TIMES = """\
What each time means (manifest.json, for each version)

  submitted   The day on which the record was submitted to the registry, by the registry's own account.
  posted      The day on which the registry posted it, by the record itself (lastUpdatePostDate). Not there for a
              version that comes from the registry's record history.
  build       The day of the registry's data build in which trialbell saw this version first. It may have been
              published in an earlier build that was not looked at.
  seen_at     When trialbell fetched it: the moment at which the poll began that brought it, in UTC; for a version
              from the registry's record history, when it was fetched from there. By the clock of the machine on
              which trialbell ran.
"""

_HASHES = """\
What each hash covers

  sha256      The whole record as it is stored: the JSON that the registry's API answered with, its keys sorted and
              without white space, nothing added, nothing left out. It is the SHA-256 of the file in this folder.
  content     The same without the one value that changes with every data build (derivedSection, miscInfoModule,
              versionHolder); the first 16 bytes of its SHA-256. Equal for versions that say the same.
  ledger      Each version is an entry in the order of storing, and each entry's chain hash covers the one before it:
              chain = SHA-256(previous, "registry\\ntrial\\nsource\\nnumber\\n", sha256, times), as bytes. times is the
              first half of the SHA-256 of times_text, each followed by a line end. Whoever kept a later chain hash
              of the same database can prove with its ledger (page /ledger) that this entry was there before it.
"""


def readme(name: str, manifest: Manifest) -> str:
    """name: of the folder."""
    two = len(manifest.versions) > 1
    parts = [
        f"{manifest.trial}: {_which(manifest)}",
        manifest.title,
        "",
        f"Made by trialbell {manifest.tool_version}, from what it stored. Nobody at the registry made or checked it.",
        "",
        "Files",
        "",
        *(f"  {one.name:<22}{one.what}" for one in manifest.files),
        f"  {'manifest.json':<22}hashes, times, addresses and the ledger's entries of the above",
        f"  {'check.py':<22}checks all of it with Python alone",
        f"  {'SHA256SUMS':<22}the hash of every file here but itself",
        "",
        "Check it",
        "",
        f"  cd {name}",
        "  sha256sum -c SHA256SUMS        every file is the one that was bundled",
        "  python3 check.py               the hashes, times and ledger entries of the manifest fit the records",
        "",
        "  macOS: shasum -a 256 -c SHA256SUMS. Windows: certutil -hashfile NAME SHA256 of each file; py check.py",
        "",
        "To see that nobody made this bundle up, compare the record with the registry's own page or its history,",
        "and the SHA-256 with another trialbell that watched the trial: equal records have equal hashes everywhere.",
        "",
        "Cite it",
        "",
        "  Cite the SHA-256 of the zip file and trialbell's version: the same versions make the same zip file, byte by",
        "  byte, as long as trialbell's own version stays.",
        "",
        *(
            f"  {system:<10}{command}"
            for system, command in (
                ("Linux", f"sha256sum {name}.zip"),
                ("macOS", f"shasum -a 256 {name}.zip"),
                ("Windows", f"certutil -hashfile {name}.zip SHA256"),
            )
        ),
        "",
        *(line for one in manifest.versions for line in _version(one)),
        _TIMES,
        _HASHES,
        "Names of people",
        "",
        "  The records are exact: they hold the names, phones and addresses of study staff where the registry",
        "  published them. Think before you pass them on.",
    ]
    if two:
        parts.append("  changes.json and changes.txt name nobody.")
    return "\n".join(parts) + "\n"


def _which(manifest: Manifest) -> str:
    names = " and ".join(_name(one) for one in manifest.versions)
    return names if len(manifest.versions) == 1 else f"{names}, and what changed between them"


def _name(one: VersionEvidence) -> str:
    if one.version.startswith("r"):
        return f"the registry's version {one.version[1:]}"
    return f"version {one.version}"


def _version(one: VersionEvidence) -> list[str]:
    rows = [
        ("submitted", one.submitted),
        ("posted", one.posted),
        ("build", one.build),
        ("seen_at", one.seen_at),
        ("sha256", one.sha256),
        ("ledger", f"entry {one.ledger.entry}"),
        ("registry", one.registry_url),
        ("its history", one.history_url),
    ]
    title = _name(one)
    return [title[:1].upper() + title[1:], "", *(f"  {key:<12}{text}" for key, text in rows if text), ""]
