//! The service described: the list of equations, and the `OpenAPI` document.
//!
//! Written by hand but for the equations, which bring their schemas.

use serde_json::{Value, json};
use stackgap_codec::Equation;

use crate::body::MAX_BODY_BYTES;

/// The answer of `GET /v1/equations`.
pub fn equations() -> Value {
    let described = stackgap_codec::equations().iter().map(|equation| {
        json!({
            "name": equation.name,
            "request": equation.request_schema(),
            "response": equation.response_schema(),
        })
    });
    json!({"equations": described.collect::<Vec<_>>()})
}

/// The `OpenAPI` 3.1 document.
pub fn document(takes_float64: bool) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Equations over HTTP",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/equations": {"get": operation(
                "list_equations", "The equations served, with their schemas.", "EquationList",
            )},
            "/health": {"get": operation("health", "What is running.", "Health")},
            "/openapi.json": {"get": operation("openapi", "This document.", "OpenApi")},
        },
        "components": {
            "schemas": {
                "EquationList": equation_list_schema(),
                "Health": health_schema(),
                "OpenApi": {"type": "object"},
                "Problem": problem_schema(),
            },
            "responses": {"Problem": {
                "description": "An RFC 9457 problem document.",
                "content": {"application/problem+json": {"schema": reference("Problem")}},
            }},
        },
    });
    for equation in stackgap_codec::equations() {
        let mut solve = solve(equation);
        if takes_float64 {
            add_float64(&mut solve);
        }
        document["paths"][format!("/v1/{}", equation.name)] = json!({"post": solve});
        let schemas = &mut document["components"]["schemas"];
        schemas[request_of(equation)] = equation.request_schema();
        schemas[response_of(equation)] = equation.response_schema();
    }
    document
}

fn solve(equation: &Equation) -> Value {
    let mut operation = operation(equation.name, equation.summary, &response_of(equation));
    let content = json!({"schema": reference(&request_of(equation))});
    operation["requestBody"] = json!({
        "required": true,
        "description": format!("At most {MAX_BODY_BYTES} bytes."),
        "content": {"application/json": content, "application/*+json": content},
    });
    for status in ["413", "415", "422"] {
        operation["responses"][status] = json!({"$ref": "#/components/responses/Problem"});
    }
    operation
}

/// Raw doubles as another content of a request and its answer; no schema can describe them.
fn add_float64(operation: &mut Value) {
    for body in ["/requestBody", "/responses/200"] {
        let body = operation.pointer_mut(body);
        body.expect("`solve` has it")["content"]["application/octet-stream"] = json!({});
    }
}

fn request_of(equation: &Equation) -> String {
    format!("{}.Request", equation.name)
}

fn response_of(equation: &Equation) -> String {
    format!("{}.Response", equation.name)
}

/// An operation that answers `schema`, or a problem.
fn operation(id: &str, summary: &str, schema: &str) -> Value {
    json!({
        "operationId": id,
        "summary": summary,
        "responses": {
            "200": {
                "description": "As asked.",
                "content": {"application/json": {"schema": reference(schema)}},
            },
            "default": {"$ref": "#/components/responses/Problem"},
        },
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn equation_list_schema() -> Value {
    json!({
        "type": "object",
        "required": ["equations"],
        "properties": {"equations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "request", "response"],
                "properties": {
                    "name": {"type": "string"},
                    "request": {"type": "object", "description": "A JSON Schema."},
                    "response": {"type": "object", "description": "A JSON Schema."},
                },
            },
        }},
    })
}

fn health_schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["status", "stack", "backend", "build_hash", "versions", "pid"],
        "properties": {
            "status": {"const": "ok"},
            "stack": text,
            "backend": text,
            "build_hash": text,
            "versions": {"type": "object", "additionalProperties": text},
            "pid": {"type": "integer"},
        },
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": false,
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "description": "Only of an invalid body.",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "additionalProperties": false,
                    "properties": {
                        "pointer": {"type": "string", "format": "json-pointer"},
                        "detail": {"type": "string"},
                    },
                },
            },
        },
    })
}
