//! The texts of a face: Fluent sources of one language, read once and looked up by key.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

pub use fluent_bundle::FluentValue as Value;

/// What all faces say alike, in the language of the program.
pub(crate) static TEXTS: LazyLock<Texts> =
    LazyLock::new(|| Texts::new("en", [include_str!("../../locales/en/studio.ftl")]));

/// The texts of a face in one language.
pub struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// Reads Fluent sources; where two have the same key, the later one counts.
    ///
    /// # Panics
    /// If a source is no Fluent, or `language` is no language tag such as `en`: both are compiled in.
    pub fn new(language: &str, sources: impl IntoIterator<Item = &'static str>) -> Self {
        let language = language.parse().expect("a language tag");
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Marks for mixed directions of writing, which neither a terminal nor egui understands.
        bundle.set_use_isolating(false);
        for source in sources {
            let resource = FluentResource::try_new(source.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("texts of a face: {errors:?}"));
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// A text without arguments; its key if there is none, or if it needs some.
    pub fn plain<'a>(&'a self, key: &'a str) -> &'a str {
        let pattern = self.0.get_message(key).and_then(|message| message.value());
        let text = pattern.map(|pattern| self.0.format_pattern(pattern, None, &mut Vec::new()));
        match text {
            Some(std::borrow::Cow::Borrowed(text)) => text,
            _ => key,
        }
    }

    /// A text with its arguments filled in; its key if there is none.
    pub fn with<'a>(
        &self,
        key: &str,
        arguments: impl IntoIterator<Item = (&'a str, Value<'a>)>,
    ) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = arguments.into_iter().collect();
        self.0
            .format_pattern(pattern, Some(&arguments), &mut Vec::new())
            .into_owned()
    }
}

/// A text of [`TEXTS`] by its key: `text!("internal-error")` is a `&'static str`, `text!("no-sound", reason = reason)` a `String`.
macro_rules! text {
    ($key:literal) => {
        $crate::texts::TEXTS.plain($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::TEXTS.with(
            $key,
            [$((stringify!($name), $crate::texts::Value::from($value))),+],
        )
    };
}
pub(crate) use text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_sources_count_and_numbers_have_plurals() {
        let texts = Texts::new(
            "en",
            [
                "greeting = Hello.\ntakes = { $count ->\n    [one] 1 take\n   *[other] { $count } takes\n}\n",
                "greeting = Good morning.\nsaved = Saved { $file }\n",
            ],
        );
        assert_eq!(texts.plain("greeting"), "Good morning.");
        assert_eq!(texts.with("takes", [("count", 1.into())]), "1 take");
        assert_eq!(texts.with("takes", [("count", 1080.into())]), "1080 takes");
        assert_eq!(
            texts.with("saved", [("file", "a {b}.mp4".into())]),
            "Saved a {b}.mp4"
        );
        assert_eq!(texts.plain("missing"), "missing");
        assert_eq!(texts.plain("saved"), "saved");
    }
}
