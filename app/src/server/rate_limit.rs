//! How often each client may ask.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

/// Clients that are remembered; beyond that those who have not asked for longest are forgotten.
const MAX_CLIENTS: usize = 1024;

/// A bucket of requests for each address, which fills again with time.
#[derive(Debug)]
pub struct RateLimit {
    per_minute: u32,
    clients: HashMap<IpAddr, Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    requests: f64,
    filled: Instant,
}

impl RateLimit {
    /// As many requests in a minute, all of them at once if need be.
    pub fn new(per_minute: u32) -> Self {
        Self {
            per_minute: per_minute.max(1),
            clients: HashMap::new(),
        }
    }

    /// Takes a request of a client at this time.
    ///
    /// # Errors
    /// Seconds until the next one, if there is none left.
    pub fn take(&mut self, client: IpAddr, now: Instant) -> Result<(), u32> {
        let most = f64::from(self.per_minute);
        let per_second = most / 60.0;
        if self.clients.len() >= MAX_CLIENTS && !self.clients.contains_key(&client) {
            let oldest = self.clients.iter().min_by_key(|(_, bucket)| bucket.filled);
            if let Some(oldest) = oldest.map(|(address, _)| *address) {
                self.clients.remove(&oldest);
            }
        }
        let bucket = self.clients.entry(client).or_insert(Bucket {
            requests: most,
            filled: now,
        });
        let passed_secs = now.saturating_duration_since(bucket.filled).as_secs_f64();
        bucket.requests = (bucket.requests + passed_secs * per_second).min(most);
        bucket.filled = now;
        if bucket.requests < 1.0 {
            return Err(((1.0 - bucket.requests) / per_second).ceil() as u32);
        }
        bucket.requests -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let mut limit = RateLimit::new(6);
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let now = Instant::now();
        for _ in 0..6 {
            assert_eq!(limit.take(one, now), Ok(()));
        }
        assert_eq!(limit.take(one, now), Err(10));
        assert_eq!(limit.take(other, now), Ok(()));
        let later = now + Duration::from_secs(10);
        assert_eq!(limit.take(one, later), Ok(()));
        assert_eq!(limit.take(one, later), Err(10));
    }

    #[test]
    fn no_crowd_fills_the_memory() {
        let mut limit = RateLimit::new(60);
        for number in 0..5000_u32 {
            let _ = limit.take(Ipv4Addr::from(number).into(), Instant::now());
        }
        assert!(limit.clients.len() <= MAX_CLIENTS);
    }
}
