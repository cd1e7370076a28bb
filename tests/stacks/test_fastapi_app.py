"""The contract, row by row, as the FastAPI stack keeps it."""

import json
import math
import os
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_api import equations
from python_api.equations.ephemeris import in_python
from python_api.equations.ephemeris.contract import MAX_JD, MAX_TIMES, MIN_JD, PLANETS, example
from python_api.stacks import body, fastapi_app, problems, pydantic_faults
from python_api.stacks.problems import Kind
from tests.stacks.client import Client

PATH = "/v1/ephemeris"
JSON_TYPE = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(fastapi_app.create_app())


def post(client: Client, content: bytes | str, **headers: str) -> httpx.Response:
    return client.post(PATH, content=content, headers=JSON_TYPE | headers)


def refused_pointers(response: httpx.Response, kind: Kind) -> list[str]:
    """The pointers of a problem that has exactly the members the contract gives it."""
    assert response.status_code == kind.status
    assert response.headers["content-type"] == problems.MEDIA_TYPE
    document = response.json()
    faults = document.pop("errors", [])
    assert document.pop("detail")
    assert document == {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
    }
    assert all(set(fault) == {"pointer", "detail"} for fault in faults)
    return [fault["pointer"] for fault in faults]


@pytest.mark.parametrize("planet", PLANETS)
def test_an_equation_gives_what_its_backend_computes(client: Client, planet: str) -> None:
    request = example(50, planet)
    response = client.post(PATH, json=request)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    x_au, y_au, z_au = in_python.compute_lists(request["planet"], request["times_jd"])
    assert response.json() == {"x_au": x_au, "y_au": y_au, "z_au": z_au}
    assert list(response.json()) == ["x_au", "y_au", "z_au"]


@pytest.mark.parametrize("equation", equations.EQUATIONS)
def test_every_equation_is_served(client: Client, equation: str) -> None:
    contract = import_module(f"python_api.equations.{equation}.contract")
    request = contract.example(20)
    response = client.post(f"/v1/{equation}", json=request)
    assert response.status_code == 200
    computed = equations.load(equation, "python").compute_lists(**request)
    expected = dict(zip(contract.RESPONSE_FIELDS, computed, strict=True))
    assert list(response.json().items()) == list(expected.items())


@pytest.mark.parametrize(
    "times",
    ["2378496.5", "2469807.5", "2451545", "2451545.0e0", "24515450000000000000000000e-19"],
)
def test_numbers_at_the_limits_and_in_any_notation_are_taken(client: Client, times: str) -> None:
    assert post(client, f'{{"planet":"mars","times_jd":[{times}]}}').status_code == 200


def test_the_longest_array_is_taken(client: Client) -> None:
    response = client.post(PATH, json=example(MAX_TIMES))
    assert [len(values) for values in response.json().values()] == [MAX_TIMES] * 3


@pytest.mark.parametrize(
    "content",
    [
        rb'{"pl\u0061net":"mars","times_jd":[2451545]}',
        b'{"planet":5,"planet":"mars","times_jd":"no","times_jd":[2451545]}',
        b'{"planet":1e999,"planet":"mars","times_jd":[2451545]}',
        b' {\r\n"times_jd" :\t[ 2451545 ] , "planet" : "mars" } ',
    ],
)
def test_odd_but_good_bodies_are_answered(client: Client, content: bytes) -> None:
    expected = client.post(PATH, json={"planet": "mars", "times_jd": [2451545.0]})
    assert post(client, content).content == expected.content


