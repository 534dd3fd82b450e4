//! The page of the stage with its script.

use std::sync::LazyLock;

use hyper::header::{CONTENT_SECURITY_POLICY, HeaderValue};

use crate::server::reply::{self, Response};
use crate::server::texts::TEXTS;

static PAGE: LazyLock<String> = LazyLock::new(|| with_texts(include_str!("stage.html")));
const SCRIPT: &str = include_str!("stage.js");
/// Where scripts and connections of the page may come from: here.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The page.
pub(super) fn page() -> Response {
    let mut response = reply::with_type("text/html; charset=utf-8", PAGE.as_str());
    response.headers_mut().insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(PAGE_POLICY),
    );
    response
}

/// Its script.
pub(super) fn script() -> Response {
    reply::with_type("text/javascript; charset=utf-8", SCRIPT)
}

/// Puts texts in the place of their keys, `{{key}}`.
fn with_texts(page: &str) -> String {
    let mut parts = page.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once("}}").unwrap_or((part, ""));
        let text = TEXTS.plain(key).replace('&', "&amp;");
        filled += &text.replace('<', "&lt;").replace('"', "&quot;");
        filled += rest;
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_texts() {
        let filled = with_texts("<b title=\"{{page-stop}}\">{{stream-format}}</b>");
        assert_eq!(
            filled,
            "<b title=\"Stop\">the stream_format must be &quot;audio&quot;</b>"
        );
        assert!(!PAGE.contains("{{") && PAGE.contains("Click for sound"));
    }
}
