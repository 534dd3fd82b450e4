//! The server's texts, which stand in `app/locales`.

use std::sync::LazyLock;

use studio::texts::Texts;

/// The texts in the language of the server.
pub static TEXTS: LazyLock<Texts> =
    LazyLock::new(|| Texts::new("en", [include_str!("../../locales/en/server.ftl")]));

/// A text by its key: `text!("busy")` is a `&'static str`, `text!("too-often", secs = secs)` a `String`.
macro_rules! text {
    ($key:literal) => {
        $crate::server::texts::TEXTS.plain($key)
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::server::texts::TEXTS.with(
            $key,
            [$((stringify!($name), studio::texts::Value::from($value))),+],
        )
    };
}
pub(crate) use text;
