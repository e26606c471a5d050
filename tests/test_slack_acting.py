"""People act in Slack: each button and each command, from the WebSocket to what the channel shows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from doubles.acting_scene import OTHER, TRIAL, ActingScene, buttons, is_inert, records, said
from doubles.ctgov import LoopbackRegistry
from doubles.slack_app import SlackApp, in_time
from slack_sdk.models.blocks import Block

from monitor.acting import mutes
from monitor.operating.conditions import Kind
from monitor.schedule import Service


@pytest.fixture
def slack():
    with SlackApp() as running:
        yield running


@pytest.fixture
def studies():
    return records()


@pytest.fixture
def scene(tmp_path, slack, studies, clock, request):
    with LoopbackRegistry(studies, day="2026-11-20") as registry:
        made = ActingScene(tmp_path, slack, registry, clock, getattr(request, "param", ""))
        yield made
        made.close()


def names(message):
    return [button["action_id"] for button in buttons(message)]


def test_an_alert_has_its_buttons(scene, studies):
    alert = scene.happen(studies[0])
    assert names(alert) == ["mute-trial", "acknowledge", "show-diff"]
    assert scene.button(alert, "mute-trial")["confirm"]
    assert "confirm" not in scene.button(alert, "show-diff")


def test_muting_by_a_button_is_done_shown_and_undone(scene, studies):
    alert = scene.happen(studies[0])
    before = json.dumps(alert["blocks"][0])
    answer = scene.press(alert, "mute-trial")
    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    assert said(answer).startswith(f"{TRIAL}: muted by @anna until 2026-12-20")
    (standing,) = mutes.standing(scene.app.db, now=scene.clock())
    assert (standing.value, standing.by.name, standing.by.id, standing.by.via) == (
        TRIAL,
        "anna",
        "U1",
        "slack",
    )
    shown = scene.alerts[-1]
    assert "Muted by @anna until 2026-12-20" in said(shown)
    assert names(shown) == ["unmute-trial", "acknowledge", "show-diff"]
    assert json.dumps(shown["blocks"][0]) == before and shown["metadata"] == alert["metadata"]
    told = len(scene.alerts)
    scene.happen(studies[0], "TERMINATED")
    assert len(scene.alerts) == told
    reason = scene.app.db.execute("select reason from delivery where state = 'dropped'").fetchone()[0]
    assert reason.startswith(f"muted: trial {TRIAL} muted until 2026-12-20")
    answer = scene.press(shown, "unmute-trial", username="bob", id="U2")
    assert said(answer) == f"{TRIAL} is told again, from the next event on"
    assert "Muted by @anna, unmuted by bob in Slack" in said(scene.alerts[-1]).replace("@bob", "bob in Slack")
    assert names(scene.alerts[-1]) == ["mute-trial", "acknowledge", "show-diff"]
    scene.happen(studies[0], "WITHDRAWN")
    assert len(scene.alerts) == told + 1


def test_muting_what_is_muted_for_longer_shortens_nothing(scene, studies):
    alert = scene.happen(studies[0])
    assert "muted by @anna until 2027-11-20" in scene.command(f"mute {TRIAL} 2027-11-20")
    answer = scene.act(
        scene.slack.pressed("mute-trial", scene.button(alert, "acknowledge")["value"], ts=alert["ts"])
    )
    assert said(answer) == f"{TRIAL} is muted already: muted by @anna until 2027-11-20"
    assert scene.count("select count(*) from mute") == 1


def test_acknowledging_by_a_button_shows_who_has_seen_it(scene, studies):
    alert = scene.happen(studies[0])
    answer = scene.press(alert, "acknowledge")
    assert said(answer) == f"{TRIAL}, up to ctgov:{TRIAL}:changed:1-2: seen by @anna"
    shown = scene.alerts[-1]
    assert "Acknowledged by @anna, 2026-11-20" in said(shown)
    assert names(shown) == ["mute-trial", "show-diff"]
    again = scene.happen(studies[0], "TERMINATED")
    assert names(again) == ["mute-trial", "acknowledge", "show-diff"]  # that one nobody has seen


def test_show_diff_tells_all_of_it_to_who_asked(scene, studies):
    alert = scene.happen(studies[0], why="Supply ran out")
    answer = scene.press(alert, "show-diff")
    assert "Supply ran out" in said(answer)
    assert f"https://trials.example.org/trials/ctgov/{TRIAL}/compare/1...2" in json.dumps(answer)
    assert buttons(answer) == []
    assert len(scene.slack.updates) == 0


def test_each_answer_and_each_shown_message_is_valid_and_inert(scene, studies):
    hostile = "<!channel> *bold* <https://evil.test|click> :fire: @here \u202e " + "x" * 5_000
    alert = scene.happen(studies[0], why=hostile)
    scene.press(alert, "show-diff")
    scene.press(alert, "mute-trial", username="<!channel> *Anna*\n")
    scene.press(alert, "acknowledge")
    scene.command(f"status {TRIAL}")
    scene.command(f"ack {TRIAL} {hostile[:2_000]}")
    answers = [answer for _, answer in scene.slack.responses]
    assert len(answers) > 5 and len(scene.slack.updates) == 3
    for payload in [*answers, *scene.slack.updates]:
        assert is_inert(payload)
        for block in payload["blocks"]:
            Block.parse(block).validate_json()
    assert all((one["parse"], one["link_names"]) == ("none", False) for one in scene.slack.updates)


def test_watches_and_fields_are_silenced_and_acknowledged_too(scene, studies):
    scene.happen(studies[0])
    (name,) = [row[0] for row in scene.app.db.execute("select name from watch").fetchall()]
    said_so = scene.command(f"mute watch “{name.upper()}” 30d")
    assert said_so.startswith(
        f"Watch “{name}”: muted by @anna until 2026-12-20. This is for trials that no other"
    )
    assert scene.command("snooze field Overall Status 12h").startswith(
        "Field overall-status: snoozed by @anna"
    )
    assert "seen by @anna" in scene.command(f"ack watch {name}")
    rows = scene.app.db.execute(
        "select scope, value, kind from mute where ended_at is null order by id"
    ).fetchall()
    assert rows == [("watch", name, "mute"), ("field", "overall-status", "snooze")]
    assert scene.command(f"unmute watch {name}") == f"Watch “{name}” is told again, from the next event on"
    assert scene.command("unmute field overall-status").startswith("Field overall-status is told again")
    assert scene.command("mute watch nosuch 3d").startswith("No such watch: “nosuch”")
    assert scene.command("mute field overall-statu 3d").startswith(
        "No such field: overall-statu: did you mean"
    )
    assert scene.count("select count(*) from mute where ended_at is null") == 0


def test_nobody_is_reached_by_a_title(scene, studies):
    studies[0]["protocolSection"]["identificationModule"]["briefTitle"] = "Ask jane@hospital.org about sleep"
    alert = scene.happen(studies[0])
    status = scene.command(f"status {TRIAL}")
    assert status.splitlines()[0] == f"{TRIAL} · Ask (e-mail address) about sleep"
    assert "jane" not in f"{said(alert)} {status}"


def test_commands_tell_what_they_did(scene, studies):
    scene.happen(studies[0])
    assert scene.command("") == scene.command("help")
    assert scene.command("help").startswith("/trial NCT07146087")
    status = scene.command(TRIAL)
    assert status.splitlines()[0].startswith(f"{TRIAL} · ")
    for part in ("Suspended", "Watched by mine", "critical: ", "History on our pages"):
        assert part in status
    assert "snoozed by @anna until 2026-11-20 22:20 UTC" in scene.command(f"snooze {TRIAL} 12h")
    assert "snoozed by @anna" in scene.command(f"status {TRIAL}")
    assert scene.command(f"unmute {TRIAL}") == f"{TRIAL} is told again, from the next event on"
    assert scene.command(f"unmute {TRIAL}") == f"{TRIAL} is not muted"
    assert "seen by @bob" in scene.command(f"ack {TRIAL} told the clinic", user_name="bob", user_id="U2")
    assert "Acknowledged by @bob, 2026-11-20: told the clinic" in said(scene.alerts[-1])
    assert "(seen by @bob)" in scene.command(f"https://clinicaltrials.gov/study/{TRIAL}")
    assert "muted by @anna until 2026-12-20" in scene.command(f"mute {TRIAL.lower()}")
    assert "Muted by @anna until 2026-12-20" in said(scene.alerts[-1])


def test_watching_from_slack_goes_into_a_watch_of_its_own(scene):
    said = scene.command("watch NCT07146087")
    assert said == ("Watching NCT07146087 (watch “From Slack”). The next poll takes a first look, silently")
    said = scene.command(f"watch NCT07146087 NCT01730547 {TRIAL}")
    assert said.splitlines() == [
        "Watching NCT01730547 (watch “From Slack”). The next poll takes a first look, silently",
        "NCT07146087 is watched already, by “From Slack”",
        f"{TRIAL} is watched already, by “mine”",
    ]
    scene.app.reconcile()
    rows = scene.app.db.execute(
        "select name, origin, definition from watch where removed_at is null and origin = 'command'"
    ).fetchall()
    assert [(row[0], row[1], json.loads(row[2])["ids"]) for row in rows] == [
        ("From Slack", "command", ["NCT01730547", "NCT07146087"])
    ]
    assert "Nothing is stored of NCT07146087" in scene.command("NCT07146087")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("foo", "No trial's id: `foo`"),
        ("frobnicate NCT07146087", "No such command: `frobnicate`"),
        ("mute", "a trial, and until when"),
        (f"mute {TRIAL} never", "No end: `never`"),
        (f"mute {TRIAL} 2020-01-01", "`2020-01-01` is past"),
        (f"mute {TRIAL} 2026-13-01", "No end: `2026-13-01`"),
        (f"mute {TRIAL} 99999y", "No end: `99999y`"),
        (f"snooze {TRIAL}", "a trial, and until when"),
        ("unmute", "Which trial? Write `/trial unmute NCT07146087`"),
        (f"unmute {TRIAL} {OTHER}", "One trial at a time"),
        ("watch", "Which trial?"),
        ("watch <!channel>", "No trial's id: `<!channel>`"),
        ("watch " + " ".join(f"NCT{number:08}" for number in range(1, 60)), "50 trials at a time"),
        ("ack", "Which trial?"),
        (f"ack {OTHER}", f"Nothing happened to {OTHER} yet"),
        ("NCT09999999", "Nothing is stored of NCT09999999; `/trial watch NCT09999999` watches it"),
        ("\u202e" * 40 + "x" * 2_000, "No trial's id"),
    ],
)
def test_wrong_input_is_one_line(scene, text, words):
    answer = scene.act(scene.slack.commanded(text))
    assert words in said(answer)
    assert len(said(answer).splitlines()) == 1 and answer["response_type"] == "ephemeral"
    assert is_inert({**answer, "text": ""})
    assert scene.count("select count(*) from mute") == 0
    assert scene.count("select count(*) from watch where origin = 'command'") == 0


@pytest.mark.parametrize("scene", ['actors = ["U70", "U80"]\n'], indirect=True)
def test_who_is_not_named_may_look_and_change_nothing(scene, studies):
    alert = scene.happen(studies[0])
    for refused in (
        said(scene.press(alert, "mute-trial")),
        said(scene.press(alert, "acknowledge")),
        scene.command(f"mute {TRIAL} 3d"),
        scene.command("watch NCT07146087"),
    ):
        assert refused == "You may look, and change nothing: your id is not in `actors` of config.toml"
    assert scene.count("select (select count(*) from mute) + (select count(*) from acknowledgement)") == 0
    assert "Suspended" in scene.command(TRIAL)
    assert "SUSPENDED" not in said(scene.press(alert, "show-diff"))
    assert "muted by @hal" in said(scene.press(alert, "mute-trial", id="U80", username="hal"))


OF_ANOTHER = (
    "You may look, and change nothing: you are of another workspace, and not in `actors` of config.toml"
)


def test_who_is_of_another_workspace_may_look_and_change_nothing(scene, studies):
    """A channel may be shared with other workspaces (Slack Connect)."""
    alert = scene.happen(studies[0])
    for team in ("T2", "", "E2"):
        assert said(scene.press(alert, "mute-trial", id="U9", team_id=team)) == OF_ANOTHER
        assert said(scene.press(alert, "acknowledge", id="U9", team_id=team)) == OF_ANOTHER
        assert scene.command(f"mute {TRIAL} 3d", team_id=team) == OF_ANOTHER
    assert scene.count("select (select count(*) from mute) + (select count(*) from acknowledgement)") == 0
    assert "Suspended" in scene.command(TRIAL, team_id="T2")
    assert buttons(scene.press(alert, "show-diff", team_id="T2")) == []
    assert "seen by" in said(
        scene.press(alert, "acknowledge", team_id="E1")
    )  # of the organisation, on a grid
    assert "muted by" in said(scene.press(alert, "mute-trial"))


@pytest.mark.parametrize("scene", ['actors = ["U70"]\n'], indirect=True)
def test_who_is_named_may_act_from_another_workspace(scene, studies):
    alert = scene.happen(studies[0])
    assert "muted by" in said(scene.press(alert, "mute-trial", id="U70", team_id="T2"))


def test_while_slack_does_not_say_which_workspace_is_ours_nobody_changes_anything(scene, studies):
    alert = scene.happen(studies[0])
    scene.slack.auth_answers = [{"ok": False, "error": "internal_error"}, {"ok": True}]
    for _ in range(2):
        assert said(scene.press(alert, "mute-trial")).startswith("Nothing was done: Slack did not say")
    assert scene.count("select count(*) from mute") == 0
    assert "muted by" in said(scene.press(alert, "mute-trial"))


def test_the_same_press_handed_over_again_is_done_once(scene, studies):
    alert = scene.happen(studies[0])
    envelope = scene.slack.pressed("mute-trial", scene.button(alert, "mute-trial")["value"], ts=alert["ts"])
    scene.act(envelope)
    scene.slack.send(envelope | {"retry_attempt": 1})
    scene.slack.wait(lambda: len(scene.slack.acks) == 2)
    assert (scene.desk.work(), scene.desk.tell()) == (0, 0)
    assert scene.count("select count(*) from mute") == 1


def test_what_another_way_did_is_shown_too(scene, studies):
    from monitor.acting.people import Person, Via
    from monitor.acting.showing import ask_of
    from snapshots.database import immediate

    scene.happen(studies[0])
    latest = scene.happen(studies[0], "TERMINATED")
    with immediate(scene.app.db):
        mutes.mute(
            scene.app.db,
            mutes.Scope.TRIAL,
            TRIAL,
            until=None,
            now=scene.clock(),
            by=Person(name="root", via=Via.COMMAND),
        )
        ask_of(scene.app.db, "ctgov", mutes.Scope.TRIAL, TRIAL)
    scene.desk.tell()
    (update,) = scene.slack.updates
    assert update["ts"] == latest["ts"]
    assert "Muted by root on the command line until somebody unmutes it" in said(update)


def test_of_many_messages_the_newest_and_those_that_show_it_are_shown_anew(scene, studies):
    first = scene.happen(studies[0], "COMPLETED")
    for status in ("ACTIVE_NOT_RECRUITING", "COMPLETED", "ACTIVE_NOT_RECRUITING"):
        last = scene.happen(studies[0], status)
    scene.press(first, "mute-trial")
    assert {one["ts"] for one in scene.slack.updates} == {first["ts"], last["ts"]}
    scene.command(f"unmute {TRIAL}")
    assert len(scene.slack.updates) == 4
    assert "unmuted by @anna" in said(scene.messages[0]) and "unmuted by" in said(scene.alerts[-1])


def test_showing_is_tried_until_it_stands(scene, studies):
    alert = scene.happen(studies[0])
    scene.slack.update_answers = [
        {"ok": False, "error": "internal_error"},
        {"ok": False, "error": "ratelimited"},
    ]
    scene.press(alert, "mute-trial")
    assert scene.slack.updates == []
    assert scene.desk.tell() == 0  # not at once again
    for _ in range(2):
        scene.clock.forward(minutes=1)
        scene.desk.tell()
    (update,) = scene.slack.updates
    assert "Muted by @anna" in said(update)
    scene.clock.forward(days=1)
    assert scene.desk.tell() == 0


def test_what_is_snoozed_is_told_at_its_end_together_and_what_is_critical_at_once(scene, studies):
    alert = scene.happen(studies[0], "COMPLETED")
    told = len(scene.alerts)
    scene.command(f"snooze {TRIAL} 3d")
    assert "Snoozed by @anna until 2026-11-23" in said(alert)
    for status in ("ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION"):
        scene.happen(studies[0], status)
    assert len(scene.alerts) == told
    assert (
        scene.count("select count(*) from delivery where state = 'waiting' and reason like 'snoozed%'") == 2
    )
    scene.clock.forward(days=3)
    scene.app.deliver()
    assert len(scene.alerts) == told + 1  # both in one
    scene.command(f"snooze {TRIAL} 3d")
    scene.happen(studies[0], "COMPLETED")
    assert len(scene.alerts) == told + 1
    critical = scene.happen(studies[0], "SUSPENDED", "Supply ran out")
    assert len(scene.alerts) == told + 2 and "Supply ran out" in said(critical)
    assert (
        scene.count("select count(*) from delivery where state = 'waiting'") == 0
    )  # it took along what waited


def test_what_waits_is_told_when_a_snooze_ends_early_and_not_when_it_was_seen(scene, studies):
    scene.happen(studies[0], "COMPLETED")
    told = len(scene.alerts)
    scene.command(f"snooze {TRIAL} 3d")
    scene.happen(studies[0], "ACTIVE_NOT_RECRUITING")
    assert "1 that waited will not be told" in scene.command(f"ack {TRIAL}")
    assert scene.count("select count(*) from delivery where reason = 'acknowledged by anna in Slack'") == 1
    scene.happen(studies[0], "ENROLLING_BY_INVITATION")
    assert len(scene.alerts) == told
    scene.command(f"unmute {TRIAL}")
    scene.app.deliver()
    assert len(scene.alerts) == told + 1


def test_a_message_that_is_gone_is_not_tried_for_ever(scene, studies):
    alert = scene.happen(studies[0])
    scene.messages.clear()
    scene.press(alert, "mute-trial")
    scene.clock.forward(days=1)
    assert scene.desk.tell() == 0
    assert scene.count("select count(*) from showing where reason like '%message_not_found%'") == 1


def test_an_answer_that_comes_too_late_is_left(scene):
    scene.slack.acked(scene.slack.send(scene.slack.commanded("help")))
    scene.desk.work()
    scene.clock.forward(minutes=31)
    scene.desk.tell()
    assert scene.slack.responses == []
    assert (
        scene.count("select count(*) from interaction where reason = 'too late' and respond_to is null") == 1
    )


def test_a_defect_of_ours_is_answered_and_stops_no_other(scene, studies):
    alert = scene.happen(studies[0])
    scene.app.db.execute("drop table acknowledgement")
    assert "went wrong here" in said(scene.press(alert, "acknowledge"))
    assert "/trial watch" in scene.command("help")


def test_who_did_what_is_kept_and_where_to_answer_is_not(scene, studies):
    alert = scene.happen(studies[0])
    scene.press(alert, "acknowledge")
    scene.command("help")
    rows = scene.app.db.execute(
        "select name, person, person_id, respond_to, answer, worked_at is not null from interaction order by id"
    ).fetchall()
    assert rows == [("acknowledge", "anna", "U1", None, None, 1), ("/trial", "anna", "U1", None, None, 1)]


def test_what_is_none_of_ours_is_left(scene):
    values = (
        *("rubbish", "isrctn:1 e", f"ctgov:{TRIAL.lower()} e", "ctgov:NCT1 e"),
        "ctgov:'; drop table mute;--<!channel> x",
    )
    for name, value in (("unknown", "x"), *(("mute-trial", value) for value in values)):
        scene.slack.acked(scene.slack.send(scene.slack.pressed(name, value, ts="1.1")))
    assert scene.desk.work() == 1 + len(values)
    assert scene.desk.tell() == 0
    assert scene.count("select count(*) from mute") == 0
    assert scene.count("select count(*) from interaction where answered_at is null") == 0
    assert scene.count("select count(*) from interaction where respond_to is not null") == 0


@pytest.mark.parametrize("name", ["mute-trial", "unmute-trial", "acknowledge", "show-diff"])
def test_a_button_of_one_trial_with_an_event_of_another_is_left(scene, studies, name):
    alert = scene.happen(studies[0])
    value = scene.button(alert, "acknowledge")["value"].replace(TRIAL, OTHER, 1)
    assert value == f"ctgov:{OTHER} ctgov:{TRIAL}:changed:1-2"
    scene.slack.acked(scene.slack.send(scene.slack.pressed(name, value, ts=alert["ts"])))
    assert (scene.desk.work(), scene.desk.tell()) == (1, 0)
    assert scene.count("select (select count(*) from mute) + (select count(*) from acknowledgement)") == 0


def test_a_command_that_is_too_long_is_refused_for_half_an_id_may_be_another_trial(scene):
    text = f"ack {TRIAL} ".ljust(2_995) + "NCT07146087"
    assert scene.command(text) == "Too long, nothing was done: write 3,000 characters at most"
    assert scene.command(f"mute {TRIAL} 3d".ljust(3_000)).startswith(f"{TRIAL}: muted by @anna")
    assert scene.count("select (select count(*) from mute) + (select count(*) from acknowledgement)") == 1


def test_how_the_connection_is(scene):
    standing = scene.desk.standing()["team"]
    assert standing.connected_since == scene.clock() - timedelta(0)
    assert scene.desk.troubles() == []


def test_trouble_of_the_connection_is_a_condition_that_the_operator_is_told(scene):
    scene.slack.open_answers = [{"ok": False, "error": "invalid_auth"}] * 100
    service = Service(scene.app, tick=0.1)
    service.start()
    try:
        in_time(lambda: service.conditions())
        (condition,) = service.conditions()
        assert (condition.kind, condition.subject) == (Kind.CONNECTION, "team")
        assert "set a valid app-level token" in condition.text
        assert service.problems() == [condition.text]
    finally:
        service.stop()


def test_trouble_of_the_connection_is_said(tmp_path, slack, studies, clock):
    slack.hello = {"type": "hello", "num_connections": 2}
    with LoopbackRegistry(studies, day="2026-11-20") as registry:
        scene = ActingScene(tmp_path, slack, registry, clock)
        in_time(lambda: scene.desk.standing()["team"].opened)
        ((name, line),) = scene.desk.troubles()
        assert name == "team" and line.startswith("another process listens with the app token of `team`")
        slack.open_answers = [{"ok": False, "error": "invalid_auth"}] * 50
        slack.relay.cut()
        in_time(lambda: scene.desk.standing()["team"].failures >= 3)
        ((_, line),) = scene.desk.troubles()
        assert line.startswith("buttons and commands of Slack (`team`) are not heard: ")
        scene.close()
