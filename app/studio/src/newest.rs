//! A queue with room for one, in which the newest wins: for what is worthless once something newer is there.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Room for one value. Shared by who puts and who takes.
#[derive(Debug)]
pub struct Newest<T> {
    value: Mutex<Option<T>>,
    came: Condvar,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self {
            value: Mutex::new(None),
            came: Condvar::new(),
        }
    }
}

impl<T> Newest<T> {
    /// Puts a value in the place of the one that nobody has taken. Never waits for who takes.
    pub fn put(&self, value: T) {
        *self.lock() = Some(value);
        self.came.notify_one();
    }

    /// What has come since the last time, at once.
    pub fn take(&self) -> Option<T> {
        self.lock().take()
    }

    /// What has come since the last time, or what comes within `timeout`.
    pub fn wait(&self, timeout: Duration) -> Option<T> {
        let value = self.lock();
        let (mut value, _) = self
            .came
            .wait_timeout_while(value, timeout, |value| value.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        value.take()
    }

    /// A value is whole or not there, also where somebody panicked.
    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins_and_is_taken_once() {
        let queue = Newest::default();
        assert_eq!(queue.take(), None);
        for value in 0..5 {
            queue.put(value);
        }
        assert_eq!(queue.wait(Duration::from_secs(60)), Some(4));
        assert_eq!(queue.wait(Duration::ZERO), None);
    }

    #[test]
    fn who_waits_is_woken() {
        let queue = Newest::default();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.wait(Duration::from_secs(60)));
            queue.put(7);
            assert_eq!(waiting.join().unwrap(), Some(7));
        });
    }
}
