//! How long the window's thread was busy with each frame, and what went on meanwhile.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Names a file that the times are written to when the window closes, as CSV.
pub const LOG_VARIABLE: &str = "JAM_FLOW_FRAME_LOG";
/// Busier frames are felt: two refreshes of a usual display.
pub const LIMIT: Duration = Duration::from_millis(33);
/// Frames that are kept, more than an hour's.
const MAX_FRAMES: usize = 250_000;

/// What went on while a frame was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Models were being loaded.
    pub is_loading: bool,
    /// A speech was being made.
    pub is_making: bool,
    /// A video was being written.
    pub is_recording: bool,
    /// Sound was playing.
    pub is_playing: bool,
    /// The portrait was drawn anew; without this only the panels were.
    pub is_new_picture: bool,
}

/// What the system says of a thread: time on a processor, and time in line for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Schedule {
    running_ns: u64,
    in_line_ns: u64,
}

impl Schedule {
    /// That of the calling thread; only Linux tells.
    fn now() -> Option<Self> {
        let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let mut numbers = line.split_whitespace().map_while(|word| word.parse().ok());
        Some(Self {
            running_ns: numbers.next()?,
            in_line_ns: numbers.next()?,
        })
    }
}

/// One frame.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Since the window was opened.
    at: Duration,
    busy: Duration,
    /// Of everything that the thread did since the frame before.
    running_ns: u64,
    /// Other threads and programs had the processors.
    in_line_ns: u64,
    activity: Activity,
}

/// Times of all frames; written to [`LOG_VARIABLE`] when it goes.
#[derive(Debug)]
pub struct FrameTimes {
    opened: Instant,
    log: Option<PathBuf>,
    frames: Vec<Frame>,
    last: Option<Schedule>,
}

/// The times in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Frames that were counted.
    pub count: usize,
    /// Half of them were quicker.
    pub median: Duration,
    /// One in a hundred was slower.
    pub percentile_99: Duration,
    /// The slowest.
    pub worst: Duration,
    /// Those beyond [`LIMIT`].
    pub beyond_limit: usize,
}

impl FrameTimes {
    /// Keeps times, for the file that [`LOG_VARIABLE`] names if it is set.
    pub fn start() -> Self {
        Self {
            opened: Instant::now(),
            log: std::env::var_os(LOG_VARIABLE).map(PathBuf::from),
            frames: Vec::new(),
            last: None,
        }
    }

    /// Counts a frame.
    pub fn add(&mut self, busy: Duration, activity: Activity) {
        if self.frames.len() >= MAX_FRAMES {
            return;
        }
        // Asking the system costs a little, so it is only done for a log.
        let now = self.log.as_ref().and_then(|_| Schedule::now());
        let (since, now) = (self.last.unwrap_or_default(), now.unwrap_or_default());
        self.frames.push(Frame {
            at: self.opened.elapsed(),
            busy,
            running_ns: now.running_ns.saturating_sub(since.running_ns),
            in_line_ns: now.in_line_ns.saturating_sub(since.in_line_ns),
            activity,
        });
        self.last = Some(now);
    }

    /// The frames during which `is_counted` held, in a few numbers.
    pub fn summary(&self, is_counted: impl Fn(Activity) -> bool) -> Summary {
        summary(&self.frames, is_counted)
    }

    /// The last frames in a few numbers, at most so many.
    pub fn recent(&self, count: usize) -> Summary {
        let first = self.frames.len().saturating_sub(count);
        summary(&self.frames[first..], |_| true)
    }

    fn csv(&self) -> String {
        let mut csv = String::from(
            "at_secs,busy_ms,on_processor_ms,in_line_ms,loading,making,recording,playing,picture\n",
        );
        for frame in &self.frames {
            let ms = |ns: u64| ns as f64 / 1e6;
            csv.push_str(&format!(
                "{:.3},{:.2},{:.2},{:.2}",
                frame.at.as_secs_f64(),
                frame.busy.as_secs_f64() * 1000.0,
                ms(frame.running_ns),
                ms(frame.in_line_ns)
            ));
            let activity = frame.activity;
            for flag in [
                activity.is_loading,
                activity.is_making,
                activity.is_recording,
                activity.is_playing,
                activity.is_new_picture,
            ] {
                csv.push_str(if flag { ",1" } else { ",0" });
            }
            csv.push('\n');
        }
        csv
    }
}

fn summary(frames: &[Frame], is_counted: impl Fn(Activity) -> bool) -> Summary {
    let mut times: Vec<Duration> = frames
        .iter()
        .filter(|frame| is_counted(frame.activity))
        .map(|frame| frame.busy)
        .collect();
    times.sort();
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    Summary {
        count: times.len(),
        median: at(times.len() / 2),
        percentile_99: at(times.len() * 99 / 100),
        worst: times.last().copied().unwrap_or_default(),
        beyond_limit: times.iter().filter(|busy| **busy > LIMIT).count(),
    }
}

impl Drop for FrameTimes {
    fn drop(&mut self) {
        if let Some(path) = &self.log
            && let Err(error) = std::fs::write(path, self.csv())
        {
            tracing::warn!(
                "the frame times cannot be written ({error}): {}",
                path.display()
            );
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(
            formatter,
            "{} frames: {:.1} ms in the middle, {:.1} ms for one in a hundred, {:.1} ms at most, {} beyond {} ms",
            self.count,
            ms(self.median),
            ms(self.percentile_99),
            ms(self.worst),
            self.beyond_limit,
            LIMIT.as_millis()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_counted_by_what_went_on() {
        let mut times = FrameTimes::start();
        let making = Activity {
            is_making: true,
            ..Activity::default()
        };
        for ms in 1..=100 {
            times.add(Duration::from_millis(ms), Activity::default());
        }
        times.add(Duration::from_millis(7), making);
        let all = times.summary(|_| true);
        assert_eq!((all.count, all.beyond_limit), (101, 67));
        assert_eq!(all.worst, Duration::from_millis(100));
        let some = times.summary(|activity| activity.is_making);
        assert_eq!((some.count, some.median), (1, Duration::from_millis(7)));
        let recent = times.recent(2);
        assert_eq!(
            (recent.count, recent.worst),
            (2, Duration::from_millis(100))
        );
        assert!(times.csv().ends_with(",7.00,0.00,0.00,0,1,0,0,0\n"));
        assert!(some.to_string().starts_with("1 frames: 7.0 ms"));
    }
}
