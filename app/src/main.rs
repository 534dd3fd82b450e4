//! `jam-flow`: a portrait that speaks. Without arguments it opens the window; see `jam-flow --help` for the rest.

use std::process::ExitCode;

use clap::Parser as _;
use jam_flow::cli::command_line::Arguments;
use studio::cancel;
use studio::shielded::shielded;

// Frames and tensors come and go by the megabyte many times a second; mimalloc gives their memory back sooner than the
// system's allocator and keeps it from growing with the length of a speech.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a shell expects from a program that Ctrl-C ended.
const EXIT_CODE_INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    quieten_mesa();
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("JAM_FLOW_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error")),
        )
        // Each stage's time, where its level is asked for.
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_writer(std::io::stderr)
        .init();
    // What a panic says is for developers; the user hears of the file or the text that caused it.
    std::panic::set_hook(Box::new(|panic| {
        tracing::debug!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
    }));
    match shielded(|| jam_flow::run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if cancel::is_cancelled(&error) => {
            eprintln!("{}", jam_flow::cli::cancelled_line());
            ExitCode::from(EXIT_CODE_INTERRUPTED)
        }
        Err(error) => {
            eprintln!("{}", jam_flow::cli::error_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// Keeps Mesa's device selection layer from asking Wayland for its favourite card where there cannot be a Wayland: libwayland
/// would print an error of its own beside ours. We order the cards ourselves.
fn quieten_mesa() {
    if cfg!(target_os = "linux") && std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        #[expect(
            unsafe_code,
            reason = "the only way to tell a Vulkan layer of this process"
        )]
        // SAFETY: the first thing that `main` does, so no other thread can be reading the environment.
        unsafe {
            std::env::set_var("NODEVICE_SELECT", "1");
        }
    }
}
