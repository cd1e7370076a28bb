//! The run itself: one thread that sends what is due, takes what has come, and reads the clocks.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::clocks::{ProcessClock, RunClock};
use crate::config::{Config, Mode};
use crate::connection::{Connection, Failure, Request};
use crate::meter::Meter;
use crate::report::Report;
use crate::schedule::Schedule;
use crate::tally::Tally;

const SCRATCH_BYTES: usize = 64 << 10;
/// The longest sleep: a signal that comes just before one does not cut it short.
const MAX_WAIT_NS: u64 = 100_000_000;

/// Everything a run needs, made ready before its clock starts.
pub struct Engine<'a> {
    mode: Mode,
    requests: &'a [Vec<u8>],
    first_body: usize,
    schedule: Schedule,
    next_index: u64,
    connections: Vec<Connection<'a>>,
    meter: Meter,
    tally: Tally,
    scratch: Vec<u8>,
    clock: RunClock,
}

impl<'a> Engine<'a> {
    /// Opens the connections to the target; the run's clock starts with the return.
    ///
    /// `requests` are the bytes to cycle over, at least one. The error is a sentence.
    pub fn start(config: &Config, requests: &'a [Vec<u8>]) -> Result<Self, String> {
        let watched = config.watch_pids.iter().map(|&pid| {
            ProcessClock::of(pid).map_err(|error| format!("watch_pids: process {pid}: {error}"))
        });
        let watched = watched.collect::<Result<_, _>>()?;
        let meter = Meter::new(watched, config.piece_requests);
        let open = |_| Connection::open(config.target).map_err(|error| unopened(config, &error));
        let connections = (0..config.connections)
            .map(open)
            .collect::<Result<_, _>>()?;
        let mut random = fastrand::Rng::with_seed(config.seed);
        let schedule = Schedule::new(config, random.f64());
        Ok(Self {
            mode: config.mode,
            requests,
            first_body: random.usize(..requests.len()),
            schedule,
            next_index: 0,
            connections,
            meter,
            tally: Tally::new(schedule, config.sample_every, config.max_samples),
            scratch: vec![0; SCRATCH_BYTES],
            clock: RunClock::start(),
        })
    }

    /// Runs until every request has its answer, the drain ends, or `interrupt` is set.
    pub fn run(mut self, interrupt: &AtomicBool) -> Report {
        loop {
            let now_ns = self.clock.now_ns();
            let interrupted = interrupt.load(Ordering::Relaxed);
            self.read_clocks(now_ns, interrupted);
            if interrupted || self.is_over(now_ns) {
                return self.conclude(now_ns, interrupted);
            }
            self.send_due();
            for (position, revents) in self.wait() {
                self.advance(position, revents);
            }
        }
    }

    fn read_clocks(&mut self, now_ns: u64, interrupted: bool) {
        if now_ns >= self.schedule.window_start_ns {
            self.meter.open(self.clock, self.tally.ok());
        }
        if now_ns >= self.schedule.window_end_ns || interrupted {
            self.meter.close(self.clock, self.tally.ok());
        }
    }

    fn is_over(&self, now_ns: u64) -> bool {
        let all_sent = || self.schedule.due_ns(self.next_index, now_ns).is_none();
        let all_answered = || !self.connections.iter().any(Connection::is_busy);
        now_ns >= self.schedule.end_ns
            || (now_ns >= self.schedule.window_end_ns && all_sent() && all_answered())
    }

    fn send_due(&mut self) {
        loop {
            let now_ns = self.clock.now_ns();
            match (
                self.schedule.due_ns(self.next_index, now_ns),
                self.free_connection(),
            ) {
                (Some(due_ns), Some(free)) if due_ns <= now_ns => self.send(free, due_ns),
                _ => return,
            }
        }
    }

    /// An idle connection if there is one, or else one to open again. The one free longest is
    /// taken: so each gets its turn, and a request was queued if even that one became free later.
    fn free_connection(&self) -> Option<usize> {
        let connections = self.connections.iter().enumerate();
        connections
            .filter(|(_, connection)| connection.is_idle() || connection.is_down())
            .min_by_key(|(_, connection)| (connection.is_down(), connection.free_since_ns()))
            .map(|(position, _)| position)
    }

