"""Trying client settings, for `trialbell doctor`."""

from datetime import UTC, datetime

from doubles.ctgov import Fault, LoopbackRegistry
from doubles.scripted_server import ScriptedServer, response

from monitor.registries.ctgov_probe import combinations, probe


def test_each_combination_is_tried_once_and_told():
    with LoopbackRegistry() as loopback:
        ours = combinations(None)
        loopback.misbehave(Fault.forbidden(), times=None, where=lambda asked: "custom" in asked.user_agent)
        results = probe(loopback.url, [("custom/1", "default"), *ours])
        assert [(one.user_agent, one.tls, one.status, one.passed) for one in results] == [
            ("custom/1", "default", 403, False),
            (ours[0][0], "default", 200, True),
            (ours[0][0], "stdlib", 200, True),
        ]
        assert results[0].note == "refused"
        assert [request.user_agent for request in loopback.requests()] == ["custom/1", ours[0][0], ours[0][0]]


def test_trouble_is_an_answer_too_and_nothing_is_repeated():
    with LoopbackRegistry() as loopback:
        for fault in (Fault.broken(503), Fault.html(), Fault.reset(), Fault.too_many(5)):
            loopback.misbehave(fault)
        results = probe(loopback.url, [("a", "default")] * 4)
        assert [(one.status, one.passed) for one in results] == [
            (503, False),
            (200, False),
            (None, False),
            (429, False),
        ]
        assert "Maintenance" in results[1].note
        assert len(loopback.requests()) == 4


def test_the_registrys_clock_is_told():
    with ScriptedServer(response(200, b"{}", ("Date", "Fri, 20 Nov 2026 09:00:00 GMT"))) as server:
        [result] = probe(server.url, [("a", "default")])
    assert result.date == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert not result.passed


def test_the_configured_name_is_tried_beside_our_own_and_never_a_browsers():
    agents = [agent for agent, _ in combinations("our-institute/1")]
    assert agents[:2] == ["our-institute/1"] * 2
    assert all("python-httpx/" in agent for agent in agents[2:])
    assert len(combinations(None)) == 2
    assert not any("Mozilla" in agent for agent in agents)