TIMES = '"times_jd":[2451545.0]'
MARS = '"planet":"mars"'


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ("", ""),
        ("[]", ""),
        ("null", ""),
        ("true", ""),
        ("1", ""),
        ('"mars"', ""),
        ('["mars",[2451545.0]]', ""),
        (f"{{{MARS},{TIMES}", ""),
        (f"{{{MARS},{TIMES}}}}}", ""),
        (f"\ufeff{{{MARS},{TIMES}}}", ""),
        (f'{{{MARS},"times_jd":[NaN]}}', ""),
        (f'{{"planet":Infinity,{MARS},{TIMES}}}', ""),
        (f'{{"planet":"\\udead",{MARS},{TIMES}}}', ""),
        (f'{{{MARS},{TIMES},"x":{"[" * 100}{"]" * 100}}}', ""),
        (f"{{{TIMES}}}", "/planet"),
        (f"{{{MARS}}}", "/times_jd"),
        (f'{{{MARS},{TIMES},"x":1}}', "/x"),
        (f'{{{MARS},{TIMES},"":1}}', "/"),
        (f'{{{MARS},{TIMES},"a/b~c":1}}', "/a~1b~0c"),
        (f'{{{MARS},{TIMES},"\\u00e9":1}}', "/é"),
        (f'{{{MARS},{TIMES},"x":{"[" * 99}{"]" * 99}}}', "/x"),
        (f'{{"planet":"pluto",{TIMES}}}', "/planet"),
        (f'{{"planet":"Mars",{TIMES}}}', "/planet"),
        (f'{{"planet":"",{TIMES}}}', "/planet"),
        (f'{{"planet":4,{TIMES}}}', "/planet"),
        (f'{{"planet":null,{TIMES}}}', "/planet"),
        (f'{{"planet":["mars"],{TIMES}}}', "/planet"),
        (f'{{"planet":{{}},{TIMES}}}', "/planet"),
        (f'{{{MARS},"times_jd":[]}}', "/times_jd"),
        (f'{{{MARS},"times_jd":null}}', "/times_jd"),
        (f'{{{MARS},"times_jd":2451545.0}}', "/times_jd"),
        (f'{{{MARS},"times_jd":"2451545.0"}}', "/times_jd"),
        (f'{{{MARS},"times_jd":{{"0":2451545.0}}}}', "/times_jd"),
        (f'{{{MARS},"times_jd":[{"2451545," * MAX_TIMES}2451545]}}', "/times_jd"),
        (f'{{{MARS},"times_jd":[2451545.0,true]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,null]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,"2451545.0"]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,[]]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,{{}}]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,1e999]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,{"9" * 400}]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,-{"9" * 5000}]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[2451545.0,-0.0]}}', "/times_jd/1"),
        (f'{{{MARS},"times_jd":[{math.nextafter(MIN_JD, 0)!r}]}}', "/times_jd/0"),
        (f'{{{MARS},"times_jd":[{math.nextafter(MAX_JD, math.inf)!r}]}}', "/times_jd/0"),
    ],
)
def test_a_body_with_one_fault_is_refused_with_a_pointer_to_it(
    client: Client, content: str, pointer: str
) -> None:
    assert refused_pointers(post(client, content), problems.INVALID_BODY) == [pointer]


def lorenz(steps: str = "10", dt: str = "0.01", state: str = "[1.0,2.0,3.0]") -> str:
    return f'{{"state":{state},"dt":{dt},"steps":{steps}}}'


def post_lorenz(client: Client, content: str) -> httpx.Response:
    return client.post("/v1/lorenz", content=content, headers=JSON_TYPE)


@pytest.mark.parametrize(
    "steps",
    [
        *("5.0", "1e3", "1E0", "1.5", "0.0", "-0", "0", "-1", "100001", "1e999"),
        *("1" * 18, "1" * 19, "1" * 400, "1" * 5000, '"5"', "true", "null", "[5]"),
    ],
)
def test_a_field_of_integers_takes_nothing_else(client: Client, steps: str) -> None:
    response = post_lorenz(client, lorenz(steps))
    assert refused_pointers(response, problems.INVALID_BODY) == ["/steps"]


def test_integers_are_taken_for_numbers_too(client: Client) -> None:
    plain = post_lorenz(client, lorenz())
    assert plain.status_code == 200
    assert post_lorenz(client, lorenz(state="[1,2,3]")).content == plain.content


def test_a_negative_zero_keeps_its_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def see(state: list[float], **_rest: float) -> tuple[list[float]]:
        seen[:] = state
        return (state,)

    client = app_computing(monkeypatch, see)
    post_lorenz(client, lorenz(state="[-0,-0.0,0]"))
    assert [repr(value) for value in seen] == ["-0.0", "-0.0", "0.0"]


