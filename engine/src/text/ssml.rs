//! SSML → the marks that a text itself can have ([`super::markup`]).
//!
//! Understood: `break` (time, strength), `emphasis`, `say-as`, `phoneme` (IPA), `sub`, `prosody rate`, `p` and `s`. The text of other
//! elements is said as if they were not there.

use std::fmt::Write as _;

use super::{MAX_CHARACTERS, TextError};
use crate::Result;

/// Elements within each other.
const MAX_DEPTH: usize = 64;
/// Characters of a document: a text of the longest that is spoken, each word in tags.
const MAX_DOCUMENT_CHARACTERS: usize = 20 * MAX_CHARACTERS;

/// The text of an SSML document with its marks, to be spoken like any other text.
///
/// # Errors
/// [`TextError`] if it is not XML, too long or too deep, or if a pace or a time in it is none.
pub fn text_of_ssml(document: &str) -> Result<String> {
    let characters = document.chars().count();
    if characters > MAX_DOCUMENT_CHARACTERS {
        return Err(TextError::TooLong {
            characters,
            max: MAX_DOCUMENT_CHARACTERS,
        }
        .into());
    }
    let options = roxmltree::ParsingOptions {
        nodes_limit: 200_000,
        ..roxmltree::ParsingOptions::default()
    };
    let wrapped;
    let trimmed = document.trim();
    // A fragment without its `speak` is common.
    let xml = if trimmed.starts_with("<speak") || trimmed.starts_with("<?xml") {
        trimmed
    } else {
        wrapped = format!("<speak>{trimmed}</speak>");
        &wrapped
    };
    let tree =
        roxmltree::Document::parse_with_options(xml, options).map_err(|error| TextError::Ssml {
            line: error.pos().row,
        })?;
    check_depth(&tree)?;
    let mut text = String::new();
    read(tree.root_element(), &mut text)?;
    Ok(text.trim().to_owned())
}

/// The elements are read by recursion: what is nested deeper than that is refused.
fn check_depth(tree: &roxmltree::Document) -> Result<()> {
    let mut depth = 0;
    let mut node = tree.root_element();
    loop {
        if let Some(child) = node.first_child() {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err(TextError::SsmlTooDeep { max: MAX_DEPTH }.into());
            }
            node = child;
            continue;
        }
        node = loop {
            if let Some(next) = node.next_sibling().filter(|_| depth > 0) {
                break next;
            }
            match node.parent().filter(|_| depth > 0) {
                Some(parent) => (node, depth) = (parent, depth - 1),
                None => return Ok(()),
            }
        };
    }
}

fn read(node: roxmltree::Node, text: &mut String) -> Result<()> {
    for child in node.children() {
        if child.is_text() {
            push_escaped(child.text().unwrap_or(""), text);
        } else if child.is_element() {
            element(child, text)?;
        }
    }
    Ok(())
}

fn element(node: roxmltree::Node, text: &mut String) -> Result<()> {
    let attribute = |name: &str| {
        node.attributes()
            .find(|a| a.name() == name)
            .map(|a| a.value().trim())
    };
    match node.tag_name().name() {
        "break" => {
            let secs = break_secs(attribute("time"), attribute("strength"))?;
            if secs > 0.0 {
                let _ = write!(text, " [pause {secs}] ");
            }
            Ok(())
        }
        "emphasis" => {
            let feature = match attribute("level") {
                Some("none") => None,
                Some("reduced") => Some("-1".to_owned()),
                _ => Some("+1".to_owned()),
            };
            marked(node, feature, text)
        }
        "phoneme" => {
            let feature = attribute("ph").map(|phones| format!("/{}/", phones.trim_matches('/')));
            marked(node, feature, text)
        }
        "sub" => {
            let feature = attribute("alias").map(|alias| format!("={}", alias.replace(')', " ")));
            marked(node, feature, text)
        }
        "say-as" => {
            let feature = attribute("interpret-as").map(|kind| format!("#{kind}#"));
            marked(node, feature, text)
        }
        "prosody" => {
            let rate = attribute("rate").map(rate).transpose()?;
            marked(
                node,
                rate.filter(|rate| *rate != 1.0)
                    .map(|rate| format!("rate {rate}")),
                text,
            )
        }
        "p" => {
            read(node, text)?;
            text.push_str("\n\n");
            Ok(())
        }
        "s" => {
            read(node, text)?;
            text.push('\n');
            Ok(())
        }
        "desc" | "metadata" | "lexicon" => Ok(()),
        _ => read(node, text),
    }
}

