"""`docs/equations.md`: what each backend makes of each equation's shape, from kept figures."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import msgspec
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stackgap.analyse.kernels import (
    Crossover,
    Kernel,
    Measurement,
    Row,
    by_equation,
    crossovers,
    rows,
    times_as_fast,
)
from stackgap.report import formatting as f
from stackgap.report.suites import ratio, spread

PAGE = "equations.md"

_TYPICAL_N = 1_000
_COLOURS = {
    "python": "#3b6ea8",
    "numpy": "#d98c21",
    "numba": "#2f8f5b",
    "rust": "#c0563b",
    "rust_simd": "#7a1f3d",
}
_PEER_COLOURS = ("#8a8a8a", "#b3a27a")
_ARRAYS = ("native arrays", "lists")
_DECADES = [10**exponent for exponent in range(10)]
_PANEL_PX = (330, 260)


class Shape:
    """One equation's figures, as the page's sentences ask for them."""

    def __init__(self, timed: Sequence[Kernel], measured: Measurement) -> None:
        self.name = timed[0].equation
        self.unit = timed[0].work_unit
        self.chart = chart_name(self.name)
        self.rows = {
            arrays: [row for row in rows(timed) if row.arrays == arrays] for arrays in _ARRAYS
        }
        self.accuracy = [own for own in measured.accuracy if own.equation == self.name]
        self.crossovers = {
            arrays: crossovers([kernel for kernel in timed if kernel.arrays == arrays])
            for arrays in _ARRAYS
        }
        self.typical_n = max(row.n for row in self._native if row.n <= _TYPICAL_N)
        self.smallest_n = self._native[0].n
        self.largest_n = self._native[-1].n

    @property
    def _native(self) -> list[Row]:
        return self.rows["native arrays"]

    def best_peer(self, n: int | None = None) -> str:
        """The fastest on native arrays that is not of Rust, at the typical size if none is said."""
        return self._row(n).best_peer.backend

    def ns(self, backend: str, n: int | None = None) -> str:
        """Nanoseconds for a piece of work on native arrays: "12.3"."""
        return f.significant(self._kernel(backend, n).ns_per_element)

    def us(self, backend: str, n: int | None = None) -> str:
        """Microseconds for a whole call on native arrays: "12.3"."""
        kernel = self._kernel(backend, n)
        return f.significant(kernel.ns_per_element * kernel.work / 1000)

    def speed(self, backend: str, other: str, n: int | None = None) -> str:
        """The speed of one backend over another's on native arrays: "1.23 [1.20, 1.25] times"."""
        found = times_as_fast(self._kernel(backend, n), self._kernel(other, n))
        low, high = f.significant(found.low), f.significant(found.high)
        return f"{f.significant(found.middle)} [{low}, {high}] times"

    def over_the_peer(self, backend: str, n: int | None = None) -> str:
        """The speed of a backend over that of the best peer."""
        return self.speed(backend, self.best_peer(n), n)

    def _row(self, n: int | None) -> Row:
        wanted = self.typical_n if n is None else n
        return next(row for row in self._native if row.n == wanted)

    def _kernel(self, backend: str, n: int | None) -> Kernel:
        found = self._row(n).find(backend)
        assert found is not None, f"{backend} is not among the kept figures of {self.name}"
        return found


def files(measured: Measurement) -> dict[str, str]:
    """The page and its charts by file name."""
    timed = by_equation(measured.kernels)
    charts = {chart_name(name): _drawn(figure(own)) for name, own in timed.items()}
    return {PAGE: render(measured), **charts}


def render(measured: Measurement) -> str:
    """The page, in Markdown."""
    shapes = [Shape(own, measured) for own in by_equation(measured.kernels).values()]
    template = _environment().get_template("equations_page.md")
    return template.render(measured=measured, shapes=shapes)


