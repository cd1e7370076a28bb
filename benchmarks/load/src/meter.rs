//! The CPU clocks, read at both ends of the window and between its pieces.

use crate::clocks::{ProcessClock, RunClock, thread_cpu_ns};
use crate::report::WatchReport;

/// Reads all clocks twice, whatever is in flight then, and those of the watched processes whenever
/// the first request of a piece is sent.
pub struct Meter {
    watched: Vec<ProcessClock>,
    piece_requests: u64,
    started: u64,
    /// What the watched processes had taken where a piece began.
    cuts: Vec<Vec<Option<u64>>>,
    opened: Option<Reading>,
    closed: Option<Reading>,
}

struct Reading {
    at_ns: u64,
    /// OK responses so far.
    ok: u64,
    generator_cpu_ns: u64,
    /// In the order of the watched processes; None for one that has ended.
    watched_cpu_ns: Vec<Option<u64>>,
}

/// What happened between the two readings; all zero without both.
#[derive(Default)]
pub struct Metered {
    pub window_ns: u64,
    pub ok: u64,
    pub generator_cpu_ns: u64,
    pub watch: Vec<WatchReport>,
    /// Processes that had ended by the second reading, or whose clock went back.
    pub lost: Vec<i32>,
}

impl Meter {
    /// The window has pieces of `piece_requests` each; none if that is 0.
    pub fn new(watched: Vec<ProcessClock>, piece_requests: u64) -> Self {
        Self {
            watched,
            piece_requests,
            started: 0,
            cuts: Vec::new(),
            opened: None,
            closed: None,
        }
    }

    /// Takes the first reading, unless it is taken.
    pub fn open(&mut self, clock: RunClock, ok: u64) {
        if self.opened.is_none() {
            self.opened = Some(self.read(clock, ok));
        }
    }

    /// Takes the second reading, unless it is taken or there is no first.
    pub fn close(&mut self, clock: RunClock, ok: u64) {
        if self.opened.is_some() && self.closed.is_none() {
            self.closed = Some(self.read(clock, ok));
        }
    }

    /// A request of the window is sent now.
    pub fn count_start(&mut self) {
        if self.piece_requests == 0 || self.opened.is_none() || self.closed.is_some() {
            return;
        }
        if self.started.is_multiple_of(self.piece_requests) {
            self.cuts.push(self.read_watched());
        }
        self.started += 1;
    }

    fn read(&self, clock: RunClock, ok: u64) -> Reading {
        Reading {
            at_ns: clock.now_ns(),
            ok,
            generator_cpu_ns: thread_cpu_ns(),
            watched_cpu_ns: self.read_watched(),
        }
    }

    fn read_watched(&self) -> Vec<Option<u64>> {
        self.watched.iter().map(ProcessClock::read_ns).collect()
    }

    pub fn metered(&self) -> Metered {
        let (Some(opened), Some(closed)) = (&self.opened, &self.closed) else {
            return Metered::default();
        };
        let mut metered = Metered {
            window_ns: closed.at_ns.saturating_sub(opened.at_ns),
            ok: closed.ok.saturating_sub(opened.ok),
            generator_cpu_ns: closed
                .generator_cpu_ns
                .saturating_sub(opened.generator_cpu_ns),
            ..Metered::default()
        };
        let readings = opened.watched_cpu_ns.iter().zip(&closed.watched_cpu_ns);
        for (position, (process, readings)) in self.watched.iter().zip(readings).enumerate() {
            let pid = process.pid();
            match (cpu_ns_between(readings), self.cpu_ns_by_piece(position)) {
                (Some(cpu_ns), Some(cpu_ns_by_piece)) => metered.watch.push(WatchReport {
                    pid,
                    cpu_ns,
                    cpu_ns_by_piece,
                }),
                _ => metered.lost.push(pid),
            }
        }
        metered
    }

    fn cpu_ns_by_piece(&self, position: usize) -> Option<Vec<u64>> {
        let readings = self.cuts.windows(2);
        readings
            .map(|cuts| cpu_ns_between((&cuts[0][position], &cuts[1][position])))
            .collect()
    }
}

/// None if either reading is missing, or the clock went back.
fn cpu_ns_between((before_ns, after_ns): (&Option<u64>, &Option<u64>)) -> Option<u64> {
    (*after_ns)?.checked_sub((*before_ns)?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, id};

    use super::*;

    #[test]
    fn ok_responses_are_those_between_the_readings() {
        let clock = RunClock::start();
        let mut meter = Meter::new(vec![ProcessClock::of(id().cast_signed()).unwrap()], 0);
        meter.open(clock, 10);
        meter.open(clock, 15);
        meter.close(clock, 30);
        meter.close(clock, 35);
        let metered = meter.metered();
        assert_eq!(metered.ok, 20);
        assert_eq!(metered.watch.len(), 1);
        assert!(metered.window_ns > 0);
    }

    #[test]
    fn a_process_that_ends_between_the_readings_is_lost() {
        let clock = RunClock::start();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = child.id().cast_signed();
        let mut meter = Meter::new(vec![ProcessClock::of(pid).unwrap()], 1);
        meter.open(clock, 0);
        child.kill().unwrap();
        child.wait().unwrap();
        meter.close(clock, 0);
        assert_eq!(meter.metered().lost, [pid]);
    }

    #[test]
    fn a_piece_ends_where_the_next_begins_and_the_last_is_in_none() {
        let clock = RunClock::start();
        let mut meter = Meter::new(vec![ProcessClock::of(id().cast_signed()).unwrap()], 3);
        meter.count_start();
        meter.open(clock, 0);
        (0..8).for_each(|_| meter.count_start());
        meter.close(clock, 8);
        meter.count_start();
        let watch = &meter.metered().watch[0];
        assert_eq!(watch.cpu_ns_by_piece.len(), 2);
        assert!(watch.cpu_ns_by_piece.iter().sum::<u64>() <= watch.cpu_ns);
    }

    #[test]
    fn there_are_no_pieces_of_no_requests() {
        let clock = RunClock::start();
        let mut meter = Meter::new(vec![ProcessClock::of(id().cast_signed()).unwrap()], 0);
        meter.open(clock, 0);
        meter.count_start();
        meter.count_start();
        meter.close(clock, 2);
        assert!(meter.metered().watch[0].cpu_ns_by_piece.is_empty());
    }

    #[test]
    fn a_process_whose_clock_went_back_is_lost() {
        assert_eq!(cpu_ns_between((&Some(3), &Some(5))), Some(2));
        assert_eq!(cpu_ns_between((&Some(5), &Some(3))), None);
    }

    #[test]
    fn a_window_that_never_opened_is_empty() {
        let mut meter = Meter::new(Vec::new(), 1);
        meter.close(RunClock::start(), 5);
        assert_eq!(meter.metered().window_ns, 0);
    }
}
