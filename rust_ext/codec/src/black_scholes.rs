//! The contract of `black_scholes`.

use stackgap_core::Backend;
use stackgap_core::black_scholes::{
    MAX_OPTIONS, MAX_PRICE, MAX_RATE, MAX_VOLATILITY, MAX_YEARS, MIN_PRICE, MIN_RATE,
    MIN_VOLATILITY, MIN_YEARS, Market, prices,
};

use crate::answer::zeros;
use crate::equation::Equation;
use crate::rule::{Field, Limits, Output, Rule};
use crate::values::{Value, Values};

pub const EQUATION: Equation = Equation {
    name: "black_scholes",
    summary: "Prices of European calls and puts on an underlying that pays no dividends.",
    request: &[
        Field {
            name: "spot",
            description: "prices of the underlying today, in units of the currency",
            rule: one_an_option(MIN_PRICE, MAX_PRICE),
        },
        Field {
            name: "strike",
            description: "prices agreed on, in units of the currency",
            rule: one_an_option(MIN_PRICE, MAX_PRICE),
        },
        Field {
            name: "years",
            description: "times to expiry in years",
            rule: one_an_option(MIN_YEARS, MAX_YEARS),
        },
        Field {
            name: "rate",
            description: "interest rate per year, compounded continuously",
            rule: Rule::Number(Limits::new(MIN_RATE, MAX_RATE)),
        },
        Field {
            name: "volatility",
            description: "standard deviation of the logarithm of the underlying's price after a \
                          year",
            rule: Rule::Number(Limits::new(MIN_VOLATILITY, MAX_VOLATILITY)),
        },
    ],
    response: &[
        Output {
            name: "call",
            description: "prices of the calls, in units of the currency",
        },
        Output {
            name: "put",
            description: "prices of the puts, in units of the currency",
        },
    ],
    example: r#"{"spot": [100.0, 100.0], "strike": [95.0, 105.0], "years": [0.5, 1.0],
                 "rate": 0.03, "volatility": 0.2}"#,
    check: |_| Ok(()),
    work: options,
    brief_work: 2_500,
    solve,
};

const fn one_an_option(least: f64, most: f64) -> Rule {
    Rule::Numbers {
        each: Limits::new(least, most),
        count: Limits::new(1, MAX_OPTIONS),
    }
}

fn options(values: &Values) -> usize {
    let [spot, _strike, _years, _rate, _volatility] = values.fields();
    spot.numbers().len()
}

fn solve(backend: Backend, values: &Values) -> Vec<Vec<f64>> {
    let [spot, strike, years, rate, volatility] = values.fields();
    let market = Market {
        rate: rate.number(),
        volatility: volatility.number(),
    };
    let [spot, strike, years] = [spot, strike, years].map(Value::numbers);
    let [mut call, mut put] = zeros(spot.len());
    prices(backend, market, spot, strike, years, &mut call, &mut put);
    vec![call, put]
}
