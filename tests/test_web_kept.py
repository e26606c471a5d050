"""What is costly to make is made once for all that asks for the same, and no more of it is kept than was said."""

from __future__ import annotations

from monitor.web.kept import Kept


def test_what_was_not_asked_for_longest_is_made_anew() -> None:
    made: list[str] = []

    def asked(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return kept.of(key, make)

    kept: Kept[str] = Kept(2)
    assert [asked(key) for key in "aabacbaa"] == list("AABACBAA")
    assert "".join(made) == "abcba"
