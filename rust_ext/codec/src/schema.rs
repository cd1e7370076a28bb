//! JSON Schemas of requests and answers.

use serde_json::{Map, Value, json};

use crate::equation::Equation;
use crate::rule::{Field, Limits, Output, Rule};

/// The schema of a request's body.
pub fn of_request(equation: &Equation) -> Value {
    let names = equation.request.iter().map(|field| field.name);
    let mut schema = of_object(names.zip(equation.request.iter().map(of_field)));
    schema["examples"] = json!([equation.example()]);
    schema
}

/// The schema of an answer's body.
pub fn of_response(equation: &Equation) -> Value {
    let count = equation.count();
    let names = equation.response.iter().map(|output| output.name);
    let schemas = equation.response.iter();
    of_object(names.zip(schemas.map(|output| of_output(output, count))))
}

fn of_object(members: impl Iterator<Item = (&'static str, Value)> + Clone) -> Value {
    let names: Vec<_> = members.clone().map(|(name, _)| name).collect();
    let properties: Map<_, _> = members
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    json!({
        "type": "object",
        "required": names,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn of_field(field: &Field) -> Value {
    let mut schema = match field.rule {
        Rule::OneOf(names) => json!({"type": "string", "enum": names}),
        Rule::Number(limits) => of_number(limits),
        Rule::Integer(Limits { least, most }) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        Rule::Numbers { each, count } => of_array(&of_number(each), count),
    };
    schema["description"] = field.description.into();
    schema
}

fn of_output(output: &Output, count: Limits<usize>) -> Value {
    let mut schema = of_array(&json!({"type": "number"}), count);
    schema["description"] = output.description.into();
    schema
}

fn of_number(Limits { least, most }: Limits<f64>) -> Value {
    json!({"type": "number", "minimum": least, "maximum": most})
}

fn of_array(items: &Value, count: Limits<usize>) -> Value {
    json!({
        "type": "array",
        "minItems": count.least,
        "maxItems": count.most,
        "items": items,
    })
}
