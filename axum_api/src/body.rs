//! What must hold of a body before it is read as JSON: its length, then its media type.

use axum::body::{Bytes, HttpBody};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// Longest body that is read, in bytes. The router must set the same `DefaultBodyLimit`.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// The bytes of a body that is short enough and says it is JSON.
pub struct JsonBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if declared_bytes(&request) > MAX_BODY_BYTES as u64 {
            return Err(Problem::BodyTooLarge.into_response());
        }
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(rejected)?;
        if is_json {
            Ok(Self(bytes))
        } else {
            Err(Problem::UnsupportedMediaType.into_response())
        }
    }
}

/// The Content-Length; 0 for a body sent in chunks.
fn declared_bytes(request: &Request) -> u64 {
    request.body().size_hint().lower()
}

fn rejected(rejection: BytesRejection) -> Response {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Problem::BodyTooLarge.into_response()
        }
        // The connection broke, or what came was not HTTP: the server's own answer.
        broken => broken.into_response(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| is_json_media_type(value.as_bytes()))
}

fn is_json_media_type(content_type: &[u8]) -> bool {
    let essence = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    let essence = essence.trim_ascii().to_ascii_lowercase();
    match essence.strip_prefix(b"application/") {
        Some(b"json") => true,
        Some(subtype) => subtype.strip_suffix(b"+json").is_some_and(is_token),
        None => false,
    }
}

/// Whether `text` is a token of RFC 9110, section 5.6.2.
fn is_token(text: &[u8]) -> bool {
    let is_token_byte =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_token_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_media_types_are_known_whatever_their_case_and_parameters() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json ; charset=latin-1; x=\"y\"",
            "application/problem+json",
            "APPLICATION/vnd.api+JSON",
            "application/a+b+json",
        ] {
            assert!(is_json_media_type(good.as_bytes()), "{good}");
        }
        assert!(is_json_media_type(b"application/json; x=\xe9"));
    }

    #[test]
    fn other_media_types_are_not_json() {
        for bad in [
            "",
            "json",
            "text/json",
            "text/plain; application/json",
            "application/jsonp",
            "application/x-json",
            "application/+json",
            "application/a b+json",
            "application/json, text/plain",
            "application/json+xml",
        ] {
            assert!(!is_json_media_type(bad.as_bytes()), "{bad}");
        }
    }
}
