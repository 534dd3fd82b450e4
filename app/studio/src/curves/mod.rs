//! Animation curves for games: Apple's blend shapes and Oculus' visemes for each frame, with the times of words and phones, as
//! JSON or CSV, or as a glTF of the face that moves. `docs/curves.md` says what each number is.

mod blend_shapes;
mod gltf;
mod visemes;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use engine::atomic_file::write_atomically;
use engine::audio::wav::marked;
use engine::motion::{DrivenPortrait, FaceRig, MotionFrame};
use engine::{TimedPhone, TimedWord};
use serde_json::json;

use crate::media::write::FrameRate;
use crate::output_path;
use crate::texts::text;
use blend_shapes::{BlendShape, Weights};

/// How the names of curve files end.
pub const EXTENSIONS: [&str; 3] = ["json", "csv", "glb"];
/// What the files say about themselves.
const SYNTHETIC_MARK: &str = "AI-generated speech and movement, made with JAM-Flow";
/// Centimetres in a canonical unit.
const CM_PER_UNIT: f32 = 10.0;

/// Whether a curve file of this name needs a face to write.
pub fn needs_face(path: &Path) -> bool {
    output_path::extension(path) == "glb"
}

/// The curves of one person's speech as they come.
#[derive(Debug)]
pub struct Curves {
    portrait: DrivenPortrait,
    rate: FrameRate,
    frames: Vec<CurveFrame>,
    words: Vec<TimedWord>,
    phones: Vec<TimedPhone>,
}

#[derive(Clone, Copy, Debug)]
struct CurveFrame {
    weights: Weights,
    /// How far the lips are apart, canonical units.
    lip_gap: f32,
    /// Turn of the head, degrees: pitch, yaw, roll.
    turn_degrees: [f32; 3],
    /// Shift of the head, centimetres: to the picture's right, up, towards the viewer.
    shift_cm: [f32; 3],
}

impl Curves {
    /// Begins with nothing; `portrait` is whose eyes blink.
    pub fn new(portrait: DrivenPortrait, rate: FrameRate) -> Self {
        Self {
            portrait,
            rate,
            frames: Vec::new(),
            words: Vec::new(),
            phones: Vec::new(),
        }
    }

    /// Adds the next frame.
    pub fn add_frame(&mut self, frame: &MotionFrame) {
        let [x, y, z] = frame.translation;
        self.frames.push(CurveFrame {
            weights: Weights::of(frame, &self.portrait),
            lip_gap: frame.mouth().lip_gap(),
            turn_degrees: [frame.pose.pitch, frame.pose.yaw, frame.pose.roll].map(f32::to_degrees),
            shift_cm: [x, -y, -z].map(|shift| shift * CM_PER_UNIT),
        });
    }

    /// Adds words and phones of the next piece of speech.
    pub fn add_words(&mut self, words: &[TimedWord], phones: &[TimedPhone]) {
        self.words.extend_from_slice(words);
        self.phones.extend_from_slice(phones);
    }

    /// Writes the file that the name asks for; it appears whole or not at all. `face` is needed for a `.glb`.
    ///
    /// # Errors
    /// If the file cannot be written, or a face is missing.
    pub fn write(
        &self,
        path: &Path,
        face: Option<&FaceRig>,
        remark: Option<&str>,
    ) -> anyhow::Result<()> {
        let mark = marked(SYNTHETIC_MARK, remark);
        let bytes = match output_path::extension(path).as_str() {
            "csv" => self.csv().into_bytes(),
            "glb" => {
                let face = face.context(text!("curves-without-face"))?;
                gltf::bytes(self, face, &mark)
            }
            _ => self.json(&mark).into_bytes(),
        };
        write_atomically(path, |file| file.write_all(&bytes))
            .with_context(|| text!("curves-unwritable", path = path.display().to_string()))
    }

    fn secs(&self, frame: usize) -> f64 {
        frame as f64 / f64::from(self.rate.per_second())
    }

    fn visemes(&self, frame: usize) -> [f32; 15] {
        if self.phones.is_empty() {
            let frame = &self.frames[frame];
            visemes::of_mouth(&frame.weights, frame.lip_gap)
        } else {
            visemes::at(&self.phones, self.secs(frame))
        }
    }

    fn json(&self, mark: &str) -> String {
        let frames = self.frames.iter().enumerate().map(|(number, frame)| {
            json!({
                "time_secs": rounded(self.secs(number)),
                "blend_shapes": all_rounded(&frame.weights.0),
                "visemes": all_rounded(&self.visemes(number)),
                "head": {
                    "turn_degrees": all_rounded(&frame.turn_degrees),
                    "shift_cm": all_rounded(&frame.shift_cm),
                },
            })
        });
        let frames: Vec<_> = frames.collect();
        let words = self.words.iter().map(|word| {
            json!({
                "text": word.text.trim(),
                "start_secs": rounded(word.start_secs),
                "end_secs": rounded(word.end_secs),
            })
        });
        let words: Vec<_> = words.collect();
        let phones = self.phones.iter().map(|phone| {
            json!({
                "phone": phone.phone,
                "viseme": visemes::name_of_phone(&phone.phone),
                "start_secs": rounded(phone.start_secs),
                "end_secs": rounded(phone.end_secs),
            })
        });
        let phones: Vec<_> = phones.collect();
        let file = json!({
            "comment": mark,
            "frames_per_second": self.rate.per_second(),
            "blend_shapes": BlendShape::names(),
            "visemes": visemes::NAMES,
            "visemes_from": if self.phones.is_empty() { "mouth" } else { "phones" },
            "frames": frames,
            "words": words,
            "phones": phones,
        });
        file.to_string()
    }

    fn csv(&self) -> String {
        let mut text = String::from("time_secs");
        for shape in BlendShape::ALL {
            text.push(',');
            text.push_str(shape.name());
        }
        for viseme in visemes::NAMES {
            text.push_str(",viseme_");
            text.push_str(viseme);
        }
        text.push_str(",head_pitch_degrees,head_yaw_degrees,head_roll_degrees");
        text.push_str(",head_x_cm,head_y_cm,head_z_cm,word,phone\n");
        for (number, frame) in self.frames.iter().enumerate() {
            let secs = self.secs(number);
            let _ = write!(text, "{secs:.3}");
            let numbers = frame.weights.0.into_iter().chain(self.visemes(number));
            let head = frame.turn_degrees.into_iter().chain(frame.shift_cm);
            for value in numbers.chain(head) {
                let _ = write!(text, ",{value:.4}");
            }
            let heard = |start: f64, end: f64| start <= secs && secs < end;
            let mut words = self.words.iter();
            let word = words.find(|word| heard(word.start_secs, word.end_secs));
            let mut phones = self.phones.iter();
            let phone = phones.find(|phone| heard(phone.start_secs, phone.end_secs));
            for field in [
                word.map(|word| word.text.trim()),
                phone.map(|phone| phone.phone.as_str()),
            ] {
                let field = field.unwrap_or_default().replace('"', "\"\"");
                let _ = write!(text, ",\"{field}\"");
            }
            text.push('\n');
        }
        text
    }
}

fn all_rounded(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| rounded(value.into())).collect()
}

/// Four digits behind the point, so that files stay small.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests;