@pytest.mark.parametrize(
    ("path", "content", "pointer"),
    [
        ("/v1/lorenz", lorenz(steps="2001"), "/steps"),
        ("/v1/lorenz", lorenz(steps="2001", dt="1"), "/dt"),
        (
            "/v1/heat",
            '{"temperature":[1,2,3],"diffusivity":1,"dx":1,"dt":1001,"steps":1}',
            "/dt",
        ),
        (
            "/v1/heat",
            f'{{"temperature":[{"1," * 99}1],"diffusivity":1,"dx":1,"dt":1,"steps":50001}}',
            "/steps",
        ),
    ],
)
def test_a_fault_between_fields_is_the_later_ones(
    client: Client, path: str, content: str, pointer: str
) -> None:
    response = client.post(path, content=content, headers=JSON_TYPE)
    assert refused_pointers(response, problems.INVALID_BODY) == [pointer]


def test_of_very_many_unknown_fields_only_the_first_is_named(client: Client) -> None:
    members = {"planet": "mars", "times_jd": [MIN_JD]} | {f"field/{i}": i for i in range(200)}
    response = post(client, json.dumps(members))
    assert refused_pointers(response, problems.INVALID_BODY) == ["/field~10"]


def test_a_body_with_many_faults_names_some_of_them(client: Client) -> None:
    pointers = refused_pointers(
        post(client, json.dumps({"planet": "pluto", "times_jd": ["no"] * 1000})),
        problems.INVALID_BODY,
    )
    assert 1 <= len(pointers) <= pydantic_faults.MAX_FAULTS
    assert set(pointers) <= {"/planet"} | {f"/times_jd/{i}" for i in range(1000)}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/nosuch",
        "/v1/ephemeris/",
        "/v1//ephemeris",
        "/V1/ephemeris",
        "/v1%2Fephemeris",
        "/v1/eph%2femeris",
        "/v1/ephemeris%2F",
        "/v1/ephemeris%00",
        "/v1/ephemeris%0A",
        "/v1/%65phemeris",
        "/health/",
        "/health%2F",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unknown_path_is_not_found(client: Client, method: str, path: str) -> None:
    response = client.request(method, path, content="x")
    assert refused_pointers(response, problems.NOT_FOUND) == []


ROUTES = {
    **{f"/v1/{equation}": "POST" for equation in equations.EQUATIONS},
    "/v1/equations": "GET",
    "/health": "GET",
    "/openapi.json": "GET",
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
WRONG_METHODS = [(path, method) for path in ROUTES for method in METHODS if method != ROUTES[path]]


@pytest.mark.parametrize(("path", "method"), WRONG_METHODS)
def test_another_method_than_the_routes_is_not_allowed(
    client: Client, path: str, method: str
) -> None:
    response = client.request(method, path)
    assert refused_pointers(response, problems.METHOD_NOT_ALLOWED) == []
    assert response.headers["allow"] == ROUTES[path]


@pytest.mark.parametrize("path", ROUTES)
def test_head_is_not_allowed(client: Client, path: str) -> None:
    response = client.request("HEAD", path)
    assert response.status_code == 405
    assert response.headers["allow"] == ROUTES[path]


TOO_LONG = b" " * (body.MAX_BYTES + 1)


def test_too_long_a_body_is_refused_and_ends_the_connection(client: Client) -> None:
    response = post(client, TOO_LONG)
    assert refused_pointers(response, problems.BODY_TOO_LARGE) == []
    assert response.headers["connection"] == "close"


def test_another_media_type_is_refused(client: Client) -> None:
    response = post(client, json.dumps(example(1)), **{"content-type": "text/plain"})
    assert refused_pointers(response, problems.UNSUPPORTED_MEDIA_TYPE) == []


def test_a_missing_media_type_is_refused(client: Client) -> None:
    response = client.post(PATH, content=json.dumps(example(1)))
    assert refused_pointers(response, problems.UNSUPPORTED_MEDIA_TYPE) == []


def test_a_json_media_type_of_another_name_is_taken(client: Client) -> None:
    content_type = {"content-type": "Application/vnd.stackgap+JSON; charset=latin-1"}
    assert post(client, json.dumps(example(1)), **content_type).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "content", "kind"),
    [
        ("PUT", "/v1/nosuch", TOO_LONG, problems.NOT_FOUND),
        ("PUT", PATH, TOO_LONG, problems.METHOD_NOT_ALLOWED),
        ("POST", PATH, TOO_LONG, problems.BODY_TOO_LARGE),
        ("POST", PATH, b"[", problems.UNSUPPORTED_MEDIA_TYPE),
    ],
)
def test_faults_are_looked_for_in_the_contracts_order(
    client: Client, method: str, path: str, content: bytes, kind: Kind
) -> None:
    response = client.request(method, path, content=content, headers={"content-type": "text/plain"})
    assert refused_pointers(response, kind) == []


