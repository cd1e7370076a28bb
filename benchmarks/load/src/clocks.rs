//! Time and CPU time: of this thread, and of the processes under load.

use std::io;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since the run began.
#[derive(Clone, Copy, Debug)]
pub struct RunClock {
    origin: Instant,
}

impl RunClock {
    pub fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    pub fn now_ns(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// CPU time this thread has taken.
pub fn thread_cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    nanoseconds(time.tv_sec, time.tv_nsec)
}

/// The CPU clock of another process: all its threads, the ended ones too.
///
/// Child processes have clocks of their own. What those that ended had taken is not included:
/// the kernel gives it in hundredths of a second only.
#[derive(Debug)]
pub struct ProcessClock {
    pid: i32,
    process: system::Process,
}

impl ProcessClock {
    /// The clock of the process `pid`; an error if there is no such process, or no such clock
    /// on this system.
    pub fn of(pid: i32) -> io::Result<Self> {
        let process = system::Process::open(pid)?;
        Ok(Self { pid, process })
    }

    /// CPU time taken so far; None once the process has ended.
    pub fn read_ns(&self) -> Option<u64> {
        self.process.cpu_ns()
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }
}

/// Keeps the calling thread on one core.
pub fn pin_to(cpu: usize) -> io::Result<()> {
    system::pin_to(cpu)
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> u64 {
    u64::try_from(seconds * 1_000_000_000 + nanoseconds).unwrap_or(0)
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    use rustix::thread::{CpuSet, sched_setaffinity};

    pub fn pin_to(cpu: usize) -> io::Result<()> {
        if cpu >= CpuSet::MAX_CPU {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut cpus = CpuSet::new();
        cpus.set(cpu);
        Ok(sched_setaffinity(None, &cpus)?)
    }

    #[derive(Debug)]
    pub struct Process {
        clock: libc::clockid_t,
        /// Readable once the process has ended; unlike its id it is never given to another.
        pidfd: OwnedFd,
    }

    impl Process {
        pub fn open(pid: i32) -> io::Result<Self> {
            let pidfd = pidfd_open(Pid::from_raw(pid).ok_or(Errno::SRCH)?, PidfdFlags::empty())?;
            Ok(Self {
                clock: clock_of(pid)?,
                pidfd,
            })
        }

        pub fn cpu_ns(&self) -> Option<u64> {
            let cpu_ns = read(self.clock);
            // Asked last: an id that is still ours now was ours while the clock was read.
            if self.has_ended() { None } else { cpu_ns }
        }

        fn has_ended(&self) -> bool {
            let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
            poll(&mut fds, Some(&Timespec::default())) != Ok(0)
        }
    }

    fn clock_of(pid: i32) -> io::Result<libc::clockid_t> {
        let mut clock = MaybeUninit::uninit();
        // SAFETY: the pointer is valid for one clockid_t to be written.
        let error = unsafe { libc::clock_getcpuclockid(pid, clock.as_mut_ptr()) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
        // SAFETY: the call has succeeded, and so has written it.
        Ok(unsafe { clock.assume_init() })
    }

    fn read(clock: libc::clockid_t) -> Option<u64> {
        let mut time = MaybeUninit::<libc::timespec>::uninit();
        // SAFETY: the pointer is valid for one timespec to be written.
        if unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) } != 0 {
            return None;
        }
        // SAFETY: the call has succeeded, and so has written it.
        let time = unsafe { time.assume_init() };
        Some(super::nanoseconds(time.tv_sec, time.tv_nsec))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;

    pub fn pin_to(_cpu: usize) -> io::Result<()> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "pinning needs Linux",
        ))
    }

    #[derive(Debug)]
    pub enum Process {}

    impl Process {
        pub fn open(_pid: i32) -> io::Result<Self> {
            Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "process CPU clocks need Linux",
            ))
        }

        pub fn cpu_ns(&self) -> Option<u64> {
            match *self {}
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::hint::black_box;
    use std::process::{Command, id};

    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    use super::*;

    #[test]
    fn a_process_clock_counts_all_its_threads() {
        let clock = ProcessClock::of(id().cast_signed()).unwrap();
        let before_ns = clock.read_ns().unwrap();
        let burned_ns = std::thread::spawn(|| {
            while thread_cpu_ns() < 5_000_000 {
                black_box(0);
            }
            thread_cpu_ns()
        });
        let burned_ns = burned_ns.join().unwrap();
        assert!(clock.read_ns().unwrap() - before_ns >= burned_ns);
    }

    #[test]
    fn an_ended_process_has_no_time_even_before_its_parent_takes_note() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let clock = ProcessClock::of(child.id().cast_signed()).unwrap();
        assert!(clock.read_ns().is_some());
        child.kill().unwrap();
        let pid = Pid::from_child(&child);
        let left_to_parent = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(pid), left_to_parent).unwrap();
        assert_eq!(clock.read_ns(), None);
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_is_not_there_has_no_clock() {
        assert!(ProcessClock::of(i32::MAX).is_err());
    }

    #[test]
    fn a_core_that_is_not_there_cannot_be_pinned_to() {
        assert!(pin_to(100_000).is_err());
        assert!(pin_to(1000).is_err());
    }
}
