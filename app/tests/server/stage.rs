//! The stage over its WebSocket.

use std::time::Instant;

use serde_json::{Value, json};
use tungstenite::Message;

use crate::client::*;

/// What the stage shows: number, samples and picture of a frame.
struct Shown {
    number: u32,
    samples: Vec<u8>,
    picture: image::RgbaImage,
}

impl Shown {
    fn read(message: &[u8]) -> Self {
        let number = u32::from_le_bytes(message[..4].try_into().unwrap());
        let count = usize::from(u16::from_le_bytes(message[4..6].try_into().unwrap()));
        let (samples, picture) = message[8..].split_at(2 * count);
        Self {
            number,
            samples: samples.to_vec(),
            picture: image::load_from_memory(picture).unwrap().to_rgba8(),
        }
    }
}

/// Whether these frames, and these events with the frames before them, are all that is waited for.
type IsEnough<'a> = &'a dyn Fn(&[Shown], &[(usize, Value)]) -> bool;

#[test]
fn the_stage_shows_a_living_portrait_with_alpha_and_its_sound() {
    // A server of its own: nobody else may speak on its stage.
    let address = started(None);
    let command = |body: &Value| post_to(address, "/v1/stage/commands", body);
    let stop = json!({"command": "stop"});
    assert!(command(&stop).error(409).contains("nobody looks"));
    let (mut socket, _) = tungstenite::connect(format!("ws://{address}/stage/socket")).unwrap();
    let mut frames: Vec<Shown> = Vec::new();
    let mut events: Vec<(usize, Value)> = Vec::new();
    let mut read_until = |socket: &mut tungstenite::WebSocket<_>, is_enough: IsEnough| {
        let begin = Instant::now();
        while !is_enough(&frames, &events) {
            assert!(begin.elapsed() < TIMEOUT, "{events:?}");
            match socket.read().unwrap() {
                Message::Binary(bytes) => frames.push(Shown::read(&bytes)),
                Message::Text(text) => {
                    events.push((frames.len(), serde_json::from_str(&text).unwrap()));
                }
                _ => {}
            }
        }
        (frames.len(), events.len())
    };
    read_until(&mut socket, &|frames, _| frames.len() >= 5);
    // Nonsense is refused, and the stage goes on.
    for nonsense in ["nonsense", "{}", r#"{"command": "say", "input": ""}"#] {
        socket.send(Message::text(nonsense)).unwrap();
    }
    read_until(&mut socket, &|_, events| events.len() >= 3);
    let text = "Well, what do you know?";
    let say = json!({"command": "say", "input": text, "voice": "af_heart"});
    socket.send(Message::text(say.to_string())).unwrap();
    assert_eq!(
        command(&json!({"command": "mood", "mood": "happy"})).status,
        200
    );
    let has_ended = |events: &[(usize, Value)]| events.iter().any(|(_, e)| e["event"] == "ended");
    read_until(&mut socket, &|frames, events| {
        has_ended(events) && frames.last().is_some_and(|frame| frame.samples.is_empty())
    });
    drop(socket);

    for (_, event) in &events[..3] {
        assert_eq!(event["event"], "refused");
    }
    // A viewer that is not slow gets every frame.
    let first = frames[0].number;
    for (place, frame) in (first..).zip(&frames) {
        assert_eq!(frame.number, place);
    }
    // The sound is that of the same words elsewhere, from the frame on at which it was said to begin.
    let said: Vec<u8> = frames
        .iter()
        .flat_map(|frame| frame.samples.clone())
        .collect();
    let expected = spoken(text, "af_heart");
    assert!(said.len() - expected.len() < 2 * 960 && said.starts_with(&expected[..]));
    let begins = events
        .iter()
        .find(|(_, event)| event["event"] == "begins")
        .unwrap()
        .0;
    let is_said = |frame: &Shown| !frame.samples.is_empty();
    assert_eq!(frames.iter().position(is_said), Some(begins));
    // Behind the person there is nothing, and the person is there.
    let picture = &frames[begins].picture;
    let share = |is: fn(u8) -> bool| {
        let count = picture.pixels().filter(|pixel| is(pixel.0[3])).count();
        count as f64 / f64::from(picture.width() * picture.height())
    };
    assert!(share(|alpha| alpha == 0) > 0.1 && share(|alpha| alpha == 255) > 0.2);
    // Every frame of the speech differs from the one before.
    let moving = frames[begins..].windows(2).filter(|pair| is_said(&pair[1]));
    assert!(moving.clone().count() > 20);
    let still = moving
        .filter(|pair| pair[0].picture == pair[1].picture)
        .count();
    assert_eq!(still, 0);
    // The loudness of the sound and the movement of the mouth belong to the same frames: the face of a silent frame before
    // the speech moves less than that of the loudest.
    let difference = |a: &Shown, b: &Shown| -> u64 {
        let bytes = a.picture.iter().zip(b.picture.iter());
        bytes.map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
    };
    let quiet = difference(&frames[0], &frames[1]);
    let loud = frames[begins..]
        .windows(2)
        .map(|pair| difference(&pair[0], &pair[1]))
        .max()
        .unwrap();
    assert!(loud > 2 * quiet, "{loud} {quiet}");
}
