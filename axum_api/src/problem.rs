//! Everything that can be wrong with a request, and the one place where it becomes an answer.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use stackgap_codec::Fault;

use crate::body::MAX_BODY_BYTES;

/// A reason not to answer as asked: an RFC 9457 problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No such path or equation.
    NotFound,
    /// The path is known, the method is not the one it takes.
    MethodNotAllowed { allow: &'static str },
    /// The body is longer than the server will read.
    BodyTooLarge,
    /// The body does not claim to be JSON, nor raw doubles where they are taken.
    UnsupportedMediaType { takes_float64: bool },
    /// The body is not a request the equation takes.
    InvalidBody(Fault),
    /// A fault of ours.
    InternalError,
    /// The server behind this one does not answer.
    BadGateway,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[&'a Fault; 1]>,
}

impl Problem {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::MethodNotAllowed { .. } => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                "Body too large",
            ),
            Self::UnsupportedMediaType { .. } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Unsupported media type",
            ),
            Self::InvalidBody(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-body",
                "Invalid body",
            ),
            Self::InternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal-error",
                "Internal error",
            ),
            Self::BadGateway => (StatusCode::BAD_GATEWAY, "bad-gateway", "Bad gateway"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NotFound => "nothing is served at this path".to_owned(),
            Self::MethodNotAllowed { allow } => format!("this path takes {allow} only"),
            Self::BodyTooLarge => format!("a body may have at most {MAX_BODY_BYTES} bytes"),
            Self::UnsupportedMediaType { takes_float64 } => {
                let octets = if *takes_float64 {
                    " or, of raw doubles, as application/octet-stream"
                } else {
                    ""
                };
                format!("a body must be sent as application/json or application/*+json{octets}")
            }
            Self::InvalidBody(fault) => fault.detail.clone(),
            Self::InternalError => "the server failed; the request may be good".to_owned(),
            Self::BadGateway => "the server behind this one does not answer".to_owned(),
        }
    }

    fn errors(&self) -> Option<[&Fault; 1]> {
        match self {
            Self::InvalidBody(fault) => Some([fault]),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, slug, title) = self.kind();
        let document = Document {
            r#type: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail: self.detail(),
            errors: self.errors(),
        };
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        match self {
            Self::MethodNotAllowed { allow } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allow));
            }
            // The rest of the body is not going to be read, so no request can follow it.
            Self::BodyTooLarge => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
