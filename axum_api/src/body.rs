//! What must hold of a body before it is read: its length, then its media type.

use axum::body::{Bytes, HttpBody};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// Longest body that is read, in bytes. The router must set the same `DefaultBodyLimit`.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// How the numbers of a body are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    Json,
    /// Little-endian doubles.
    Float64,
}

/// A body that is short enough, and what its media type says it is.
pub struct TypedBody {
    pub payload: Option<Payload>,
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for TypedBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if declared_bytes(&request) > MAX_BODY_BYTES as u64 {
            return Err(Problem::BodyTooLarge.into_response());
        }
        let payload = payload(request.headers());
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(rejected)?;
        Ok(Self { payload, bytes })
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

fn payload(headers: &HeaderMap) -> Option<Payload> {
    let content_type = headers.get(header::CONTENT_TYPE)?;
    payload_of_media_type(content_type.as_bytes())
}

fn payload_of_media_type(content_type: &[u8]) -> Option<Payload> {
    let essence = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    let essence = essence.trim_ascii().to_ascii_lowercase();
    match essence.strip_prefix(b"application/")? {
        b"json" => Some(Payload::Json),
        b"octet-stream" => Some(Payload::Float64),
        subtype => {
            let is_json = subtype.strip_suffix(b"+json").is_some_and(is_token);
            is_json.then_some(Payload::Json)
        }
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
            let payload = payload_of_media_type(good.as_bytes());
            assert_eq!(payload, Some(Payload::Json), "{good}");
        }
        assert_eq!(
            payload_of_media_type(b"application/json; x=\xe9"),
            Some(Payload::Json)
        );
    }

    #[test]
    fn raw_doubles_are_octets_whatever_the_case_and_parameters() {
        for good in [
            "application/octet-stream",
            "Application/Octet-Stream",
            "application/octet-stream ; x=1",
        ] {
            let payload = payload_of_media_type(good.as_bytes());
            assert_eq!(payload, Some(Payload::Float64), "{good}");
        }
    }

    #[test]
    fn other_media_types_are_neither() {
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
            "application/octet-streams",
            "application/octet",
            "octet-stream",
        ] {
            assert_eq!(payload_of_media_type(bad.as_bytes()), None, "{bad}");
        }
    }
}
