//! One kept-alive connection: at most one request in flight, nothing ever blocks.

use std::io::{self, ErrorKind, Read, Write};
use std::mem;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use serde::{Serialize, Serializer};
use socket2::{Domain, Socket, Type};

use crate::clocks::RunClock;
use crate::response::{BadResponse, ResponseReader};

const OPENING_TIMEOUT: Duration = Duration::from_secs(5);

/// A request on its way: which one it is, when it was due, and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub index: u64,
    pub due_ns: u64,
    pub body_index: usize,
    pub bytes: &'a [u8],
}

/// Why a request has no good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// The server's port takes no connection.
    Refused,
    /// A connection could not be made for another reason.
    Unreachable,
    /// The connection ended before any of the response came.
    Reset,
    /// The connection ended within the response.
    Truncated,
    /// What came is no HTTP response.
    BadResponse,
    /// A whole response with another status than 200.
    Status(u16),
    /// Sent, and unanswered when the drain ended.
    Timeout,
    /// No connection became free for it before the drain ended.
    Unsent,
    /// Unanswered when the generator was told to stop.
    Interrupted,
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Refused => serializer.serialize_str("refused"),
            Self::Unreachable => serializer.serialize_str("unreachable"),
            Self::Reset => serializer.serialize_str("reset"),
            Self::Truncated => serializer.serialize_str("truncated"),
            Self::BadResponse => serializer.serialize_str("bad_response"),
            Self::Status(status) => serializer.collect_str(&format_args!("status_{status}")),
            Self::Timeout => serializer.serialize_str("timeout"),
            Self::Unsent => serializer.serialize_str("unsent"),
            Self::Interrupted => serializer.serialize_str("interrupted"),
        }
    }
}

/// A request whose fate is known.
#[derive(Debug)]
pub struct Finished<'a> {
    pub request: Request<'a>,
    /// Whether any of its bytes were handed to the kernel.
    pub was_sent: bool,
    pub ended_ns: u64,
    /// The status of a whole response, or why there is none.
    pub outcome: Result<u16, Failure>,
}

#[derive(Debug)]
struct Exchange<'a> {
    request: Request<'a>,
    written: usize,
}

impl<'a> Exchange<'a> {
    fn is_unwritten(&self) -> bool {
        self.written < self.request.bytes.len()
    }

    fn finished(self, outcome: Result<u16, Failure>, ended_ns: u64) -> Finished<'a> {
        Finished {
            request: self.request,
            was_sent: self.written > 0,
            ended_ns,
            outcome,
        }
    }
}

#[derive(Debug)]
enum Link {
    /// The server was out of reach, or hung up while idle; the next request tries it again.
    Down,
    Opening(TcpStream),
    Open(TcpStream),
}

/// A connection to the server, opened again whenever it ends.
#[derive(Debug)]
pub struct Connection<'a> {
    target: SocketAddr,
    link: Link,
    exchange: Option<Exchange<'a>>,
    response: ResponseReader,
    free_since_ns: u64,
    reconnects: u64,
}

