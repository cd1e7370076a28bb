//! Reads one HTTP/1 response from bytes that arrive in any pieces.

use httparse::{EMPTY_HEADER, Header, Status};

const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_HEADERS: usize = 64;
const MAX_BODY_BYTES: usize = 64 << 20;

/// The bytes are no HTTP/1 response, or one larger than is accepted.
#[derive(Debug, PartialEq, Eq)]
pub struct BadResponse;

/// Takes a response's bytes as they come, and is used again for the next one.
#[derive(Debug, Default)]
pub struct ResponseReader {
    stage: Stage,
    /// The unfinished head or line of chunked framing.
    pending: Vec<u8>,
    status: u16,
    keep_alive: bool,
    body: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Head,
    /// A body, or the data of a chunk, of which `left` bytes are to come.
    Data {
        left: usize,
        then: AfterData,
    },
    /// A body that ends where the connection does.
    ToEnd,
    ChunkSize,
    ChunkEnd,
    Trailer,
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterData {
    Complete,
    ChunkEnd,
}

impl ResponseReader {
    /// Takes the next bytes; any beyond the response's end are an error.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), BadResponse> {
        while !bytes.is_empty() {
            bytes = match self.stage {
                Stage::Head => self.read_head(bytes)?,
                Stage::Data { left, then } => self.read_data(bytes, left, then)?,
                Stage::ToEnd => self.read_data(bytes, usize::MAX, AfterData::Complete)?,
                Stage::ChunkSize | Stage::ChunkEnd | Stage::Trailer => self.read_line(bytes)?,
                Stage::Complete => return Err(BadResponse),
            };
        }
        Ok(())
    }

    /// Says that the connection has ended; whether that completes the response.
    pub fn end_of_stream(&mut self) -> bool {
        if self.stage == Stage::ToEnd {
            self.stage = Stage::Complete;
        }
        self.is_complete()
    }

    pub fn is_complete(&self) -> bool {
        self.stage == Stage::Complete
    }

    /// Whether any byte of the response has arrived.
    pub fn has_begun(&self) -> bool {
        self.stage != Stage::Head || !self.pending.is_empty()
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the server will take another request on this connection.
    pub fn keep_alive(&self) -> bool {
        self.keep_alive
    }

    /// The body so far, without its framing.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Makes ready for the next response.
    pub fn reset(&mut self) {
        self.stage = Stage::Head;
        self.pending.clear();
        self.body.clear();
    }

    fn read_head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], BadResponse> {
        let before = self.pending.len();
        self.pending.extend_from_slice(bytes);
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let mut head = httparse::Response::new(&mut headers);
        let Status::Complete(length) = head.parse(&self.pending).map_err(|_| BadResponse)? else {
            let too_long = self.pending.len() > MAX_HEAD_BYTES;
            return if too_long { Err(BadResponse) } else { Ok(&[]) };
        };
        let status = head.code.ok_or(BadResponse)?;
        let persistent = keeps_alive(head.version == Some(1), head.headers);
        let stage = framing(status, head.headers)?;
        self.pending.clear();
        self.status = status;
        self.keep_alive = persistent && stage != Stage::ToEnd;
        self.stage = stage;
        Ok(&bytes[length - before..])
    }

    fn read_data<'a>(
        &mut self,
        bytes: &'a [u8],
        left: usize,
        then: AfterData,
    ) -> Result<&'a [u8], BadResponse> {
        let (data, rest) = bytes.split_at(bytes.len().min(left));
        if self.body.len() + data.len() > MAX_BODY_BYTES {
            return Err(BadResponse);
        }
        self.body.extend_from_slice(data);
        if data.len() == left {
            self.stage = match then {
                AfterData::Complete => Stage::Complete,
                AfterData::ChunkEnd => Stage::ChunkEnd,
            };
        } else if let Stage::Data { left, .. } = &mut self.stage {
            *left -= data.len();
        }
        Ok(rest)
    }

    fn read_line<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], BadResponse> {
        let newline = bytes.iter().position(|&byte| byte == b'\n');
        let (line, rest) = bytes.split_at(newline.map_or(bytes.len(), |at| at + 1));
        self.pending.extend_from_slice(line);
        if self.pending.len() > MAX_HEAD_BYTES {
            return Err(BadResponse);
        }
        if newline.is_some() {
            self.stage = self.after_line()?;
            self.pending.clear();
        }
        Ok(rest)
    }

    fn after_line(&self) -> Result<Stage, BadResponse> {
        let is_empty = self.pending == b"\r\n";
        match self.stage {
            Stage::ChunkSize => chunk(&self.pending),
            Stage::ChunkEnd if is_empty => Ok(Stage::ChunkSize),
            Stage::Trailer if is_empty => Ok(Stage::Complete),
            Stage::Trailer => Ok(Stage::Trailer),
            _ => Err(BadResponse),
        }
    }
}

