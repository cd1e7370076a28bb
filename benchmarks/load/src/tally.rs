//! What became of the requests.

use std::collections::BTreeMap;

use crate::connection::{Failure, Finished};
use crate::meter::Metered;
use crate::report::{Report, Sample, Times};
use crate::schedule::Schedule;

const OK: u16 = 200;

/// Counts, times and samples of a run.
pub struct Tally {
    schedule: Schedule,
    sample_every: u64,
    max_samples: usize,
    sent: u64,
    queued: u64,
    ok: u64,
    failed: BTreeMap<Failure, u64>,
    status_counts: BTreeMap<u16, u64>,
    latency: Times,
    lateness: Times,
    samples: Vec<Sample>,
}

impl Tally {
    pub fn new(schedule: Schedule, sample_every: u64, max_samples: usize) -> Self {
        Self {
            schedule,
            sample_every,
            max_samples,
            sent: 0,
            queued: 0,
            ok: 0,
            failed: BTreeMap::new(),
            status_counts: BTreeMap::new(),
            latency: Times::up_to(schedule.end_ns),
            lateness: Times::up_to(schedule.end_ns),
            samples: Vec::new(),
        }
    }

    /// OK responses so far.
    pub fn ok(&self) -> u64 {
        self.ok
    }

    /// A request due at `due_ns` is started now on a connection free since `free_since_ns`.
    ///
    /// The generator is late by what passed after both: until then it could not have sent.
    pub fn count_start(&mut self, due_ns: u64, free_since_ns: u64, now_ns: u64) {
        self.queued += u64::from(free_since_ns > due_ns);
        if self.schedule.in_window(due_ns) {
            self.lateness.record(now_ns - due_ns.max(free_since_ns));
        }
    }

    /// A request has ended; `body` is what came as its response's.
    pub fn count_end(&mut self, finished: &Finished, body: &[u8]) {
        self.sent += u64::from(finished.was_sent);
        if let Ok(status) = finished.outcome {
            *self.status_counts.entry(status).or_default() += 1;
        }
        match finished.outcome {
            Ok(OK) => self.count_ok(finished, body),
            Ok(status) => self.count_failed(Failure::Status(status), 1),
            Err(failure) => self.count_failed(failure, 1),
        }
    }

    /// `count` requests have failed.
    pub fn count_failed(&mut self, failure: Failure, count: u64) {
        if count > 0 {
            *self.failed.entry(failure).or_default() += count;
        }
    }

    fn count_ok(&mut self, finished: &Finished, body: &[u8]) {
        self.ok += 1;
        let request = &finished.request;
        if !self.schedule.in_window(request.due_ns) {
            return;
        }
        self.latency.record(finished.ended_ns - request.due_ns);
        let is_sampled = request.index.is_multiple_of(self.sample_every);
        if is_sampled && self.samples.len() < self.max_samples {
            self.samples.push(Sample {
                body_index: request.body_index,
                body: body.into(),
            });
        }
    }

    /// The result, when each of the `scheduled` requests has ended.
    ///
    /// They are counted apart from their ends, so that one whose end was missed shows.
    pub fn report(
        self,
        scheduled: u64,
        metered: Metered,
        reconnects: u64,
        interrupted: bool,
    ) -> Report {
        Report {
            scheduled,
            sent: self.sent,
            ok: self.ok,
            failed: self.failed,
            queued: self.queued,
            reconnects,
            window_ok: metered.ok,
            window_ns: metered.window_ns,
            watch: metered.watch,
            watch_lost: metered.lost,
            generator_cpu_ns: metered.generator_cpu_ns,
            latency_ns_histogram: self.latency.counts(),
            latency_p50_ns: self.latency.quantile_ns(0.5),
            latency_p90_ns: self.latency.quantile_ns(0.9),
            latency_p99_ns: self.latency.quantile_ns(0.99),
            latency_max_ns: self.latency.quantile_ns(1.0),
            lateness_p99_ns: self.lateness.quantile_ns(0.99).unwrap_or(0),
            lateness_max_ns: self.lateness.quantile_ns(1.0).unwrap_or(0),
            status_counts: self.status_counts,
            samples: self.samples,
            interrupted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Request;

    const WINDOW_START_NS: u64 = 1_000;

    fn tally(sample_every: u64, max_samples: usize) -> Tally {
        let schedule = Schedule::constant(1e6, WINDOW_START_NS, 101_000, 1_000_000);
        Tally::new(schedule, sample_every, max_samples)
    }

    fn finished(index: u64, outcome: Result<u16, Failure>) -> Finished<'static> {
        let request = Request {
            index,
            due_ns: index * 1_000,
            body_index: 0,
            bytes: b"",
        };
        Finished {
            request,
            was_sent: true,
            ended_ns: request.due_ns + 500,
            outcome,
        }
    }

    fn report(tally: Tally) -> Report {
        tally.report(0, Metered::default(), 0, false)
    }

    #[test]
    fn only_status_200_is_ok_and_the_rest_is_told_apart() {
        let mut tally = tally(1, 0);
        for outcome in [
            Ok(200),
            Ok(500),
            Ok(204),
            Err(Failure::Reset),
            Err(Failure::Reset),
        ] {
            tally.count_end(&finished(1, outcome), b"");
        }
        let report = serde_json::to_value(report(tally)).unwrap();
        assert_eq!(report["ok"], 1);
        let failed = serde_json::json!({"status_500": 1, "status_204": 1, "reset": 2});
        assert_eq!(report["failed"], failed);
        assert_eq!(
            report["status_counts"],
            serde_json::json!({"200": 1, "204": 1, "500": 1})
        );
    }

    #[test]
    fn a_request_whose_end_was_not_counted_is_missing_from_ok_and_failed() {
        let mut tally = tally(1, 0);
        tally.count_end(&finished(1, Ok(200)), b"");
        let report = tally.report(2, Metered::default(), 0, false);
        assert_eq!((report.scheduled, report.ok), (2, 1));
        assert!(report.failed.is_empty());
    }

    #[test]
    fn latency_is_of_ok_requests_due_in_the_window() {
        let mut tally = tally(1, 0);
        tally.count_end(&finished(0, Ok(200)), b"");
        tally.count_end(&finished(1, Ok(200)), b"");
        tally.count_end(&finished(2, Ok(500)), b"");
        assert_eq!(report(tally).latency_ns_histogram, [(500, 1)]);
    }

    #[test]
    fn every_kth_body_is_kept_up_to_the_most() {
        let mut tally = tally(3, 2);
        for index in 1..20 {
            tally.count_end(&finished(index, Ok(200)), index.to_string().as_bytes());
        }
        let samples = report(tally).samples;
        let bodies: Vec<_> = samples.into_iter().map(|sample| sample.body).collect();
        assert_eq!(bodies, [b"3", b"6"].map(|body| body.as_slice().into()));
    }

    #[test]
    fn waiting_for_a_connection_is_queueing_and_not_lateness() {
        let mut tally = tally(1, 0);
        tally.count_start(2_000, 1_500, 2_010);
        tally.count_start(3_000, 9_000, 9_020);
        let report = report(tally);
        assert_eq!(report.queued, 1);
        assert_eq!(report.lateness_max_ns, 20);
    }
}
