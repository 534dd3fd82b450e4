//! How errors become lines for the user. The engine, the GPU's networks and the renderer report kinds with numbers; what is said of each
//! stands in `app/locales`, where other languages find it. Their own `Display` is for developers, and the same in English.

mod computing;
mod media;
mod phrase;
mod speaking;

pub use phrase::words;

/// An error with all its causes as the single line that the terminal and the window's status line show.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let cause = words(cause);
        let words = cause.split_whitespace().collect::<Vec<_>>().join(" ");
        // Many errors name their cause themselves.
        if line.contains(&words) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&words);
    }
    line
}

/// The same words with a capital letter first: errors begin small, since the command line puts a word before them.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests;
