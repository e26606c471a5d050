"""The guide on evidence: its commands, run in its order against served pages; its addresses, those that there are."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from doubles.web_history import TRIAL, History
from test_web_server import serving

from monitor.config import read

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guide" / "evidence.md"


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.skipif(
    not all(shutil.which(name) for name in ("curl", "unzip", "sha256sum", "jq")),
    reason="curl, unzip, sha256sum or jq is not installed",
)
def test_its_commands_do_what_it_says(tmp_path: Path) -> None:
    history = History(tmp_path / "trialbell.db").fill()
    taken, checked, of_registry, doctor, newest, later = fenced("sh")
    with serving(history.app()) as port:

        def run(commands: str, folder: Path) -> str:
            text = commands.replace("127.0.0.1:8787", f"127.0.0.1:{port}")
            ran = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text], cwd=folder, capture_output=True, text=True
            )
            assert ran.returncode == 0, ran.stderr
            return ran.stdout

        files = run(taken, tmp_path).split()
        table = GUIDE.read_text(encoding="utf-8").split("| file |")[1].split("\n\n")[0]
        assert sorted(files) == sorted(re.findall(r"`([\w.-]+)`", table))
        said = run(checked, tmp_path)
        assert said.count(": OK") == 7
        assert said.endswith("All is as the manifest says.\n")
        kept = run(newest, tmp_path).split()
        assert kept[0] == "8"
        assert run(later, tmp_path).strip() == kept[1]
        # The registry's own answer is not asked for here: the record stands in for it.
        told = f"http://127.0.0.1:{port}/trials/ctgov/{TRIAL}/versions/5"
        address = re.search(r"https://clinicaltrials\.gov/\S+", of_registry)
        assert address is not None
        content = run(of_registry.replace(address[0], f"{told}.json"), tmp_path).strip()
        assert content == run(f"curl -s {told}/evidence.json | jq -r .content", tmp_path).strip()
        bundle = (tmp_path / "bundle.zip").read_bytes()
        again = run(taken.split("\n")[0].replace("-fsSO", "-fsS") + " | sha256sum", tmp_path)
        assert again.split()[0] == hashlib.sha256(bundle).hexdigest()
    assert doctor == "trialbell doctor --deep\n"


def test_its_switch_is_understood(tmp_path: Path) -> None:
    (block,) = fenced("toml")
    assert read(block, tmp_path / "config.toml").web.study_staff is True


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE.read_text(encoding="utf-8")):
        assert (GUIDE.parent / target).exists(), target
