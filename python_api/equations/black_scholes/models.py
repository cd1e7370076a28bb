"""The HTTP bodies of `black_scholes` as pydantic models; `docs/http-contract.md` has the limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field

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
from python_api.equations.lengths import as_long_as

Price = Annotated[float, Field(ge=MIN_PRICE, le=MAX_PRICE)]
Years = Annotated[float, Field(ge=MIN_YEARS, le=MAX_YEARS)]


class Request(BaseModel):
    """The n options to price, and the market they are priced in."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    spot: Annotated[
        list[Price],
        Field(min_length=1, max_length=MAX_OPTIONS, description=UNITS["spot"]),
        # One fault is enough: listing them all costs far more than finding the first.
        FailFast(),
    ]
    strike: Annotated[
        list[Price],
        Field(min_length=1, max_length=MAX_OPTIONS, description=UNITS["strike"]),
        FailFast(),
        as_long_as("spot"),
    ]
    years: Annotated[
        list[Years],
        Field(min_length=1, max_length=MAX_OPTIONS, description=UNITS["years"]),
        FailFast(),
        as_long_as("spot"),
    ]
    rate: Annotated[float, Field(ge=MIN_RATE, le=MAX_RATE, description=UNITS["rate"])]
    volatility: Annotated[
        float, Field(ge=MIN_VOLATILITY, le=MAX_VOLATILITY, description=UNITS["volatility"])
    ]


class Response(BaseModel):
    """The n prices of European calls and of puts, in units of the currency."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    call: Annotated[list[float], Field(description=UNITS["call"])]
    put: Annotated[list[float], Field(description=UNITS["put"])]