impl<'a> Connection<'a> {
    /// Opens a connection and waits until it is there.
    pub fn open(target: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&target, OPENING_TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            target,
            link: Link::Open(stream),
            exchange: None,
            response: ResponseReader::default(),
            free_since_ns: 0,
            reconnects: 0,
        })
    }

    /// Whether it can take a request at once.
    pub fn is_idle(&self) -> bool {
        self.exchange.is_none() && matches!(self.link, Link::Open(_))
    }

    /// Whether it would have to be opened again to take a request.
    pub fn is_down(&self) -> bool {
        matches!(self.link, Link::Down)
    }

    /// Whether a request on it has no answer yet.
    pub fn is_busy(&self) -> bool {
        self.exchange.is_some()
    }

    /// Since when it has been idle or down.
    pub fn free_since_ns(&self) -> u64 {
        self.free_since_ns
    }

    /// How often it was opened again.
    pub fn reconnects(&self) -> u64 {
        self.reconnects
    }

    /// The body of the response being read or last read.
    pub fn response_body(&self) -> &[u8] {
        self.response.body()
    }

    /// What to wait for; None while there is no socket.
    pub fn poll_fd(&self) -> Option<PollFd<'_>> {
        let is_writing = self.exchange.as_ref().is_some_and(Exchange::is_unwritten);
        let (stream, interest) = match &self.link {
            Link::Down => return None,
            Link::Opening(stream) => (stream, PollFlags::OUT),
            Link::Open(stream) if is_writing => (stream, PollFlags::IN | PollFlags::OUT),
            Link::Open(stream) => (stream, PollFlags::IN),
        };
        Some(PollFd::from_borrowed_fd(stream.as_fd(), interest))
    }

    /// Takes a request and sends what the socket accepts of it.
    pub fn start(&mut self, request: Request<'a>, clock: RunClock) -> Option<Finished<'a>> {
        self.exchange = Some(Exchange {
            request,
            written: 0,
        });
        self.response.reset();
        let started = if self.is_down() {
            self.reopen()
        } else {
            self.write()
        };
        started
            .err()
            .and_then(|failure| self.finish(Err(failure), clock))
    }

    /// Goes on after the socket was found ready.
    pub fn advance(
        &mut self,
        ready: PollFlags,
        scratch: &mut [u8],
        clock: RunClock,
    ) -> Option<Finished<'a>> {
        match self.move_bytes(ready, scratch, clock) {
            Ok(()) if self.exchange.is_some() && self.response.is_complete() => {
                self.finish(Ok(self.response.status()), clock)
            }
            Ok(()) => None,
            Err(failure) => self.finish(Err(failure), clock),
        }
    }

    /// Gives up the request in flight.
    pub fn abandon(&mut self, failure: Failure, clock: RunClock) -> Option<Finished<'a>> {
        self.exchange
            .take()
            .map(|exchange| exchange.finished(Err(failure), clock.now_ns()))
    }

    fn move_bytes(
        &mut self,
        ready: PollFlags,
        scratch: &mut [u8],
        clock: RunClock,
    ) -> Result<(), Failure> {
        if matches!(self.link, Link::Opening(_)) {
            self.conclude_opening(clock)?;
            return self.write();
        }
        // An answer may come, and the connection close, before the request is written whole.
        if ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            self.read(scratch)?;
        }
        if self.response.is_complete() {
            Ok(())
        } else {
            self.write()
        }
    }

    fn conclude_opening(&mut self, clock: RunClock) -> Result<(), Failure> {
        let Link::Opening(stream) = mem::replace(&mut self.link, Link::Down) else {
            return Ok(());
        };
        if let Some(error) = stream.take_error().unwrap_or_else(Some) {
            return Err(unopened(&error));
        }
        self.link = Link::Open(stream);
        self.free_since_ns = clock.now_ns();
        Ok(())
    }

    fn write(&mut self) -> Result<(), Failure> {
        let (Link::Open(stream), Some(exchange)) = (&mut self.link, &mut self.exchange) else {
            return Ok(());
        };
        if !exchange.is_unwritten() {
            return Ok(());
        }
        match stream.write(&exchange.request.bytes[exchange.written..]) {
            Ok(count) => exchange.written += count,
            Err(error) if is_passing(&error) => {}
            Err(_) => return Err(self.cut_off()),
        }
        Ok(())
    }

    fn read(&mut self, scratch: &mut [u8]) -> Result<(), Failure> {
        let Link::Open(stream) = &mut self.link else {
            return Ok(());
        };
        match stream.read(scratch) {
            Ok(0) if self.exchange.is_some() && self.response.end_of_stream() => Ok(()),
            Ok(0) => Err(self.cut_off()),
            Ok(_) if self.exchange.is_none() => Err(Failure::BadResponse),
            Ok(count) => self
                .response
                .feed(&scratch[..count])
                .map_err(|BadResponse| Failure::BadResponse),
            Err(error) if is_passing(&error) => Ok(()),
            Err(_) => Err(self.cut_off()),
        }
    }

    fn cut_off(&self) -> Failure {
        if self.response.has_begun() {
            Failure::Truncated
        } else {
            Failure::Reset
        }
    }

    /// Ends the exchange, if there is one, and makes ready for the next.
    fn finish(&mut self, outcome: Result<u16, Failure>, clock: RunClock) -> Option<Finished<'a>> {
        let exchange = self.exchange.take();
        self.free_since_ns = clock.now_ns();
        let was_written = exchange
            .as_ref()
            .is_some_and(|exchange| !exchange.is_unwritten());
        if !(outcome.is_ok() && was_written && self.response.keep_alive()) {
            self.link = Link::Down;
            // At most one attempt a request: a server that hangs up on idle connections, or
            // is gone, must not be stormed.
            let is_reachable = !matches!(outcome, Err(Failure::Refused | Failure::Unreachable));
            if exchange.is_some() && is_reachable {
                // A failure here leaves the link down, and meets the request that tries it next.
                let _ = self.reopen();
            }
        }
        exchange.map(|exchange| exchange.finished(outcome, self.free_since_ns))
    }

    fn reopen(&mut self) -> Result<(), Failure> {
        self.reconnects += 1;
        let stream = begin_opening(self.target).map_err(|error| unopened(&error))?;
        self.link = Link::Opening(stream);
        Ok(())
    }
}

fn begin_opening(target: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(target), Type::STREAM, None)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&target.into()) {
        Err(error) if Errno::from_io_error(&error) != Some(Errno::INPROGRESS) => Err(error),
        _ => Ok(socket.into()),
    }
}

fn unopened(error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::ConnectionRefused {
        Failure::Refused
    } else {
        Failure::Unreachable
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
