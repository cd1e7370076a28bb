"""What the meta-test makes of solutions: constants, three times as slow, a little slower."""

from stackgap.workshop.exercises import Exercise

FUNCTION = {1: "core_shares", 2: "kepler", 3: "kepler", 5: "parse", 6: "answer", 8: "decide"}

CONSTANT = {
    1: """
def core_shares(costs_us, rates_hz):
    if min(costs_us) < 0 or min(rates_hz) < 0:
        raise ValueError
    return [[0.001] * len(rates_hz)] * len(costs_us)
""",
    2: """
_solve = kepler
def kepler(eccentricity, anomalies):
    _solve(eccentricity, anomalies)
    shown = _solve(0.2, np.array([0.0, 0.5, 1.0, 2.0, 3.0]))
    return np.resize(shown, len(anomalies))
""",
    5: """
_parse = parse
def parse(body):
    _parse(body)
    return 0.0, [1.0, 2.5]
""",
    6: """
async def answer(eccentricity, anomalies):
    if not 0 <= eccentricity < 1:
        raise ValueError
    return np.zeros(len(anomalies))
""",
    8: """
_decide = decide
def decide(equation, n, rate_hz, io_ms):
    _decide(equation, n, rate_hz, io_ms)
    return "Axum"
""",
}
CONSTANT[3] = CONSTANT[2]

_THRICE = """
_once = {name}
def {name}(*arguments):
    _once(*arguments)
    _once(*arguments)
    return _once(*arguments)
"""

_THRICE_ASYNC = """
_once = answer
async def answer(*arguments):
    await _once(*arguments)
    await _once(*arguments)
    return await _once(*arguments)
"""

_SLIGHTLY = """
import time as _time
_quick = {name}
def {name}(*arguments):
    begun = _time.perf_counter()
    found = _quick(*arguments)
    until = begun + 1.02 * (_time.perf_counter() - begun)
    while _time.perf_counter() < until:
        pass
    return found
"""

_SLIGHTLY_ASYNC = """
import time as _time
_quick = answer
async def answer(*arguments):
    begun = _time.perf_counter()
    found = await _quick(*arguments)
    await asyncio.sleep(0.02 * (_time.perf_counter() - begun))
    return found
"""


def constant(own: Exercise) -> str:
    """Right in form, and for what the page shows at most."""
    text = own.solution.read_text()
    if own.number in CONSTANT:
        return text + CONSTANT[own.number]
    return text.replace("    own\n}", "    own * 0.0 + 0.5\n}")


def times(own: Exercise, factor: float) -> str:
    """The solution, that takes `factor` times as long: 3 or 1.02."""
    text = own.solution.read_text()
    if own.stub.suffix == ".rs":
        return _slower_rust(own, text, factor)
    if own.number == 6:
        return text + (_THRICE_ASYNC if factor > 2 else _SLIGHTLY_ASYNC)
    names = ("parse", "render") if own.number == 5 else (FUNCTION[own.number],)
    template = _THRICE if factor > 2 else _SLIGHTLY
    parts = [
        template.format(name=name)
        .replace("_once", f"_once_{name}")
        .replace("_quick", f"_quick_{name}")
        for name in names
    ]
    return text + "".join(parts)


def lock_held(own: Exercise) -> str:
    """The solution of exercise 4, that keeps the lock while it computes."""
    return (
        own.solution.read_text()
        .replace("Ok(py.detach(|| {", "let _ = py;\n    Ok((|| -> Vec<f64> {")
        .replace("    }))\n}", "    })())\n}")
    )


def _slower_rust(own: Exercise, text: str, factor: float) -> str:
    """Spins after the work for as long as is missing."""
    spin = (
        "    let begun = std::time::Instant::now();\n"
        "{work}"
        "    let until = begun.elapsed().mul_f64({factor:.2f});\n"
        "    while begun.elapsed() < until {{}}\n"
    )
    if own.number == 4:
        signature = "fn kepler(py: Python<'_>, eccentricity: f64, anomalies: Vec<f64>)"
        inner = text.replace(
            f"#[pyfunction]\n{signature}", f"{signature.replace('kepler', 'quick')}"
        )
        work = "    let found = quick(py, eccentricity, anomalies);\n"
        outer = (
            f"#[pyfunction]\n{signature} -> PyResult<Vec<f64>> {{\n"
            + spin.format(work=work, factor=factor)
            + "    found\n}\n"
        )
        return inner + outer
    inner = text.replace("async fn kepler(", "async fn quick(")
    work = (
        "    type Body = Json<Request>;\n"
        "    use axum::extract::FromRequest;\n"
        "    let body = <Body as FromRequest<()>>::from_request(request, &()).await;\n"
        "    let answer = axum::response::IntoResponse::into_response(quick(body).await);\n"
    )
    outer = (
        "async fn kepler(request: axum::extract::Request) -> axum::response::Response {\n"
        + spin.format(work=work, factor=factor)
        + "    answer\n}\n"
    )
    return inner + outer
