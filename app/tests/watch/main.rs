//! Clips that are watched: the client of chat endpoints against a server that misbehaves.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod endpoint;
mod mock_server;