fn marked(node: roxmltree::Node, feature: Option<String>, text: &mut String) -> Result<()> {
    let Some(feature) = feature else {
        return read(node, text);
    };
    text.push('[');
    let start = text.len();
    read(node, text)?;
    if text.len() == start {
        text.pop();
    } else {
        let _ = write!(text, "]({feature})");
    }
    Ok(())
}

/// White space is XML's, and the signs of marks are text here.
fn push_escaped(written: &str, text: &mut String) {
    for c in written.chars() {
        match c {
            '[' | ']' | '*' => text.extend(['\\', c]),
            c if c.is_whitespace() => {
                if !text.ends_with(char::is_whitespace) {
                    text.push(' ');
                }
            }
            c => text.push(c),
        }
    }
}

/// The silence of a `break` with these attributes.
///
/// # Errors
/// [`TextError`] if the time is none.
pub(super) fn break_secs(time: Option<&str>, strength: Option<&str>) -> Result<f32> {
    Ok(match (time, strength) {
        (Some(time), _) => duration_secs(time)?,
        (None, Some("none")) => 0.0,
        (None, Some("x-weak")) => 0.1,
        (None, Some("weak")) => 0.25,
        (None, Some("strong")) => 0.8,
        (None, Some("x-strong")) => 1.2,
        (None, _) => 0.5,
    })
}

fn duration_secs(written: &str) -> Result<f32> {
    let parsed = match (written.strip_suffix("ms"), written.strip_suffix('s')) {
        (Some(number), _) => number.trim().parse::<f32>().ok().map(|ms| ms / 1000.0),
        (_, Some(number)) => number.trim().parse().ok(),
        _ => None,
    };
    parsed
        .filter(|secs| secs.is_finite() && *secs >= 0.0)
        .ok_or_else(|| {
            let written = written.to_owned();
            TextError::BreakTime { written }.into()
        })
}

/// "slow", "80%", "+10%", "0.8".
fn rate(written: &str) -> Result<f32> {
    let named = match written {
        "x-slow" => Some(0.6),
        "slow" => Some(0.8),
        "medium" | "default" => Some(1.0),
        "fast" => Some(1.25),
        "x-fast" => Some(1.6),
        _ => None,
    };
    let number = match written.strip_suffix('%') {
        Some(change) if change.starts_with(['+', '-']) => change
            .parse::<f32>()
            .ok()
            .map(|percent| 1.0 + percent / 100.0),
        Some(percent) => percent.parse::<f32>().ok().map(|percent| percent / 100.0),
        None => written.parse().ok(),
    };
    named
        .or(number)
        .filter(|rate| (0.3..=3.0).contains(rate))
        .ok_or_else(|| {
            let written = written.to_owned();
            TextError::SsmlRate { written }.into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_marks() {
        let document = r#"<?xml version="1.0"?>
            <speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis">
              <p>Ask <phoneme alphabet="ipa" ph="wɪn">Nguyen</phoneme><break time="500ms"/> about
              <sub alias="World Wide Web">WWW</sub> &amp; <say-as interpret-as="characters">NASA</say-as>.</p>
              <prosody rate="slow">It is <emphasis level="strong">very</emphasis> big</prosody> [sic]
            </speak>"#;
        assert_eq!(
            text_of_ssml(document).unwrap(),
            "Ask [Nguyen](/wɪn/) [pause 0.5] about [WWW](=World Wide Web) & [NASA](#characters#).\n\n[It is [very](+1) big](rate 0.8) \\[sic\\]"
        );
        assert_eq!(
            text_of_ssml("Hello <break/> there").unwrap(),
            "Hello  [pause 0.5] there"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let reason = |text: &str| text_of_ssml(text).unwrap_err().to_string();
        assert!(reason("<speak>open").contains("not valid SSML"));
        assert!(reason("<speak><break time='soon'/></speak>").contains("500ms"));
        assert!(reason("<speak><prosody rate='warp'>a</prosody></speak>").contains("80%"));
    }
}
