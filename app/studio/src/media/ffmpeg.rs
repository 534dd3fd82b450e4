//! The installed ffmpeg, which reads and writes what the program cannot by itself.

use std::process::{Command, Stdio};

/// Name of the program.
const PROGRAM: &str = "ffmpeg";

/// The program with what every use of it wants: no questions, no Ctrl-C of its own, nothing on our output.
pub(super) fn command() -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
    // Ctrl-C is for us: we tell it to end.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdout(Stdio::null());
    command
}

/// Whether there is one that starts.
pub(super) fn is_installed() -> bool {
    let mut command = Command::new(PROGRAM);
    command.arg("-version").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}
