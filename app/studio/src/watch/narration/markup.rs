//! What models write around the words that are to be spoken.

/// Marks of parts that are not the answer.
const THOUGHTS: [&str; 3] = ["think", "thinking", "analysis"];

/// The answer alone: without thoughts, which may lack their end or their beginning, and without the marks of code blocks.
pub(super) fn without_thoughts(answer: &str) -> String {
    let mut text = answer.replace("\r\n", "\n");
    for name in THOUGHTS {
        let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
        while let Some(from) = text.find(&begin) {
            let to = text[from..]
                .find(&end)
                .map_or(text.len(), |at| from + at + end.len());
            text.replace_range(from..to, "");
        }
        // Some servers swallow the first mark.
        if let Some(at) = text.rfind(&end) {
            text.replace_range(..at + end.len(), "");
        }
    }
    if let Some((_, after)) = text.split_once("<answer>") {
        text = after.to_owned();
    }
    text = text.replace("</answer>", "");
    text.lines()
        .filter(|line| !line.trim_start().starts_with("```"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Words without the marks of headings, lists, emphasis and code, on one line.
pub(super) fn plain(text: &str) -> String {
    text.lines()
        .map(|line| without_bullet(line).replace(['*', '`', '#'], ""))
        .collect::<Vec<_>>()
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A line without what makes it part of a list, a heading or strong.
pub(super) fn without_bullet(line: &str) -> &str {
    let line = line.trim();
    let line = ["- ", "* ", "• ", "> "]
        .iter()
        .find_map(|bullet| line.strip_prefix(bullet))
        .unwrap_or(line);
    line.trim_start_matches(['*', '#', '_']).trim_start()
}
