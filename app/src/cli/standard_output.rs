//! What a command answers on standard output.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints one answer and the end of its line. Where nobody reads on, as behind `| head`, there is nothing left to say.
///
/// # Errors
/// If it cannot be written for another reason, such as a full disk.
pub fn answer(line: impl Display) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
