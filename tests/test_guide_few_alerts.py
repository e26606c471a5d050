"""What the guide to few alerts tells people to write, together in one file, is understood as it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import fields

from monitor.alerting.router import Router
from monitor.alerting.routes import Decision
from monitor.config import read
from monitor.config.notifiers import Ringing

GUIDE = Path(__file__).resolve().parents[1] / "docs/guide/few-alerts.md"


def test_its_file_rings_as_it_says(tmp_path):
    guide = GUIDE.read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 3
    config = read("\n".join(blocks), tmp_path / "config.toml")
    assert config.watches[0].baseline == "summary"
    assert [route.digest for route in config.routes] == [None, "mon 08:00"]
    router = Router(config)
    manners = router.manners("team")
    friday_night = datetime(2026, 11, 27, 21, tzinfo=UTC)
    assert manners.quiet.ends(friday_night, manners.zone) == datetime(2026, 11, 30, 6, tzinfo=UTC)
    digest = Decision(notifier="team", send=True, reason="minor", route=1, digest="mon 08:00")
    assert router.when(digest, urgent=False, now=friday_night) == (
        datetime(2026, 11, 30, 7, tzinfo=UTC),
        "mon 08:00",
    )
    assert router.when(digest, urgent=True, now=friday_night) == (friday_night, None)
    defaults = {one.name: one.default for one in fields(Ringing)}
    assert "six trials or more" in guide and defaults["summary_from"] == 6
    assert f"Past {defaults['most_per_hour']} messages in an hour" in guide
