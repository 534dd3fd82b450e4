//! How errors become lines for the user.

/// An error with all its causes as the single line that the terminal and the window's status line show.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
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
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn causes_are_named_once() {
        let inner = std::io::Error::other("the disk\n  is full");
        let said = anyhow::Error::from(inner).context("cannot write: the disk is full: a.mp4");
        assert_eq!(one_line(&said), "cannot write: the disk is full: a.mp4");
        let unsaid: anyhow::Result<()> = Err(std::io::Error::other("no room").into());
        let unsaid = unsaid.context("cannot write a.mp4").unwrap_err();
        assert_eq!(one_line(&unsaid), "cannot write a.mp4: no room");
        assert_eq!(
            capitalised(&one_line(&unsaid)),
            "Cannot write a.mp4: no room"
        );
    }
}
