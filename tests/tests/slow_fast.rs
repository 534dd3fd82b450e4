//! Slow-Fast against `keye-vl-utils` 1.5.2: the same frames, kinds, sizes and token counts for drawn clips.
//!
//! `tests/reference/make_slow_fast.py` draws the same clips by the same integer rules and keeps what the reference chose.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use serde_json::Value;
use studio::watch::slow_fast::{
    FrameKind, KindChooser, Size, SlowFastSettings, compared_size, frame_sizes, hsv, is_alike,
    resized, sampled_frames, smart_resize, timestamp_secs,
};

#[test]
fn every_clip_is_seen_as_the_reference_sees_it() {
    let fixture = fixture();
    let cases = fixture["clips"].as_array().unwrap();
    assert!(cases.len() >= 20);
    for case in cases {
        let clip = Clip::of(case);
        let settings = settings(&case["settings"]);
        let frames = sampled_frames(clip.frames, clip.fps, &settings);
        let name = &clip.name;
        let indices: Vec<usize> = numbers(&case["indices"]);
        assert_eq!(frames, indices, "{name}: frames");
        // As f32, in which both count.
        let times: Vec<f32> = numbers(&case["timestamps_secs"]);
        let ours = frames.iter().map(|&frame| timestamp_secs(frame, clip.fps));
        assert!(ours.eq(times.iter().copied()), "{name}: times");

        check_pixels(&clip, case);
        let mut chooser = KindChooser::new(&settings);
        let mut kinds = String::new();
        let mut slow = 0;
        for &frame in &frames {
            let kind = chooser.next_kind(&clip.draw(frame), clip.size()).unwrap();
            slow += usize::from(kind == FrameKind::Slow);
            kinds.push(if kind == FrameKind::Slow { 's' } else { 'f' });
        }
        assert_eq!(kinds, case["is_slow"].as_str().unwrap(), "{name}: kinds");

        let fast = frames.len() - slow;
        let sizes = frame_sizes(clip.size(), slow, fast, &settings).unwrap();
        assert_eq!(sizes.slow, size(&case["slow_size"]), "{name}: slow size");
        assert_eq!(sizes.fast, size(&case["fast_size"]), "{name}: fast size");
        let tokens = slow as u32 * sizes.slow.tokens() + fast as u32 * sizes.fast.tokens();
        assert_eq!(u64::from(tokens), case["tokens"], "{name}: tokens");
    }
}

#[test]
fn sizes_are_those_of_the_reference() {
    let fixture = fixture();
    let cases = fixture["smart_resize"].as_array().unwrap();
    assert!(cases.len() > 500);
    for case in cases {
        let [height, width, fewest, most, new_height, new_width] =
            numbers::<u32>(case).try_into().unwrap();
        assert_eq!(
            smart_resize(Size::new(width, height), fewest, most).unwrap(),
            Size::new(new_width, new_height),
            "{case}"
        );
    }
    assert!(smart_resize(Size::new(4001, 20), 48, 768).is_err());
    assert!(smart_resize(Size::new(0, 20), 48, 768).is_err());
}

#[test]
fn budgets_are_kept_as_the_reference_keeps_them() {
    let fixture = fixture();
    let cases = fixture["budgets"].as_array().unwrap();
    assert!(cases.len() > 100);
    for case in cases {
        let n: Vec<u32> = numbers(case);
        let settings = SlowFastSettings {
            total_tokens: n[4],
            ..SlowFastSettings::default()
        };
        let (slow, fast) = (n[2] as usize, n[3] as usize);
        let sizes = frame_sizes(Size::new(n[1], n[0]), slow, fast, &settings).unwrap();
        assert_eq!(sizes.slow, Size::new(n[6], n[5]), "{case}");
        assert_eq!(sizes.fast, Size::new(n[8], n[7]), "{case}");
    }
}

/// Nine tenths of the patches are below 0.9 in the reference's arithmetic.
#[test]
fn shares_are_compared_as_the_reference_compares_them() {
    let fixture = fixture();
    for case in fixture["is_below"].as_array().unwrap() {
        let (alike, total) = (case[0].as_u64().unwrap(), case[1].as_u64().unwrap());
        // Patches in a row: white ones that are alike, then white beside black.
        let size = Size::new(28 * total as u32, 28);
        let white = vec![255; size.pixels() * 3];
        let mut other = white.clone();
        for row in other.chunks_exact_mut(size.width_px as usize * 3) {
            row[alike as usize * 28 * 3..].fill(0);
        }
        assert_eq!(
            !is_alike(&white, &other, size, 0.9),
            case[2].as_bool().unwrap(),
            "{case}"
        );
    }
}

