//! When each request is due. All times are nanoseconds since the run began.

use crate::config::{Config, ScheduleKind};

/// The fixed times of a run: lead, window, drain, and the requests in them.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    arrivals: Arrivals,
    pub window_start_ns: u64,
    pub window_end_ns: u64,
    /// When whatever is still unanswered is given up.
    pub end_ns: u64,
}

#[derive(Clone, Copy, Debug)]
enum Arrivals {
    /// Request i is due at (i + phase) / rate.
    Constant { rate_hz: f64, phase: f64 },
    /// The next request is always due.
    Burst,
}

impl Schedule {
    /// The schedule of a checked configuration; `phase`, in [0, 1) of an interval, delays it.
    pub fn new(config: &Config, phase: f64) -> Self {
        let window_start_ns = nanoseconds(config.lead_s);
        let window_end_ns = window_start_ns + nanoseconds(config.window_s);
        let arrivals = match (config.schedule, config.rate_hz) {
            (ScheduleKind::Constant, Some(rate_hz)) => Arrivals::Constant { rate_hz, phase },
            _ => Arrivals::Burst,
        };
        let end_ns = window_end_ns + nanoseconds(config.drain_s);
        Self {
            arrivals,
            window_start_ns,
            window_end_ns,
            end_ns,
        }
    }

    /// A constant schedule whose first request is due at once.
    #[cfg(test)]
    pub fn constant(rate_hz: f64, window_start_ns: u64, window_end_ns: u64, end_ns: u64) -> Self {
        let arrivals = Arrivals::Constant {
            rate_hz,
            phase: 0.0,
        };
        Self {
            arrivals,
            window_start_ns,
            window_end_ns,
            end_ns,
        }
    }

    /// When request `index` is due, given that it is `now_ns`; None past the window's end.
    pub fn due_ns(&self, index: u64, now_ns: u64) -> Option<u64> {
        let due_ns = match self.arrivals {
            Arrivals::Constant { rate_hz, phase } => nanoseconds((index as f64 + phase) / rate_hz),
            Arrivals::Burst => now_ns,
        };
        (due_ns < self.window_end_ns).then_some(due_ns)
    }

    /// How many requests from `index` on were due by `now_ns` without waiting for a connection.
    pub fn overdue(&self, index: u64, now_ns: u64) -> u64 {
        if matches!(self.arrivals, Arrivals::Burst) {
            return 0;
        }
        let is_due = |index| {
            self.due_ns(index, now_ns)
                .is_some_and(|due_ns| due_ns <= now_ns)
        };
        let mut first_not_due = index;
        while is_due(first_not_due) {
            first_not_due += 1;
        }
        first_not_due - index
    }

    pub fn in_window(&self, due_ns: u64) -> bool {
        (self.window_start_ns..self.window_end_ns).contains(&due_ns)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn nanoseconds(seconds: f64) -> u64 {
    (seconds * 1e9).round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(arrivals: Arrivals) -> Schedule {
        let (window_start_ns, window_end_ns) = (50_000_000, 300_000_000);
        Schedule {
            arrivals,
            window_start_ns,
            window_end_ns,
            end_ns: 1_300_000_000,
        }
    }

    #[test]
    fn requests_are_due_one_interval_apart() {
        let schedule = schedule(Arrivals::Constant {
            rate_hz: 500.0,
            phase: 0.25,
        });
        assert_eq!(schedule.due_ns(0, 0), Some(500_000));
        assert_eq!(schedule.due_ns(1, 0), Some(2_500_000));
        assert_eq!(schedule.due_ns(100, 0), Some(200_500_000));
    }

    #[test]
    fn nothing_is_due_from_the_end_of_the_window_on() {
        let schedule = schedule(Arrivals::Constant {
            rate_hz: 10.0,
            phase: 0.0,
        });
        assert_eq!(schedule.due_ns(2, 0), Some(200_000_000));
        assert_eq!(schedule.due_ns(3, 0), None);
    }

    #[test]
    fn the_window_holds_its_start_and_not_its_end() {
        let schedule = schedule(Arrivals::Burst);
        assert!(!schedule.in_window(49_999_999));
        assert!(schedule.in_window(50_000_000));
        assert!(!schedule.in_window(300_000_000));
    }

    #[test]
    fn a_burst_is_always_due_until_the_window_ends() {
        let schedule = schedule(Arrivals::Burst);
        assert_eq!(schedule.due_ns(7, 123), Some(123));
        assert_eq!(schedule.due_ns(7, 300_000_000), None);
    }

    #[test]
    fn what_was_not_sent_counts_as_overdue_only_once_its_time_has_come() {
        let schedule = schedule(Arrivals::Constant {
            rate_hz: 100.0,
            phase: 0.0,
        });
        assert_eq!(schedule.overdue(5, 49_999_999), 0);
        assert_eq!(schedule.overdue(5, 70_000_000), 3);
        assert_eq!(schedule.overdue(5, 1_000_000_000), 25);
    }

    proptest! {
        #[test]
        fn a_window_holds_rate_times_length_requests(rate_hz in 1.0..1e4f64, phase in 0.0..1.0) {
            let schedule = schedule(Arrivals::Constant { rate_hz, phase });
            let held = (0..)
                .map_while(|index| schedule.due_ns(index, 0))
                .filter(|&due_ns| schedule.in_window(due_ns))
                .count();
            prop_assert!((held as f64 - rate_hz * 0.25).abs() <= 1.0);
        }
    }
}
