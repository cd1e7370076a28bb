"""The HTTP bodies of `black_scholes` as msgspec structs; `docs/http-contract.md` has the limits."""

from typing import Annotated

from msgspec import Meta

from python_api.equations.black_scholes.contract import (
    MAX_OPTIONS,
    MAX_PRICE,
    MAX_RATE,
    MAX_VOLATILITY,
    MAX_YEARS,
    MIN_PRICE,
    MIN_RATE,
    MIN_VOLATILITY,
    MIN_YEARS,
    UNITS,
)
from python_api.equations.structs import Misfit, RequestStruct, ResponseStruct, of_other_length

Price = Annotated[float, Meta(ge=MIN_PRICE, le=MAX_PRICE)]
Years = Annotated[float, Meta(ge=MIN_YEARS, le=MAX_YEARS)]


class Request(RequestStruct):
    """The n options to price, and the market they are priced in."""

    spot: Annotated[
        list[Price], Meta(min_length=1, max_length=MAX_OPTIONS, description=UNITS["spot"])
    ]
    strike: Annotated[
        list[Price], Meta(min_length=1, max_length=MAX_OPTIONS, description=UNITS["strike"])
    ]
    years: Annotated[
        list[Years], Meta(min_length=1, max_length=MAX_OPTIONS, description=UNITS["years"])
    ]
    rate: Annotated[float, Meta(ge=MIN_RATE, le=MAX_RATE, description=UNITS["rate"])]
    volatility: Annotated[
        float, Meta(ge=MIN_VOLATILITY, le=MAX_VOLATILITY, description=UNITS["volatility"])
    ]

    def misfit(self) -> Misfit | None:
        """See `RequestStruct.misfit`."""
        return of_other_length("spot", self.spot, {"strike": self.strike, "years": self.years})


class Response(ResponseStruct):
    """The n prices of European calls and of puts, in units of the currency."""

    call: Annotated[list[float], Meta(description=UNITS["call"])]
    put: Annotated[list[float], Meta(description=UNITS["put"])]