/// The first picture, resized and in HSV, is the reference's to the bit.
fn check_pixels(clip: &Clip, case: &Value) {
    let small = compared_size(clip.size()).unwrap();
    assert_eq!(small, size(&case["small_size"]), "{}", clip.name);
    let pixels = resized(&clip.draw(0), clip.size(), small);
    for (pixels, wanted) in [
        (hsv(&pixels), &case["hsv_checksum"]),
        (pixels, &case["small_checksum"]),
    ] {
        let sum = (0_u64..)
            .zip(&pixels)
            .map(|(index, &value)| u64::from(value) * (index % 65_521 + 1))
            .sum::<u64>();
        assert_eq!(sum & 0xFFFF_FFFF, *wanted, "{}: pixels", clip.name);
    }
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../reference/slow_fast.json")).unwrap()
}

fn settings(given: &Value) -> SlowFastSettings {
    let default = SlowFastSettings::default();
    SlowFastSettings {
        total_tokens: given["video_total_pixels"]
            .as_u64()
            .map_or(default.total_tokens, |pixels| (pixels / 784) as u32),
        max_frames: given["max_frames"]
            .as_u64()
            .map_or(default.max_frames, |count| count as usize),
        similarity: given["min_frame_similarity"]
            .as_f64()
            .unwrap_or(default.similarity),
    }
}

fn numbers<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).unwrap()
}

/// From height and width.
fn size(value: &Value) -> Size {
    let sides: Vec<u32> = numbers(value);
    Size::new(sides[1], sides[0])
}

/// A clip that is drawn by a rule, as `make_slow_fast.py` states it.
struct Clip {
    name: String,
    rule: String,
    width: u64,
    height: u64,
    frames: usize,
    fps: f64,
}

impl Clip {
    fn of(case: &Value) -> Self {
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        let number = |key: &str| case[key].as_u64().unwrap();
        Self {
            name: text("name"),
            rule: text("rule"),
            width: number("width"),
            height: number("height"),
            frames: number("frames") as usize,
            fps: case["fps"].as_f64().unwrap(),
        }
    }

    fn size(&self) -> Size {
        Size::new(self.width as u32, self.height as u32)
    }

    fn draw(&self, frame: usize) -> Vec<u8> {
        let mut rgb = Vec::with_capacity(self.size().pixels() * 3);
        let value = self.rule_of(frame as u64);
        for y in 0..self.height {
            for x in 0..self.width {
                rgb.extend([0, 1, 2].map(|c| value(x, y, c) as u8));
            }
        }
        rgb
    }

    fn rule_of(&self, frame: u64) -> Box<dyn Fn(u64, u64, u64) -> u64> {
        let (width, height, frames) = (self.width, self.height, self.frames as u64);
        let shaken = |reach: u64| {
            let [right, down] = [0, 1].map(|axis| scrambled(2 * frame + axis) % reach);
            Box::new(move |x, y, c| texture(x + right, y + down, c, 2))
        };
        match self.rule.as_str() {
            "still" => Box::new(|x, y, c| texture(x, y, c, 1)),
            "cuts" => Box::new(move |x, y, c| texture(x, y, c, 1 + frame / 40)),
            "shaking" => shaken(6),
            "shaking_hard" => shaken(60),
            "pan" => Box::new(move |x, y, c| texture(x + 3 * frame, y, c, 3)),
            "noise" => {
                Box::new(move |x, y, c| scrambled(x + y * 4096 + c * 16_777_259 + frame * 97) & 255)
            }
            "box" => {
                let (left, top) = (frame * 2 % width, frame % height);
                let (right, bottom) = (left + width / 3, top + height / 3);
                Box::new(move |x, y, c| {
                    let is_inside = (left..right).contains(&x) && (top..bottom).contains(&y);
                    texture(x, y, c, if is_inside { 9 } else { 4 })
                })
            }
            "fade" => Box::new(move |x, y, c| texture(x, y, c, 5) * (frames - frame) / frames),
            "black" => Box::new(|_, _, _| 0),
            "flash" if frame / 30 % 2 == 1 => Box::new(|x, y, c| texture(x, y, c, 6)),
            "flash" => Box::new(|_, _, _| 0),
            "grey" => Box::new(move |x, y, _| (x + y + 2 * frame) % 256),
            "rotated" => Box::new(move |x, y, c| texture(y, x, c, 7 + frame / 60)),
            other => panic!("no such rule: {other}"),
        }
    }
}

fn scrambled(number: u64) -> u64 {
    let number = ((number & 0xFFFF_FFFF) * 2_654_435_761) & 0xFFFF_FFFF;
    let number = ((number ^ number >> 15) * 2_246_822_519) & 0xFFFF_FFFF;
    number ^ number >> 13
}

/// Blocks of plain colours, a third of them dark, with slopes and grain.
fn texture(x: u64, y: u64, c: u64, seed: u64) -> u64 {
    let block = scrambled((x / 23) * 7919 + (y / 19) * 104_729 + seed * 15_485_863);
    let is_bright = (block >> 8 & 7) > 2;
    let colour = (block >> (16 + c) & 1) * 255 * u64::from(is_bright);
    let slope = (3 * x + 2 * y + 60 * c + 40 * seed) % 256;
    let grain = scrambled(x * 31 + y * 65_537 + c * 17 + seed) & 255;
    (13 * colour + 2 * slope + grain) / 16
}
