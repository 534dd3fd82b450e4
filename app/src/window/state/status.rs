//! What happened last, said where it matters, with the buttons that help.

use std::path::Path;

use super::Action;
use studio::output_path::file_name;
use studio::wording::{capitalised, one_line};

/// Where a status is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// In the line at the bottom of the window: good to know, no more.
    #[default]
    Line,
    /// On a card on the stage: about the portrait, a file, or the program.
    Stage,
    /// On a card above the buttons of the panel: about what was typed there.
    Panel,
}

/// What happened last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// What to say; empty for nothing. Of parts with ": " between them the first is the heading of a card.
    pub line: String,
    /// Whether something is wrong.
    pub is_error: bool,
    /// Where it is said.
    pub place: Place,
    /// What the user can do about it: the words on each button, and what it does.
    pub buttons: Vec<(&'static str, Action)>,
}

impl Status {
    /// Something to know.
    pub fn note(line: String) -> Self {
        Self {
            line: capitalised(&line),
            ..Self::default()
        }
    }

    /// Something to know that is worth a card.
    pub fn news(line: String) -> Self {
        Self {
            place: Place::Stage,
            ..Self::note(line)
        }
    }

    /// Something that is wrong.
    pub fn problem(line: String) -> Self {
        Self {
            is_error: true,
            ..Self::news(line)
        }
    }

    /// Something that went wrong.
    pub fn error(error: &anyhow::Error) -> Self {
        Self::problem(one_line(error))
    }

    /// The same beside what was typed.
    #[must_use]
    pub fn in_panel(self) -> Self {
        Self {
            place: Place::Panel,
            ..self
        }
    }

    /// The same with the name of a file in place of its whole path.
    #[must_use]
    pub fn about(mut self, path: &Path) -> Self {
        let whole = path.display().to_string();
        if !whole.is_empty() {
            self.line = self.line.replace(&whole, &file_name(path));
        }
        self
    }

    /// Adds something that the user can do about it.
    #[must_use]
    pub fn with_button(mut self, words: &'static str, action: Action) -> Self {
        self.buttons.push((words, action));
        self
    }

    /// The heading of its card.
    pub fn heading(&self) -> &str {
        self.line
            .split_once(": ")
            .map_or(self.line.as_str(), |(heading, _)| heading)
    }

    /// What stands below the heading: one sentence for each of the other parts.
    pub fn details(&self) -> Vec<String> {
        self.line
            .split(": ")
            .skip(1)
            .map(|part| capitalised(part.trim()))
            .filter(|part| !part.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_causes_is_a_heading_and_sentences_without_paths() {
        let path = Path::new("/home/me/My pictures/land.jpg");
        let error = anyhow::anyhow!("no face was found: use a photo")
            .context(format!("the portrait {} cannot be used", path.display()));
        let status = Status::error(&error).about(path);
        assert_eq!(status.heading(), "The portrait land.jpg cannot be used");
        assert_eq!(status.details(), ["No face was found", "Use a photo"]);
        assert_eq!(status.place, Place::Stage);
        let plain = Status::note("saved".to_owned());
        assert_eq!((plain.heading(), plain.details().len()), ("Saved", 0));
    }
}
