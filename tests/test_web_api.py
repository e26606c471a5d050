"""The description of all addresses is valid, says what is there, and is the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
import pytest
from doubles.asking import Asking, asking
from doubles.web_history import NOW, TRIAL, History
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlite_utils import Database

from monitor.watches import Definition, add
from monitor.web.access.rules import Access
from monitor.web.address import Address
from monitor.web.api.description import description
from monitor.web.api.page import described
from monitor.web.api.types import Types, in_words
from monitor.web.rooms import ADDRESSES, LAST
from notifiers.secret import Secret
from snapshots.errors import NoDatabase

T = TypeVar("T")
PATHS = described()["paths"]


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "history.db").fill().beside()
    with history.writing() as (db, _):
        add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
    return history


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


def test_it_is_a_valid_description(browse: Asking) -> None:
    answer = browse.get("/api.json")
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert [str(one) for one in OpenAPIV31SpecValidator(found).iter_errors()] == []
    assert found["openapi"].startswith("3.1")
    assert found["servers"] == [{"url": "http://127.0.0.1:8787"}]
    assert browse.get("/api", headers={"Accept": "application/json"}).content == answer.content
    moved = browse.get("/openapi.json")
    assert (moved.status, moved.headers["location"]) == (308, "/api.json")


def test_the_server_is_the_public_root(history: History) -> None:
    with asking(history.app(public_url="https://trials.example.org/watch")) as browse:
        assert browse.get("/api.json").json()["servers"] == [{"url": "https://trials.example.org/watch"}]
        assert browse.get("/openapi.json").headers["location"] == "/watch/api.json"


READ = "read-0123456789abcdefgh"
BY_TOKEN = [{"bearer": []}, {"basic": []}, {"session": []}]


@pytest.mark.parametrize(
    ("access", "wanted"),
    [
        (None, [{}]),
        (Access(read_token=Secret(READ)), BY_TOKEN),
        (
            Access(read_token=Secret(READ), user_header="Remote-User", trusted_proxies=("127.0.0.1",)),
            [{}, *BY_TOKEN],
        ),
        (Access(user_header="Remote-User", trusted_proxies=("127.0.0.1",), readers=("*",)), [{}]),
    ],
    ids=["no log-in", "tokens", "both", "a proxy"],
)
def test_it_says_what_log_in_this_server_wants(
    history: History, access: Access | None, wanted: list[dict[str, list[str]]]
) -> None:
    who = {"Authorization": f"Bearer {READ}"} if access and access.has_tokens else {"Remote-User": "ada"}
    with asking(history.app(access=access)) as browse:
        found = browse.get("/api.json", who).json()
    assert found["security"] == wanted
    assert set(found["components"]["securitySchemes"]) == {"bearer", "basic", "session"}
    assert [str(one) for one in OpenAPIV31SpecValidator(found).iter_errors()] == []


def test_behind_a_log_in_every_described_address_is_401_unless_it_says_that_it_is_open(
    history: History,
) -> None:
    opened = []
    with asking(history.app(access=Access(read_token=Secret(READ)))) as browse:
        for path, methods in PATHS.items():
            examples = {
                one["name"]: str(one["example"]) for one in methods["get"]["parameters"] if "example" in one
            }
            status = browse.get(
                path.format(**{name: quote(one, safe="") for name, one in examples.items()})
            ).status
            if methods["get"].get("security") == []:
                opened.append((path, status))
            else:
                assert status == 401, path
    assert opened == [("/healthz", 200), ("/readyz", 200)]


def test_what_is_not_described_is_named_here_with_the_reason(history: History) -> None:
    app = history.app(access=Access(read_token=Secret(READ)))
    routes = {re.sub(r":[a-z]+\}", "}", route.path) for route in app.routes}
    assert routes - set(PATHS) == {
        "/acts", "/deliveries/retry", "/login", "/logout",  # forms, for people: a program has the commands
        "/static/{name}", "/favicon.ico",  # how pages look
        "/today",  # another way to write `/`
    }  # fmt: skip


def test_both_probes_answer_as_it_says_whoever_asks(history: History, tmp_path: Path) -> None:
    def gone() -> Database:
        raise NoDatabase(f"there is no database: `{tmp_path / 'gone.db'}`")

    whole = described()
    for more, status in (({}, 200), ({"database": gone}, 503)):
        with asking(history.app(access=Access(read_token=Secret(READ)), **more)) as browse:
            for path in ("/healthz", "/readyz"):
                answer = PATHS[path]["get"]["responses"][str(status)]
                schema = answer["content"]["application/json"]["schema"]
                check = Draft202012Validator({**schema, "components": whole["components"]})
                for who in ({}, {"Authorization": f"Bearer {READ}"}):
                    found = browse.get(path, who)
                    assert found.status == status
                    check.validate(found.json())
                    assert not check.is_valid({"at": "2026"}), "it would take anything"
                    assert who or "gone.db" not in found.text


def test_every_address_stands_in_it_in_each_of_its_forms() -> None:
    for one in (*ADDRESSES, *LAST):
        path = re.sub(r":[a-z]+\}", "}", one.path)
        assert one.name == PATHS[path]["get"]["operationId"]
        file = re.sub(r":[a-z]+\}", "}", one.file)
        assert (f"{file}.json" in PATHS) == (one.data is not None)
        assert (f"{file}.csv" in PATHS) == (one.rows is not None)
    names = [operation["get"]["operationId"] for operation in PATHS.values()]
    assert len(names) == len(set(names))


def test_names_of_types_are_clean() -> None:
    for name, schema in described()["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)
        assert schema["title"] == name
        assert schema.get("description"), f"{name} has no docstring"
    assert "ListedNumbered" in described()["components"]["schemas"]


def test_two_types_of_one_name_are_told_apart_even_within_lists() -> None:
    first = msgspec.defstruct("Row", [("number", int)], namespace={"__doc__": "One."})
    second = msgspec.defstruct("Row", [("name", str)], namespace={"__doc__": "Another."})

    class Listed(msgspec.Struct, Generic[T]):
        items: list[T]

    types = Types()
    schemas = [
        types.schema(Listed[first], room="trial"),  # type: ignore[valid-type]
        types.schema(Listed[second], room="today"),  # type: ignore[valid-type]
        types.schema(Listed[first], room="today"),  # type: ignore[valid-type]
    ]
    assert [in_words(one) for one in schemas] == ["ListedRow", "TodayListedRow", "ListedRow"]
    assert set(types.components) == {"ListedRow", "TodayListedRow", "Row", "TodayRow"}
    assert types.components["TodayListedRow"]["properties"]["items"]["items"] == {
        "$ref": "#/components/schemas/TodayRow"
    }


def test_it_is_the_same_each_time() -> None:
    again = description((*ADDRESSES, *LAST), version=described()["info"]["version"])
    assert msgspec.json.encode(again) == msgspec.json.encode(described())


def test_a_part_of_an_address_that_nobody_described_is_a_defect() -> None:
    odd = Address(path="/odd/{thing}", name="odd", summary="Odd", work=ADDRESSES[0].work)
    with pytest.raises(KeyError, match="thing"):
        description([odd], version="0")


def test_parameters_with_patterns_and_choices() -> None:
    today = {one["name"]: one for one in PATHS["/today.json"]["get"]["parameters"]}
    assert today["severity"]["schema"]["enum"] == ["", "noise", "minor", "major", "critical"]
    assert "overall-status" in today["field"]["schema"]["enum"]
    version = {
        one["name"]: one
        for one in PATHS["/trials/{registry}/{trial}/versions/{version}"]["get"]["parameters"]
    }
    assert re.search(version["trial"]["schema"]["pattern"], TRIAL)
    assert not re.search(version["trial"]["schema"]["pattern"], "NCT7146087")
    assert re.search(version["version"]["schema"]["pattern"], "r12")
    assert PATHS["/trials/{registry}/{trial}/on"]["get"]["parameters"][-1]["required"] is True


def test_the_page_lists_each_address_with_an_example_that_is_there(browse: Asking) -> None:
    page = browse.get("/api").text
    for one in (*ADDRESSES, *LAST):
        assert f'id="{one.name}"' in page
    examples = re.findall(r'<li><span class="code">[^<]+</span> <a href="([^"]+)"', page)
    assert len(examples) >= len(PATHS)
    for path in examples:
        answer = browse.get(path)
        assert answer.status in (200, 303, 308, 400), path
        if answer.status == 400:
            assert path.endswith(("/on", "/compare")), path  # which a form fills in
    for name in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{name}"' in page


def test_examples_are_of_what_is_stored_now(browse: Asking, tmp_path: Path) -> None:
    """However many databases one process has told of."""
    with asking(History(tmp_path / "other.db").fill().app()) as other:
        with_trials = browse.get("/api").text
        assert other.get("/api").text != with_trials
        assert browse.get("/api").text == with_trials


def test_answers_are_of_their_types(browse: Asking) -> None:
    """schemathesis asks much more; this says at once which one it is."""
    whole, looked_at = browse.get("/api.json").json(), 0
    for path in re.findall(r'href="([^"]+\.json)"', browse.get("/api").text):
        if path.startswith("/static") or path == "/openapi.json" or "/feed" in path:
            continue
        operation = whole["paths"][_template(whole["paths"], path)]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        answer = browse.get(path)
        if answer.status == 200:  # else another address has it
            Draft202012Validator({**schema, "components": whole["components"]}).validate(answer.json())
            looked_at += 1
    assert looked_at > 15


def _template(paths: dict[str, object], path: str) -> str:
    asked = urlsplit(path).path
    for template in paths:
        if re.fullmatch(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(template)), asked):
            return template
    raise AssertionError(path)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_with_those_that_are_there(browse: Asking, method: str) -> None:
    for path in ("/", "/today.json", "/api.json", f"/trials/ctgov/{TRIAL}", "/feed.atom", f"/{TRIAL}"):
        answer = browse.ask(method, path)
        assert answer.status == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_head_is_get_without_a_body(browse: Asking) -> None:
    for path in ("/", "/today.json", "/api.json", f"/trials/ctgov/{TRIAL}", "/feed.atom"):
        got, head = browse.get(path), browse.ask("HEAD", path)
        same = [
            {**one.headers, "server-timing": ""} for one in (got, head)
        ]  # what it took is never twice the same
        assert (head.status, same[1]) == (got.status, same[0]), path
