//! The command line's texts, which stand in `app/locales`.

use std::sync::LazyLock;

use studio::texts::Texts;

/// The texts in the language of the command line.
pub static TEXTS: LazyLock<Texts> =
    LazyLock::new(|| Texts::new("en", [include_str!("../../locales/en/cli.ftl")]));

/// A text by its key: `text!("cancelled")` is a `&'static str`, `text!("warning", reason = reason)` a `String`.
macro_rules! text {
    ($key:literal) => {
        $crate::cli::texts::TEXTS.plain($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::cli::texts::TEXTS.with(
            $key,
            [$((stringify!($name), studio::texts::Value::from($value))),+],
        )
    };
}
pub(crate) use text;
