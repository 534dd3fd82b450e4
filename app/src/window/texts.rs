//! The window's texts, which stand in `app/locales`.

use std::sync::LazyLock;

use studio::texts::Texts;

/// The texts in the language of the window.
pub static TEXTS: LazyLock<Texts> =
    LazyLock::new(|| Texts::new("en", [include_str!("../../locales/en/window.ftl")]));

/// A text by its key: `text!("speak")` is a `&'static str`, `text!("status-saved", project = name)` a `String`.
macro_rules! text {
    ($key:literal) => {
        $crate::window::texts::TEXTS.plain($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::window::texts::TEXTS.with(
            $key,
            [$((stringify!($name), studio::texts::Value::from($value))),+],
        )
    };
}
pub(crate) use text;
