//! What is sent: pictures between their times, then the prompt, as one message of a chat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::watch::clip::ShownFrame;

/// Tokens of an answer: a few minutes of speech.
const MAX_ANSWER_TOKENS: u32 = 2048;
/// Sampling that Keye-VL-1.5 is published with.
const TEMPERATURE: f32 = 0.3;
const TOP_P: f32 = 0.8;
/// Tells Keye models to answer at once.
const KEYE_WITHOUT_THINKING: &str = " /no_think";

/// The request as JSON.
pub(super) fn body(model: &str, frames: &[ShownFrame], prompt: &str) -> Vec<u8> {
    let mut content: Vec<Value> = frames
        .iter()
        .flat_map(|frame| {
            [
                json!({"type": "text", "text": format!("{:.1} s", frame.time_secs)}),
                json!({"type": "image_url", "image_url": {"url": data_url(&frame.jpeg)}}),
            ]
        })
        .collect();
    let ending = match model.to_lowercase().contains("keye") {
        true => KEYE_WITHOUT_THINKING,
        false => "",
    };
    content.push(json!({"type": "text", "text": format!("{prompt}{ending}")}));
    let request = json!({
        "model": model,
        "stream": true,
        "temperature": TEMPERATURE,
        "top_p": TOP_P,
        "max_tokens": MAX_ANSWER_TOKENS,
        "messages": [{"role": "user", "content": content}],
    });
    request.to_string().into_bytes()
}

fn data_url(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))
}