/// Which stage follows a head (RFC 9112, section 6.3).
fn framing(status: u16, headers: &[Header]) -> Result<Stage, BadResponse> {
    if (100..200).contains(&status) && status != 101 {
        return Ok(Stage::Head);
    }
    if status == 204 || status == 304 {
        return Ok(Stage::Complete);
    }
    let mut encodings = values(headers, "transfer-encoding");
    let length = content_length(headers)?;
    match (encodings.next(), length) {
        (Some(encoding), None)
            if encoding.eq_ignore_ascii_case(b"chunked") && encodings.next().is_none() =>
        {
            Ok(Stage::ChunkSize)
        }
        (Some(_), _) => Err(BadResponse),
        (None, Some(0)) => Ok(Stage::Complete),
        (None, Some(left)) => Ok(Stage::Data {
            left,
            then: AfterData::Complete,
        }),
        (None, None) => Ok(Stage::ToEnd),
    }
}

fn chunk(size_line: &[u8]) -> Result<Stage, BadResponse> {
    // httparse takes a line without any digit for a size of 0, which would end the body early.
    if !size_line[0].is_ascii_hexdigit() {
        return Err(BadResponse);
    }
    match httparse::parse_chunk_size(size_line) {
        Ok(Status::Complete((_, 0))) => Ok(Stage::Trailer),
        Ok(Status::Complete((_, size))) => {
            let left = usize::try_from(size).map_err(|_| BadResponse)?;
            Ok(Stage::Data {
                left,
                then: AfterData::ChunkEnd,
            })
        }
        Ok(Status::Partial) | Err(_) => Err(BadResponse),
    }
}

/// The one Content-Length there is, be it said once or several times.
fn content_length(headers: &[Header]) -> Result<Option<usize>, BadResponse> {
    let mut lengths = values(headers, "content-length").map(decimal);
    let Some(first) = lengths.next() else {
        return Ok(None);
    };
    let first = first?;
    let agreed = lengths.all(|other| other == Ok(first));
    if agreed && first <= MAX_BODY_BYTES {
        Ok(Some(first))
    } else {
        Err(BadResponse)
    }
}

fn decimal(value: &[u8]) -> Result<usize, BadResponse> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let text = str::from_utf8(value).map_err(|_| BadResponse)?;
    if digits {
        text.parse().map_err(|_| BadResponse)
    } else {
        Err(BadResponse)
    }
}

fn keeps_alive(is_http_1_1: bool, headers: &[Header]) -> bool {
    let says = |token: &[u8]| {
        values(headers, "connection")
            .flat_map(|value| value.split(|&byte| byte == b','))
            .any(|part| part.trim_ascii().eq_ignore_ascii_case(token))
    };
    if is_http_1_1 {
        !says(b"close")
    } else {
        says(b"keep-alive")
    }
}

