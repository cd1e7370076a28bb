//! The CPU clocks, read at both ends of the window.

use crate::clocks::{ProcessClock, RunClock, thread_cpu_ns};
use crate::report::WatchReport;

/// Reads all clocks twice, whatever is in flight then.
pub struct Meter {
    watched: Vec<ProcessClock>,
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
    pub fn new(watched: Vec<ProcessClock>) -> Self {
        Self {
            watched,
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

    fn read(&self, clock: RunClock, ok: u64) -> Reading {
        Reading {
            at_ns: clock.now_ns(),
            ok,
            generator_cpu_ns: thread_cpu_ns(),
            watched_cpu_ns: self.watched.iter().map(ProcessClock::read_ns).collect(),
        }
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
        for (process, readings) in self.watched.iter().zip(readings) {
            let pid = process.pid();
            match cpu_ns_between(readings) {
                Some(cpu_ns) => metered.watch.push(WatchReport { pid, cpu_ns }),
                None => metered.lost.push(pid),
            }
        }
        metered
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
        let mut meter = Meter::new(vec![ProcessClock::of(id().cast_signed()).unwrap()]);
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
        let mut meter = Meter::new(vec![ProcessClock::of(pid).unwrap()]);
        meter.open(clock, 0);
        child.kill().unwrap();
        child.wait().unwrap();
        meter.close(clock, 0);
        assert_eq!(meter.metered().lost, [pid]);
    }

    #[test]
    fn a_process_whose_clock_went_back_is_lost() {
        assert_eq!(cpu_ns_between((&Some(3), &Some(5))), Some(2));
        assert_eq!(cpu_ns_between((&Some(5), &Some(3))), None);
    }

    #[test]
    fn a_window_that_never_opened_is_empty() {
        let mut meter = Meter::new(Vec::new());
        meter.close(RunClock::start(), 5);
        assert_eq!(meter.metered().window_ns, 0);
    }
}