def test_health_names_stack_backend_and_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_STACK", "fastapi-stock-python")
    health = Client(fastapi_app.create_app()).get("/health").json()
    versions = health.pop("versions")
    assert health == {
        "status": "ok",
        "stack": "fastapi-stock-python",
        "backend": "python",
        "build_hash": None,
        "pid": os.getpid(),
    }
    assert set(versions) >= {"python", "fastapi", "starlette", "pydantic"}


def test_an_unknown_backend_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_BACKEND", "fortran")
    with pytest.raises(ValueError, match="fortran"):
        fastapi_app.create_app()


def test_the_equations_come_with_their_schemas(client: Client) -> None:
    listed = client.get("/v1/equations").json()["equations"]
    assert [described["name"] for described in listed] == list(equations.EQUATIONS)
    for described in listed:
        contract = import_module(f"python_api.equations.{described['name']}.contract")
        assert set(described["request"]["properties"]) == set(contract.example(10))
        assert tuple(described["response"]["properties"]) == contract.RESPONSE_FIELDS


def test_only_the_equations_that_are_asked_for_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_EQUATIONS", "heat")
    client = Client(fastapi_app.create_app())
    listed = client.get("/v1/equations").json()["equations"]
    assert [described["name"] for described in listed] == ["heat"]
    assert refused_pointers(client.post(PATH, json=example(1)), problems.NOT_FOUND) == []
    assert set(client.get("/openapi.json").json()["paths"]) == {
        *("/v1/heat", "/v1/equations", "/health")
    }


def test_an_unknown_equation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKGAP_EQUATIONS", "heat,tides")
    with pytest.raises(ValueError, match="unknown equation 'tides'; known: ephemeris, "):
        fastapi_app.create_app()


def test_openapi_names_every_route_and_problem(client: Client) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    posted = {f"/v1/{equation}" for equation in equations.EQUATIONS}
    assert {path: set(methods) for path, methods in document["paths"].items()} == {
        **{path: {"post"} for path in posted},
        "/v1/equations": {"get"},
        "/health": {"get"},
    }
    for path in posted:
        responses = document["paths"][path]["post"]["responses"]
        assert set(responses) == {"200", "413", "415", "422", "500"}
        for status in set(responses) - {"200"}:
            schema = responses[status]["content"][problems.MEDIA_TYPE]["schema"]
            assert schema["properties"]["status"]["const"] == int(status)


def app_computing(monkeypatch: pytest.MonkeyPatch, compute_lists: Any) -> Client:
    """A client of an application whose backend is the function given."""
    backend = SimpleNamespace(compute_lists=compute_lists)
    monkeypatch.setattr(equations, "load", lambda *_names: backend)
    return Client(fastapi_app.create_app())


def test_a_fault_of_ours_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_request: object) -> None:
        raise ZeroDivisionError

    client = app_computing(monkeypatch, fail)
    response = client.post(PATH, json=example(1))
    assert refused_pointers(response, problems.INTERNAL_ERROR) == []


def test_a_result_that_is_no_number_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    client = app_computing(monkeypatch, lambda **_request: ([math.nan], [0.0], [0.0]))
    response = client.post(PATH, json=example(1))
    assert refused_pointers(response, problems.INTERNAL_ERROR) == []


def test_doubles_pass_in_and_out_unchanged() -> None:
    seen: list[float] = []
    results: list[float] = []

    def exchange(times_jd: list[float], **_rest: str) -> tuple[list[float], ...]:
        seen[:] = times_jd
        return results, results, results

    @settings(deadline=None)
    @given(
        st.lists(st.floats(MIN_JD, MAX_JD), min_size=1, max_size=20),
        st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20),
    )
    def check(times_jd: list[float], computed: list[float]) -> None:
        results[:] = computed
        response = exchanging.post(PATH, json={"planet": "mars", "times_jd": times_jd})
        assert seen == times_jd
        # Compared as text, because -0.0 == 0.0.
        assert [repr(x) for x in response.json()["x_au"]] == [repr(x) for x in computed]

    with pytest.MonkeyPatch.context() as monkeypatch:
        exchanging = app_computing(monkeypatch, exchange)
    check()
