//! Tags and character references of HTML that come along when text is copied from a web page or a mail.

use std::borrow::Cow;

use super::ssml;

/// Longest tag and longest character reference that are looked for, bytes.
const MAX_TAG_BYTES: usize = 2000;
const MAX_REFERENCE_BYTES: usize = 32;

/// Elements that are parts of a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del",
    "dfn", "em", "emphasis", "font", "i", "img", "ins", "kbd", "label", "mark", "phoneme",
    "prosody", "q", "rp", "rt", "ruby", "s", "samp", "say-as", "small", "span", "speak", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "voice", "wbr",
];
/// Elements that begin or end a paragraph.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Elements whose content nobody sees.
const HIDDEN: &[&str] = &["script", "style", "template", "title"];

/// What a tag does to the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tag {
    /// Nothing.
    Inline,
    /// It separates paragraphs.
    Block,
    /// The `break` of SSML.
    Pause {
        /// How long it is silent.
        secs: f32,
    },
}

/// What was looked for up to the end of the text and is not there, so that it is not looked for again.
#[derive(Debug, Default)]
pub(super) struct Unclosed {
    comment: bool,
    hidden: [bool; HIDDEN.len()],
}

/// The tag that `rest` begins with, with its length; of an element that is not shown, the whole element. `None` for a "<" that
/// is a sign, and for names that HTML does not have.
pub(super) fn tag(rest: &str, unclosed: &mut Unclosed) -> Option<(Tag, usize)> {
    if rest.starts_with("<!--") {
        let close = match unclosed.comment {
            true => None,
            false => rest.find("-->"),
        };
        unclosed.comment = close.is_none();
        return Some((Tag::Inline, close? + "-->".len()));
    }
    let end = closing_bracket(rest)?;
    if rest.starts_with("<!") || rest.starts_with("<?") {
        let is_declaration = rest[2..].starts_with(|c: char| c.is_ascii_alphabetic());
        return is_declaration.then_some((Tag::Block, end));
    }
    let is_closing = rest.starts_with("</");
    let inside = &rest[1 + usize::from(is_closing)..end - 1];
    let name_bytes = inside
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(name_bytes);
    if !attributes.is_empty() && !attributes.starts_with(|c: char| c == '/' || c.is_whitespace()) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    if name == "break" {
        let of = |name| attribute(attributes, name);
        let secs = ssml::break_secs(of("time"), of("strength")).ok()?;
        return Some((Tag::Pause { secs }, end));
    }
    if let Some(hidden) = HIDDEN.iter().position(|hidden| *hidden == name) {
        if is_closing || unclosed.hidden[hidden] {
            return Some((Tag::Block, end));
        }
        let close = format!("</{name}");
        let content = &rest[end..];
        let behind = content.match_indices('<').map(|(at, _)| at).find(|&at| {
            content
                .get(at..at + close.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(&close))
        });
        unclosed.hidden[hidden] = behind.is_none();
        return match behind {
            Some(at) => Some((Tag::Block, end + at + closing_bracket(&content[at..])?)),
            None => Some((Tag::Block, end)),
        };
    }
    if BLOCKS.contains(&name.as_str()) {
        Some((Tag::Block, end))
    } else if INLINE.contains(&name.as_str()) {
        Some((Tag::Inline, end))
    } else {
        None
    }
}

/// The length of a tag: up to its ">" outside quotes.
fn closing_bracket(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest
        .char_indices()
        .skip(1)
        .take_while(|(at, _)| *at < MAX_TAG_BYTES)
    {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '<') => return None,
            // An apostrophe is a quote only where a value begins.
            (None, '"' | '\'') if rest[..at].trim_end().ends_with('=') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of an attribute.
fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = attributes.split_once(&format!("{name}="))?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(value, _)| value.trim())
}

/// The characters that a reference such as `&amp;` at the beginning of `rest` stands for, with its length.
pub(super) fn reference(rest: &str) -> Option<(Cow<'_, str>, usize)> {
    let inside = rest.strip_prefix('&')?;
    let length = inside
        .bytes()
        .take(MAX_REFERENCE_BYTES)
        .position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#')?;
    if inside.as_bytes()[length] != b';' {
        return None;
    }
    let end = 1 + length + 1;
    let written = &rest[..end];
    let meant = html_escape::decode_html_entities(written);
    let is_sound = meant != written && meant.chars().all(|c| !c.is_control() || c.is_whitespace());
    is_sound.then_some((meant, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_signs() {
        for (text, kind, length) in [
            ("<b>Bonds", Tag::Inline, 3),
            ("</B> and", Tag::Inline, 4),
            ("<a href=\"x>y\" title='1'>z", Tag::Inline, 24),
            ("<br/>x", Tag::Block, 5),
            ("<P class=note>x", Tag::Block, 14),
            ("<!-- <b> -->x", Tag::Inline, 12),
            ("<!DOCTYPE html>x", Tag::Block, 15),
            ("<style>b { x: y }</style>x", Tag::Block, 25),
            ("<break time=\"1s\"/>x", Tag::Pause { secs: 1.0 }, 18),
            ("<break time='250ms' />x", Tag::Pause { secs: 0.25 }, 22),
        ] {
            assert_eq!(
                tag(text, &mut Unclosed::default()),
                Some((kind, length)),
                "{text}"
            );
        }
        for text in [
            "<3",
            "< b >",
            "<your name>",
            "<b",
            "<- that",
            "<>",
            "<b!>",
            "<<b>",
            "<!",
            "<i <b>",
            "<break time=\"soon\"/>",
        ] {
            assert_eq!(tag(text, &mut Unclosed::default()), None, "{text}");
        }
    }

    #[test]
    fn references_are_resolved() {
        for (text, meant, length) in [
            ("&amp; notes", "&", 5),
            ("&eacute;", "é", 8),
            ("&#8217;s", "’", 7),
            ("&#x1F600;", "😀", 9),
            ("&nbsp;", "\u{a0}", 6),
        ] {
            assert_eq!(reference(text), Some((meant.into(), length)), "{text}");
        }
        for text in [
            "<p>Bonds &amp;",
            "& so",
            "&;",
            "&nothing;",
            "AT&T; yes",
            "&#0;",
            "&#xd800;",
        ] {
            assert_eq!(reference(text), None, "{text}");
        }
    }
}
