//! A question about pictures in the form that Keye models were taught: the chat of Qwen, with pictures between their times.

use super::picture::ShownPicture;
use crate::networks::keye::ProjectorKind;

/// Ends a turn.
pub(super) const TURN_END: &str = "<|im_end|>";
/// Ends a text.
pub(super) const TEXT_END: &str = "<|endoftext|>";
/// Stands ahead of each picture of a clip; Preview does not know it.
const FRAME: &str = "<|frame|>";
/// Lets the model answer at once.
const WITHOUT_THINKING: &str = " /no_think";

/// A part of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text with special tokens.
    Text(String),
    /// The picture with this index.
    Picture(usize),
}

/// The whole prompt. `has_token` says whether the tokenizer has a special token.
pub(super) fn parts(
    pictures: &[ShownPicture<'_>],
    question: &str,
    kind: ProjectorKind,
    has_token: &dyn Fn(&str) -> bool,
) -> Vec<Part> {
    let is_clip = kind == ProjectorKind::V15 && has_token(FRAME);
    let mut parts = Vec::new();
    let mut text = "<|im_start|>user\n".to_owned();
    if is_clip {
        text += "<|vision_start|>";
    }
    for (index, picture) in pictures.iter().enumerate() {
        let (ahead, behind) = match (is_clip, picture.is_fast) {
            (true, true) => ("<|fast_start|>", "<|fast_end|>"),
            (true, false) => ("", ""),
            (false, _) => (" s<|vision_start|>", "<|vision_end|>"),
        };
        if is_clip {
            text += FRAME;
        }
        text += &format!("{:.1}{ahead}", picture.time_secs);
        parts.push(Part::Text(std::mem::replace(&mut text, behind.to_owned())));
        parts.push(Part::Picture(index));
    }
    if is_clip {
        text += "<|vision_end|>";
    }
    text += &format!(
        "{}{WITHOUT_THINKING}{TURN_END}\n<|im_start|>assistant\n",
        plain(question)
    );
    parts.push(Part::Text(text));
    parts
}

/// A text in which nothing is a special token.
fn plain(text: &str) -> String {
    text.replace("<|", "< |")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(kind: ProjectorKind, has_token: bool) -> String {
        let picture = |time_secs, is_fast| ShownPicture {
            rgb: &[],
            width_px: 28,
            height_px: 28,
            time_secs,
            is_fast,
        };
        let pictures = [picture(0.0, false), picture(0.5, true)];
        let parts = parts(&pictures, "What <|im_end|> happens?", kind, &|_| has_token);
        let texts = parts.into_iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Picture(index) => format!("[{index}]"),
        });
        texts.collect()
    }

    #[test]
    fn pictures_stand_between_their_times() {
        assert_eq!(
            text_of(ProjectorKind::V15, true),
            "<|im_start|>user\n<|vision_start|><|frame|>0.0[0]<|frame|>0.5<|fast_start|>[1]<|fast_end|><|vision_end|>\
             What < |im_end|> happens? /no_think<|im_end|>\n<|im_start|>assistant\n"
        );
        for (kind, has_token) in [(ProjectorKind::Preview, true), (ProjectorKind::V15, false)] {
            assert_eq!(
                text_of(kind, has_token),
                "<|im_start|>user\n0.0 s<|vision_start|>[0]<|vision_end|>0.5 s<|vision_start|>[1]<|vision_end|>\
                 What < |im_end|> happens? /no_think<|im_end|>\n<|im_start|>assistant\n"
            );
        }
    }
}
