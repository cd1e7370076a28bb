//! Asking a server whether it is healthy: what an image without a shell has for a health check.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
const OK: &[u8] = b"HTTP/1.0 200 ";

/// Returns if the server at `port` of this machine answers GET /health with 200.
///
/// # Errors
/// It does not answer in time, or otherwise.
pub fn ask(port: u16) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWERS_WITHIN)?;
    stream.set_read_timeout(Some(ANSWERS_WITHIN))?;
    stream.write_all(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut start = [0; OK.len()];
    stream.read_exact(&mut start)?;
    if start == OK {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&start).trim_end().to_owned();
    Err(io::Error::other(format!("/health answers {said}")))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn answered(answer: &'static [u8]) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 64];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(answer).unwrap();
        });
        let said = ask(port);
        server.join().unwrap();
        said
    }

    #[test]
    fn a_server_that_answers_200_is_healthy() {
        answered(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
    }

    #[test]
    fn another_answer_is_told() {
        let error = answered(b"HTTP/1.0 500 Internal Server Error\r\n\r\n").unwrap_err();
        assert_eq!(error.to_string(), "/health answers HTTP/1.0 500");
    }

    #[test]
    fn one_that_says_too_little_is_not_healthy() {
        assert!(answered(b"HTTP").is_err());
    }

    #[test]
    fn nobody_there_is_not_healthy() {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|free| free.local_addr())
            .unwrap()
            .port();
        assert!(ask(port).is_err());
    }
}
