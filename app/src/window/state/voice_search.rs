//! Voices by what their names say, and what is looked for among them.

use crate::window::texts::text;
use studio::wording::capitalised;

/// Whose voice it sounds like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// A woman's.
    Woman,
    /// A man's.
    Man,
}

/// Where it sounds from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accent {
    /// American English.
    American,
    /// British English.
    British,
}

/// A voice's name, as a person would write it. Voices named after the teacher's scheme carry accent and sex in the first two letters,
/// such as `bf_emma`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceName {
    /// The name alone.
    pub name: String,
    /// Accent and sex, where the name tells.
    pub kind: Option<(Accent, Sex)>,
}

impl VoiceName {
    /// Reads the name of a voice.
    pub fn of(voice: &str) -> Self {
        let described = voice.split_once('_').and_then(|(kind, name)| {
            let kind = match kind {
                "af" => (Accent::American, Sex::Woman),
                "am" => (Accent::American, Sex::Man),
                "bf" => (Accent::British, Sex::Woman),
                "bm" => (Accent::British, Sex::Man),
                _ => return None,
            };
            Some((capitalised(name), kind))
        });
        match described {
            Some((name, kind)) => Self {
                name,
                kind: Some(kind),
            },
            None => Self {
                name: capitalised(voice),
                kind: None,
            },
        }
    }

    /// Accent and sex in words.
    pub fn kind_words(&self) -> Option<&'static str> {
        Some(match self.kind? {
            (Accent::American, Sex::Woman) => text!("voice-american-woman"),
            (Accent::American, Sex::Man) => text!("voice-american-man"),
            (Accent::British, Sex::Woman) => text!("voice-british-woman"),
            (Accent::British, Sex::Man) => text!("voice-british-man"),
        })
    }

    /// All in one line.
    pub fn whole(&self) -> String {
        match self.kind_words() {
            Some(kind) => text!("voice-named", name = self.name.as_str(), kind = kind),
            None => self.name.clone(),
        }
    }
}

/// What is looked for among the voices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoiceSearch {
    /// Letters of the name.
    pub words: String,
    /// One sex alone.
    pub sex: Option<Sex>,
    /// One accent alone.
    pub accent: Option<Accent>,
}

impl VoiceSearch {
    /// Whether a voice is looked for.
    pub fn finds(&self, voice: &VoiceName) -> bool {
        let (accent, sex) = voice.kind.unzip();
        let whole = voice.whole().to_lowercase();
        let mut words = self.words.split_whitespace().map(str::to_lowercase);
        words.all(|word| whole.contains(&word))
            && (self.sex.is_none() || self.sex == sex)
            && (self.accent.is_none() || self.accent == accent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_people() {
        assert_eq!(VoiceName::of("bf_emma").whole(), "Emma, British woman");
        assert_eq!(VoiceName::of("mine").whole(), "Mine");
        assert_eq!(VoiceName::of("").whole(), "");
    }

    #[test]
    fn voices_are_found_by_name_sex_and_accent() {
        let names = ["af_heart", "am_adam", "bf_emma", "bm_george", "mine"];
        let found = |search: VoiceSearch| -> Vec<&str> {
            let mut names = names.to_vec();
            names.retain(|name| search.finds(&VoiceName::of(name)));
            names
        };
        assert_eq!(found(VoiceSearch::default()), names);
        let search = |words: &str, sex, accent| VoiceSearch {
            words: words.to_owned(),
            sex,
            accent,
        };
        assert_eq!(found(search("brit ge", None, None)), ["bm_george"]);
        let women = search("", Some(Sex::Woman), None);
        assert_eq!(found(women), ["af_heart", "bf_emma"]);
        let man = search("", Some(Sex::Man), Some(Accent::American));
        assert_eq!(found(man), ["am_adam"]);
        assert!(found(search("zz", None, None)).is_empty());
    }
}
