//! The faces of the program: the command line ([`cli`]), the window ([`window`]) and the server ([`server`]). None knows another; what
//! they share is the crate `studio`.

pub mod cli;
pub mod server;
pub mod window;

use std::path::PathBuf;

use cli::command_line::{Arguments, Command};
use cli::interrupt::Interrupt;
use cli::progress::Progress;
use cli::serve::{ServeArguments, listening_line, loading_stage, stopped_line, token_line};
use server::token::Token;
use studio::resources::Resources;
use window::app::picture_rate;

/// Environment variable with the token that requests to the server have to send.
const TOKEN_VARIABLE: &str = "JAM_FLOW_TOKEN";

/// Does what the command line asks for: a command, or the window if none is named. Without a display it says so and writes a
/// demo instead. Errors are for the user: show them with [`studio::wording::one_line`].
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(folders) = directories::ProjectDirs::from("", "", "jam-flow") {
        studio::provenance::sign_with_key_in(folders.data_local_dir());
    }
    let resources = Resources::find(arguments.models);
    cli::check_files(
        &arguments.files,
        arguments.command.is_some(),
        window::has_display(),
    )?;
    let camera = cli::check_camera(
        arguments.camera.as_deref(),
        arguments.command.is_some(),
        window::has_display(),
    )?;
    match arguments.command {
        Some(Command::Serve(arguments)) => serve(&resources, &arguments),
        Some(command) => cli::run(&resources, command, &|gpu, words, check| {
            let rate = picture_rate::measure(resources.clone(), gpu, words, check)?;
            Ok(rate.per_second())
        }),
        None if window::has_display() => {
            // Projects name their portrait, wherever the program is started next.
            let absolute = |file: PathBuf| std::path::absolute(&file).unwrap_or(file);
            window::open(
                resources,
                arguments.files.into_iter().map(absolute).collect(),
                camera,
            )
        }
        None => cli::demo::write(&resources),
    }
}

/// Runs the server as the command line asks for it, until Ctrl-C.
fn serve(resources: &Resources, arguments: &ServeArguments) -> anyhow::Result<()> {
    let token = match (&arguments.token_file, std::env::var(TOKEN_VARIABLE)) {
        (Some(file), _) => Some(Token::read(file)?),
        (None, Ok(token)) => Some(Token::new(&token)?),
        (None, Err(_)) if arguments.listen.ip().is_loopback() => None,
        (None, Err(_)) => {
            let token = Token::random()?;
            eprintln!("{}", token_line(token.reveal()));
            Some(token)
        }
    };
    let settings = server::Settings {
        address: arguments.listen,
        token,
        portrait: arguments.portrait.choice(resources)?,
        dictionary: arguments.pronunciations.load()?,
        queue_length: arguments.queue.into(),
        requests_per_minute: arguments.requests_per_minute,
    };
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(loading_stage());
    let compute = arguments.compute.compute(&progress);
    let mut progress = Some(progress);
    server::run(
        resources,
        &compute,
        &settings,
        interrupt.token(),
        &mut |address| {
            if let Some(progress) = progress.take() {
                progress.finish(&listening_line(address));
            }
        },
    )?;
    eprintln!("{}", stopped_line());
    Ok(())
}
