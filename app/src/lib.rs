//! The faces of the program: the command line ([`cli`]) and the window ([`window`]). Neither knows the other; what they share is
//! the crate `studio`.

pub mod cli;
pub mod window;

use cli::command_line::Arguments;
use studio::resources::Resources;

/// Does what the command line asks for: a command, or the window if none is named. Without a display it says so and writes a
/// demo instead. Errors are for the user: show them with [`studio::wording::one_line`].
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let resources = Resources::find(arguments.models);
    match arguments.command {
        Some(command) => cli::run(&resources, command),
        None if window::has_display() => window::open(resources),
        None => cli::demo::write(&resources),
    }
}
