//! `jam-flow serve`: what may be said of the server. [`crate::run`] starts it, since it is a face of its own.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::dictionary::DictionaryArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::texts::text;

/// Where the server listens if nothing is said.
const DEFAULT_ADDRESS: &str = "127.0.0.1:8025";
const DEFAULT_PORT: u16 = 8025;

/// Arguments of `jam-flow serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen at. Where other machines can reach it, such as 0.0.0.0:8025, every request needs the token
    #[arg(long, value_name = "ADDRESS", default_value = DEFAULT_ADDRESS, value_parser = address)]
    pub listen: SocketAddr,
    /// File with the token that requests have to send, in place of the environment variable JAM_FLOW_TOKEN. Without one, a server
    /// that other machines can reach makes one and prints it
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// How words are pronounced, in every request
    #[command(flatten)]
    pub pronunciations: DictionaryArguments,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// How many speeches, videos and alignments may be made or wait at a time, each; more are refused
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub queue: u16,
    /// How many requests each client may send in a minute; more are refused
    #[arg(long, value_name = "NUMBER", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    pub requests_per_minute: u32,
}

/// Reads an address with its port, or without for the usual one.
fn address(argument: &str) -> Result<SocketAddr, String> {
    argument
        .parse()
        .or_else(|_| {
            argument
                .parse::<IpAddr>()
                .map(|ip| SocketAddr::new(ip, DEFAULT_PORT))
        })
        .map_err(|_| text!("serve-address", example = DEFAULT_ADDRESS))
}

/// What the user is told of a token that was made for them.
pub fn token_line(token: &str) -> String {
    text!("serve-token", token = token)
}

/// What the user is told while the models are loaded.
pub fn loading_stage() -> &'static str {
    text!("stage-loading")
}

/// What the user is told when the server answers.
pub fn listening_line(address: SocketAddr) -> String {
    text!("serve-listening", url = format!("http://{address}"))
}

/// What the user is told when it has stopped.
pub fn stopped_line() -> &'static str {
    text!("serve-stopped")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_port_or_get_the_usual_one() {
        assert_eq!(
            address("0.0.0.0:1"),
            Ok(SocketAddr::from(([0, 0, 0, 0], 1)))
        );
        assert_eq!(address("127.0.0.1"), Ok(DEFAULT_ADDRESS.parse().unwrap()));
        assert!(address("[::1]:8080").is_ok() && address("::1").is_ok());
        for wrong in ["", "localhost", "8025", "1.2.3.4:99999", "1.2.3"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