def encode(measured: Measurement) -> bytes:
    """The kept figures, a line each so that changes are seen."""
    fields = msgspec.to_builtins(measured)
    lists = {name: fields.pop(name) for name in ("kernels", "accuracy")}
    head = msgspec.json.format(msgspec.json.encode(fields), indent=1).decode().removesuffix("\n}")
    parts = (f' "{name}": [\n{_lines(members)}\n ]' for name, members in lists.items())
    return (",\n".join([head, *parts]) + "\n}\n").encode()


def decode(kept: bytes) -> Measurement:
    """What `encode` wrote."""
    return msgspec.json.decode(kept, type=Measurement)


def chart_name(equation: str) -> str:
    """The file of the equation's chart."""
    return f"equations-{equation}.svg"


def figure(timed: Sequence[Kernel]) -> dict[str, Any]:
    """Time for a piece of work over n, both logarithmic: a Vega-Lite specification."""
    backends = list(dict.fromkeys(kernel.backend for kernel in timed))
    peers = iter(_PEER_COLOURS)
    colours = [_COLOURS.get(backend) or next(peers) for backend in backends]
    panels = [
        _panel([kernel for kernel in timed if kernel.arrays == arrays], arrays, backends, colours)
        for arrays in _ARRAYS
    ]
    chart = (
        alt.hconcat(*panels)
        .resolve_scale(y="shared")
        .properties(background="white")
        .configure(font="sans-serif", aria=False)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=11, titleFontSize=11, titleFontWeight="normal")
        .configure_title(fontSize=12, fontWeight="normal", anchor="start")
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def digest(spec: dict[str, Any]) -> str:
    """What is written into a chart, so that one of other figures can be told."""
    return hashlib.sha256(msgspec.json.encode(spec, order="sorted")).hexdigest()[:16]


def _panel(
    timed: Sequence[Kernel], arrays: str, backends: Sequence[str], colours: Sequence[str]
) -> Any:
    points = [
        {
            "n": kernel.n,
            "ns": float(f"{kernel.ns_per_element:.4g}"),
            "low": float(f"{min(kernel.seconds) * 1e9 / kernel.work:.4g}"),
            "high": float(f"{max(kernel.seconds) * 1e9 / kernel.work:.4g}"),
            "backend": kernel.backend,
        }
        for kernel in timed
    ]
    sizes = sorted({kernel.n for kernel in timed})
    x = alt.X(
        "n:Q",
        title="n",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(values=sizes, format="~s", grid=False),
    )
    title = f"ns per {timed[0].work_unit}"
    y = alt.Y(
        "ns:Q",
        title=title,
        scale=alt.Scale(type="log"),
        axis=alt.Axis(values=_DECADES, format="~s"),
    )
    colour = alt.Color(
        "backend:N",
        title=None,
        sort=list(backends),
        scale=alt.Scale(domain=list(backends), range=list(colours)),
    )
    data = alt.Chart(alt.InlineData(values=points), title=f"on {arrays}").encode(
        x=x, y=y, color=colour
    )
    ends = data.mark_rule(strokeWidth=1).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    layers = (ends, data.mark_line(strokeWidth=1.5), data.mark_point(filled=True, size=25))
    width, height = _PANEL_PX
    return alt.layer(*layers).properties(width=width, height=height)


def _drawn(spec: dict[str, Any]) -> str:
    svg: str = vl_convert.vegalite_to_svg(spec)
    return f"{svg.rstrip()}\n<!-- {digest(spec)} -->\n"


def _lines(members: Sequence[dict[str, Any]]) -> str:
    return ",\n".join(f"  {msgspec.json.encode(member).decode()}" for member in members)


def _crossing(found: Crossover) -> str:
    ends = (found.n.middle, found.n.low, found.n.high)
    return "{} [{}, {}]".format(*(f.significant(n, digits=2) for n in ends))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        # The page is Markdown of our own words and figures: there is nothing to escape.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "significant": f.significant,
        "percent": f.whole_percent,
        "crossing": _crossing,
    }
    environment.globals |= {"ratio": ratio, "spread": spread}
    return environment