    fn send(&mut self, position: usize, due_ns: u64) {
        if self.schedule.in_window(due_ns) {
            self.meter.count_start();
        }
        let index = self.next_index;
        self.next_index += 1;
        let body_index = self.body_index(index);
        let bytes = self.requests[body_index].as_slice();
        let connection = &mut self.connections[position];
        self.tally
            .count_start(due_ns, connection.free_since_ns(), self.clock.now_ns());
        let request = Request {
            index,
            due_ns,
            body_index,
            bytes,
        };
        if let Some(finished) = connection.start(request, self.clock) {
            self.tally.count_end(&finished, connection.response_body());
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a remainder is below the length"
    )]
    fn body_index(&self, index: u64) -> usize {
        let bodies = self.requests.len();
        (self.first_body + (index % bodies as u64) as usize) % bodies
    }

    /// The connections that are ready, and for what: now when spinning, or else with the next
    /// event.
    ///
    /// `poll` without a timeout registers nothing that the server's answer would have to wake,
    /// and takes no socket's lock: epoll or repeated reads would have the server pay for them.
    fn wait(&self) -> Vec<(usize, PollFlags)> {
        let timeout = match self.mode {
            Mode::Spin => Timespec::default(),
            Mode::Block => self.until_next_event(),
        };
        let connections = self.connections.iter().enumerate();
        let (positions, mut fds): (Vec<usize>, Vec<PollFd>) = connections
            .filter_map(|(position, connection)| Some((position, connection.poll_fd()?)))
            .unzip();
        // The only error here is a signal's interruption, and the next turn looks at its flag.
        if poll(&mut fds, Some(&timeout)).is_err() {
            return Vec::new();
        }
        let polled = positions.into_iter().zip(fds.iter().map(PollFd::revents));
        polled.filter(|(_, revents)| !revents.is_empty()).collect()
    }

    /// Time until something must be done even if no connection becomes ready, or until a signal's
    /// flag must be looked at again.
    fn until_next_event(&self) -> Timespec {
        let now_ns = self.clock.now_ns();
        let Schedule {
            window_start_ns,
            window_end_ns,
            end_ns,
            ..
        } = self.schedule;
        let boundaries = [window_start_ns, window_end_ns, end_ns].into_iter();
        let boundary_ns = boundaries.filter(|&boundary_ns| boundary_ns > now_ns).min();
        let due_ns = self.schedule.due_ns(self.next_index, now_ns);
        let sendable_ns = due_ns.filter(|_| self.free_connection().is_some());
        let next_ns = boundary_ns
            .into_iter()
            .chain(sendable_ns)
            .min()
            .unwrap_or(now_ns);
        let wait_ns = next_ns.saturating_sub(now_ns).min(MAX_WAIT_NS);
        Timespec {
            tv_sec: 0,
            tv_nsec: wait_ns.cast_signed(),
        }
    }

    fn advance(&mut self, position: usize, revents: PollFlags) {
        let connection = &mut self.connections[position];
        if let Some(finished) = connection.advance(revents, &mut self.scratch, self.clock) {
            self.tally.count_end(&finished, connection.response_body());
        }
    }

    fn conclude(mut self, now_ns: u64, interrupted: bool) -> Report {
        let unanswered = if interrupted {
            Failure::Interrupted
        } else {
            Failure::Timeout
        };
        for connection in &mut self.connections {
            if let Some(finished) = connection.abandon(unanswered, self.clock) {
                self.tally.count_end(&finished, &[]);
            }
        }
        let unsent = self.schedule.overdue(self.next_index, now_ns);
        self.tally.count_failed(Failure::Unsent, unsent);
        let scheduled = self.next_index + unsent;
        let reconnects = self.connections.iter().map(Connection::reconnects).sum();
        self.tally
            .report(scheduled, self.meter.metered(), reconnects, interrupted)
    }
}

fn unopened(config: &Config, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return format!("connection refused by {}", config.target);
    }
    format!("no connection to {}: {error}", config.target)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_wait_ends_soon_enough_for_a_signal_that_came_just_before_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = listener.local_addr().unwrap().to_string();
        let config = json!({
            "target": target, "method": "GET", "path": "/", "rate_hz": 0.001, "lead_s": 600,
            "window_s": 600, "drain_s": 0, "connections": 1, "mode": "block",
        });
        let config = Config::from_json(&config.to_string()).unwrap();
        let requests = config.requests().unwrap();
        let engine = Engine::start(&config, &requests).unwrap();
        let wait = engine.until_next_event();
        assert_eq!((wait.tv_sec, wait.tv_nsec), (0, 100_000_000));
    }
}