fn values<'a>(headers: &'a [Header], name: &str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |h| h.name.eq_ignore_ascii_case(name))
        .map(|h| h.value.trim_ascii())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIZED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                           5;note=a\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: b\r\n\r\n";
    const INTERIM: &str = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n\
                           HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world";
    const TO_END: &str = "HTTP/1.1 200 OK\r\n\r\nhello world";

    fn read(pieces: &[&[u8]]) -> Result<ResponseReader, BadResponse> {
        let mut reader = ResponseReader::default();
        pieces.iter().try_for_each(|piece| reader.feed(piece))?;
        Ok(reader)
    }

    fn head(fields: &str) -> Result<ResponseReader, BadResponse> {
        read(&[format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n").as_bytes()])
    }

    proptest! {
        #[test]
        fn a_response_reads_the_same_however_it_is_cut(
            wire in prop::sample::select(vec![SIZED, CHUNKED, INTERIM]),
            mut cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let mut at: Vec<usize> = cuts.drain(..).map(|cut| cut.index(wire.len())).collect();
            at.extend([0, wire.len()]);
            at.sort_unstable();
            let pieces: Vec<&[u8]> = at.windows(2).map(|w| &wire.as_bytes()[w[0]..w[1]]).collect();
            let reader = read(&pieces).unwrap();
            prop_assert!(reader.is_complete());
            prop_assert_eq!(reader.body(), b"hello world");
        }

        #[test]
        fn a_response_cut_short_is_never_complete(
            wire in prop::sample::select(vec![SIZED, CHUNKED, INTERIM]),
            length in any::<prop::sample::Index>(),
        ) {
            let mut reader = read(&[&wire.as_bytes()[..length.index(wire.len())]]).unwrap();
            prop_assert!(!reader.end_of_stream());
        }

        #[test]
        fn arbitrary_bytes_never_panic(pieces in prop::collection::vec(any::<Vec<u8>>(), 0..5)) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let _ = read(&pieces);
        }
    }

    #[test]
    fn a_body_without_a_length_ends_with_the_connection() {
        let mut reader = read(&[TO_END.as_bytes()]).unwrap();
        assert!(!reader.is_complete());
        assert!(reader.end_of_stream());
        assert_eq!(reader.body(), b"hello world");
        assert!(!reader.keep_alive());
    }

    #[test]
    fn a_reader_is_as_new_after_a_reset() {
        let mut reader = read(&[CHUNKED.as_bytes()]).unwrap();
        reader.reset();
        assert!(!reader.has_begun());
        reader
            .feed(b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno")
            .unwrap();
        assert_eq!((reader.status(), reader.body()), (500, b"no".as_slice()));
    }

    #[test]
    fn bytes_after_the_end_are_refused() {
        assert_eq!(read(&[SIZED.as_bytes(), b"x"]).unwrap_err(), BadResponse);
    }

    #[test]
    fn an_empty_body_is_complete_with_its_head() {
        assert!(head("Content-Length: 0").unwrap().is_complete());
        assert!(
            read(&[b"HTTP/1.1 204 No Content\r\n\r\n"])
                .unwrap()
                .is_complete()
        );
    }

    #[test]
    fn connection_says_whether_the_server_goes_on() {
        assert!(head("Content-Length: 0").unwrap().keep_alive());
        assert!(
            !head("Content-Length: 0\r\nConnection: foo, Close")
                .unwrap()
                .keep_alive()
        );
        let old = |fields: &str| read(&[format!("HTTP/1.0 200 OK\r\n{fields}\r\n").as_bytes()]);
        assert!(!old("Content-Length: 0\r\n").unwrap().keep_alive());
        assert!(
            old("Content-Length: 0\r\nConnection: keep-alive\r\n")
                .unwrap()
                .keep_alive()
        );
    }

    #[test]
    fn framing_that_can_be_read_two_ways_is_refused() {
        for fields in [
            "Content-Length: 1\r\nContent-Length: 2",
            "Content-Length: +1",
            "Content-Length: ",
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ] {
            assert_eq!(head(fields).unwrap_err(), BadResponse, "{fields}");
        }
        assert!(head("Content-Length: 1\r\nContent-Length: 1").is_ok());
    }

    #[test]
    fn a_chunk_must_end_where_its_size_says() {
        let fields = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for chunks in ["2\r\nabc\r\n", "x\r\n", "\r\n"] {
            assert_eq!(
                read(&[fields.as_bytes(), chunks.as_bytes()]).unwrap_err(),
                BadResponse
            );
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        assert_eq!(
            head(&format!("Content-Length: {}", MAX_BODY_BYTES + 1)).unwrap_err(),
            BadResponse
        );
        let endless = "a".repeat(MAX_HEAD_BYTES);
        let unfinished = format!("HTTP/1.1 200 OK\r\nA: {endless}");
        assert_eq!(read(&[unfinished.as_bytes()]).unwrap_err(), BadResponse);
    }
}
