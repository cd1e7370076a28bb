//! A fixed piece of work, to see whether the machine is as fast as it was.

use std::hint::black_box;
use std::time::Instant;

use serde::Serialize;

/// The median of several passes: the first warms up, and a single interruption is no news.
const PASSES: usize = 5;
const SPINS: u64 = 500_000;
const CHASES: usize = 150_000;
/// 1 MiB of links: more than a first-level cache holds.
const LINKS: usize = (1 << 20) / size_of::<usize>();

/// How long one pass of each part took.
#[derive(Debug, Serialize)]
pub struct Timings {
    pub spin_ns: u64,
    pub chase_ns: u64,
}

/// Does the work.
pub fn sing() -> Timings {
    let links = cycle(LINKS);
    Timings {
        spin_ns: median_ns(spin),
        chase_ns: median_ns(|| chase(&links)),
    }
}

fn median_ns<T>(work: impl Fn() -> T) -> u64 {
    let mut passes_ns = [0; PASSES];
    for pass_ns in &mut passes_ns {
        let started = Instant::now();
        black_box(work());
        *pass_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
    }
    passes_ns.sort_unstable();
    passes_ns[PASSES / 2]
}

/// Integer steps each of which needs the one before (Marsaglia's xorshift).
fn spin() -> u64 {
    (0..SPINS).fold(black_box(1), |mut x, _| {
        x ^= x << 13;
        x ^= x >> 7;
        x ^ (x << 17)
    })
}

/// Loads each of which needs the one before.
fn chase(links: &[usize]) -> usize {
    (0..CHASES).fold(black_box(0), |at, _| links[at])
}

/// Links that lead through all of `0..length` in one random cycle (Sattolo's algorithm).
fn cycle(length: usize) -> Vec<usize> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut links: Vec<usize> = (0..length).collect();
    for last in (1..length).rev() {
        links.swap(last, random.usize(..last));
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_form_one_cycle_through_all_of_them() {
        let links = cycle(1000);
        let mut at = links[0];
        let mut steps = 1;
        while at != 0 {
            at = links[at];
            steps += 1;
        }
        assert_eq!(steps, 1000);
    }

    #[test]
    fn spinning_ends_where_every_one_of_its_steps_leads() {
        assert_eq!(spin(), 1_023_337_004_503_856_237);
    }

    #[test]
    fn chasing_ends_where_every_one_of_its_links_leads() {
        let ring: Vec<usize> = (0..LINKS).map(|at| (at + 1) % LINKS).collect();
        assert_eq!(chase(&ring), CHASES % LINKS);
    }

    #[test]
    fn both_parts_take_the_time_that_their_dependent_steps_need() {
        let timings = sing();
        // No machine takes a step of three shifts, or loads a word, in less than 0.1 ns.
        assert!(timings.spin_ns >= SPINS / 10, "{timings:?}");
        assert!(timings.chase_ns >= CHASES as u64 / 10, "{timings:?}");
    }
}
