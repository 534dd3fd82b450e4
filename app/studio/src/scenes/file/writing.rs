//! A film as the text of its file: what is as usual is left out, and what all scenes have alike the film says for them.

use std::fmt::Write as _;
use std::path::Path;

use super::scene::{EXTENTS, MOODS};
use crate::framing::{Aspect, Fill, Framing};
use crate::media::write::{FrameRate, SoundCodec};
use crate::scenes::{
    EditedFilm, Logo, Music, Place, Scene, SceneBackground, SceneError, SceneFilm, Transition,
    USUAL_TRANSITION_SECS,
};
use crate::script::{Script, ScriptVoice};
use crate::texts::text;

/// A field, and its value as TOML has it.
type Field = (&'static str, String);
type Result<T> = std::result::Result<T, SceneError>;

/// The text of a file that lies in `folder`.
///
/// # Errors
/// [`SceneError`] for what a file cannot say.
pub fn toml(edited: &EditedFilm, folder: &Path) -> Result<String> {
    let film = &edited.film;
    let scenes = (1..).zip(&film.scenes);
    let scenes =
        scenes.map(|(number, scene)| Table::new(Place::Scene(number), folder).scene(scene));
    let mut scenes: Vec<WrittenScene> = scenes.collect::<Result<_>>()?;
    let mut head = film_fields(edited, folder)?;
    if let [first, _, ..] = scenes.as_slice() {
        // From the last on, so that those before keep their places.
        for group in (0..first.shared.len()).rev() {
            let fields = scenes[0].shared[group].clone();
            if !fields.is_empty() && scenes.iter().all(|scene| scene.shared[group] == fields) {
                head.extend(fields);
                for scene in &mut scenes {
                    scene.shared[group].clear();
                }
            }
        }
    }
    let mut text = String::new();
    table(&mut text, "[film]", &head);
    if let Some(music) = &film.music {
        table(&mut text, "[music]", &music_fields(music, folder)?);
    }
    if let Some(logo) = &film.logo {
        table(&mut text, "[logo]", &logo_fields(logo, folder)?);
    }
    for scene in scenes {
        let fields: Vec<Field> = scene.own.into_iter().chain(scene.shared.concat()).collect();
        table(&mut text, "[[scene]]", &fields);
    }
    Ok(text)
}

/// Writes a table, unless it is one that may be absent and says nothing.
fn table(text: &mut String, name: &str, fields: &[Field]) {
    if fields.is_empty() && name == "[film]" {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(name);
    text.push('\n');
    for (field, value) in fields {
        // Nothing fails to be written into a text.
        let _ = writeln!(text, "{field} = {value}");
    }
}

/// The fields of a scene.
struct WrittenScene {
    /// Those that only a scene has.
    own: Vec<Field>,
    /// The others, together as they count together; the same groups for every scene.
    shared: Vec<Vec<Field>>,
}

/// Fields of one table.
struct Table<'a> {
    place: Place,
    folder: &'a Path,
    fields: Vec<Field>,
}

impl<'a> Table<'a> {
    fn new(place: Place, folder: &'a Path) -> Self {
        Self {
            place,
            folder,
            fields: Vec::new(),
        }
    }

    fn text(&mut self, field: &'static str, text: &str) {
        self.fields.push((field, quoted(text)));
    }

    /// A number, unless it is the usual one.
    fn number(&mut self, field: &'static str, number: f32, usual: f32) {
        if number != usual {
            self.fields.push((field, number.to_string()));
        }
    }

    fn numbers(&mut self, field: &'static str, numbers: &[f32], usual: &[f32]) {
        if numbers != usual {
            let numbers: Vec<String> = numbers.iter().map(f32::to_string).collect();
            self.fields
                .push((field, format!("[{}]", numbers.join(", "))));
        }
    }

    fn name<T: PartialEq>(&mut self, field: &'static str, value: T, names: &[(&str, T)], usual: T) {
        let name = names.iter().find(|(_, named)| *named == value);
        if let Some((name, _)) = name.filter(|_| value != usual) {
            self.text(field, name);
        }
    }

    /// A file, by its way from the folder if it lies below that.
    fn file(&mut self, field: &'static str, path: &Path) -> Result<()> {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = std::path::absolute(self.folder).unwrap_or_else(|_| self.folder.to_owned());
        let below = whole.strip_prefix(&folder).ok();
        let said = match below {
            // As it is written on every system.
            Some(below) => {
                let parts = below.iter().map(|part| part.to_str());
                parts
                    .collect::<Option<Vec<_>>>()
                    .map(|parts| parts.join("/"))
            }
            None => whole.to_str().map(str::to_owned),
        };
        let Some(said) = said else {
            let reason = text!("scenes-not-unicode", path = path.display().to_string());
            return Err(SceneError::new(self.place, field, reason));
        };
        self.text(field, &said);
        Ok(())
    }

    /// The fields so far, for the next ones to begin anew.
    fn group(&mut self) -> Vec<Field> {
        std::mem::take(&mut self.fields)
    }

    fn scene(mut self, scene: &Scene) -> Result<WrittenScene> {
        let usual = Scene::new(scene.script.clone(), scene.framing.aspect);
        if let Some(title) = &scene.title {
            self.text("title", title);
        }
        let mut voice = Table::new(self.place, self.folder);
        match &scene.script {
            Script::Words {
                text,
                voice: who,
                speed,
            } => {
                self.text("text", text);
                voice.voice(who)?;
                let group = voice.group();
                voice.number("speed", *speed, 1.0);
                let speed = voice.group();
                let own = self.group();
                return self.shared(scene, &usual, own, [group, speed]);
            }
            Script::AudioFile(path) => self.file("audio", path)?,
            _ => {
                let reason = text!("scenes-only-words");
                return Err(SceneError::new(self.place, "text", reason));
            }
        }
        if let Some(words) = &scene.transcript {
            self.text("transcript", words);
        }
        let own = self.group();
        self.shared(scene, &usual, own, [Vec::new(), Vec::new()])
    }

    fn voice(&mut self, voice: &ScriptVoice) -> Result<()> {
        match voice {
            ScriptVoice::Default => {}
            ScriptVoice::Named(name) => self.text("voice", name),
            ScriptVoice::Reference(voice) => {
                self.file("reference", &voice.recording)?;
                self.text("reference_text", &voice.words);
                let is_permitted = voice.is_permitted.to_string();
                self.fields.push(("i_have_permission", is_permitted));
            }
            ScriptVoice::Model(_) => {
                let reason = text!("scenes-no-voice-model");
                return Err(SceneError::new(self.place, "voice", reason));
            }
        }
        Ok(())
    }

    fn shared(
        mut self,
        scene: &Scene,
        usual: &Scene,
        own: Vec<Field>,
        [voice, speed]: [Vec<Field>; 2],
    ) -> Result<WrittenScene> {
        let mut shared = vec![voice, speed];
        if scene.seed != 0 {
            self.fields.push(("seed", scene.seed.to_string()));
        }
        shared.push(self.group());
        if let Some(path) = &scene.portrait {
            self.file("portrait", path)?;
        }
        if let Some(face) = scene.face {
            self.fields.push(("face", face.to_string()));
        }
        shared.push(self.group());
        let (life, other) = (&scene.life, &usual.life);
        self.name("mood", life.mood, &MOODS, other.mood);
        shared.push(self.group());
        for (field, value, usual) in [
            ("liveliness", life.amount, other.amount),
            ("articulation", life.articulation, other.articulation),
            ("mouth_spread", life.mouth_spread, other.mouth_spread),
            ("mouth_rounding", life.mouth_rounding, other.mouth_rounding),
        ] {
            self.number(field, value, usual);
            shared.push(self.group());
        }
        self.numbers("gaze", &life.gaze, &other.gaze);
        shared.push(self.group());
        let degrees =
            |pose: &engine::motion::HeadPose| [pose.pitch, pose.yaw, pose.roll].map(degrees);
        self.numbers("head", &degrees(&life.head), &degrees(&other.head));
        shared.push(self.group());
        self.framing(&scene.framing, &usual.framing, &mut shared);
        // Captions of an audio file without words are none.
        let has_words = scene.transcript.is_some() || !matches!(scene.script, Script::AudioFile(_));
        if let Some(style) = scene.captions.filter(|_| has_words) {
            self.text("captions", style.name());
        }
        shared.push(self.group());
        match &scene.background {
            SceneBackground::Keep => {}
            SceneBackground::Colour(colour) => self.text("background", &hex(*colour)),
            SceneBackground::Picture(path) | SceneBackground::Video(path) => {
                self.file("background", path)?;
            }
        }
        shared.push(self.group());
        self.number("blur", scene.blur, usual.blur);
        shared.push(self.group());
        self.number("pause_secs", scene.pause_secs, usual.pause_secs);
        shared.push(self.group());
        match scene.transition {
            Transition::Cut => {}
            Transition::Crossfade { .. } => self.text("transition", "crossfade"),
            Transition::Black { .. } => self.text("transition", "black"),
        }
        if scene.transition != Transition::Cut {
            let secs = scene.transition.secs();
            self.number("transition_secs", secs, USUAL_TRANSITION_SECS);
        }
        shared.push(self.group());
        Ok(WrittenScene { own, shared })
    }

    fn framing(&mut self, framing: &Framing, usual: &Framing, shared: &mut Vec<Vec<Field>>) {
        self.name("framing", framing.extent, &EXTENTS, usual.extent);
        shared.push(self.group());
        self.number("zoom", framing.zoom, usual.zoom);
        shared.push(self.group());
        self.numbers("shift", &framing.shift, &usual.shift);
        shared.push(self.group());
        if let Fill::Colour(colour) = framing.fill {
            self.text("beyond", &hex(colour));
        }
        shared.push(self.group());
    }
}

fn film_fields(edited: &EditedFilm, folder: &Path) -> Result<Vec<Field>> {
    let mut table = Table::new(Place::Film, folder);
    let (film, outputs) = (&edited.film, &edited.outputs);
    let usual = SceneFilm::new(Vec::new());
    if let Some(title) = &film.title {
        table.text("title", title);
    }
    if film.aspect != Aspect::Wide {
        table.text("aspect", film.aspect.name());
    }
    if film.short_side_px != usual.short_side_px {
        table.fields.push(("size", film.short_side_px.to_string()));
    }
    if film.frame_rate != FrameRate::default() {
        let per_second = film.frame_rate.per_second().to_string();
        table.fields.push(("fps", per_second));
    }
    table.name(
        "audio_codec",
        outputs.sound_codec,
        &[("aac", SoundCodec::Aac), ("opus", SoundCodec::Opus)],
        SoundCodec::default(),
    );
    for (field, path) in [
        ("output", &outputs.video),
        ("subtitles", &outputs.subtitles),
        ("chapters", &outputs.chapters),
        ("dictionary", &edited.dictionary),
    ] {
        if let Some(path) = path {
            table.file(field, path)?;
        }
    }
    Ok(table.fields)
}

fn music_fields(music: &Music, folder: &Path) -> Result<Vec<Field>> {
    let mut table = Table::new(Place::Music, folder);
    let usual = Music::new(music.path.clone());
    table.file("file", &music.path)?;
    let (ducking, other) = (&music.ducking, &usual.ducking);
    for (field, value, usual) in [
        ("volume", music.volume, usual.volume),
        ("duck_db", ducking.reduction_db, other.reduction_db),
        ("attack_secs", ducking.attack_secs, other.attack_secs),
        ("release_secs", ducking.release_secs, other.release_secs),
        ("fade_in_secs", music.fade_in_secs, usual.fade_in_secs),
        ("fade_out_secs", music.fade_out_secs, usual.fade_out_secs),
    ] {
        table.number(field, value, usual);
    }
    Ok(table.fields)
}

fn logo_fields(logo: &Logo, folder: &Path) -> Result<Vec<Field>> {
    let mut table = Table::new(Place::Logo, folder);
    let usual = Logo::new(logo.path.clone());
    table.file("file", &logo.path)?;
    if logo.corner != usual.corner {
        table.text("corner", logo.corner.name());
    }
    for (field, value, usual) in [
        ("margin", logo.margin, usual.margin),
        ("width", logo.width, usual.width),
        ("opacity", logo.opacity, usual.opacity),
    ] {
        table.number(field, value, usual);
    }
    Ok(table.fields)
}

/// An angle as a file has it, without the noise of the conversion.
fn degrees(radians: f32) -> f32 {
    let degrees = f64::from(radians).to_degrees();
    ((degrees * 1e4).round() / 1e4) as f32
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A text as TOML has it, over several lines where it has several.
fn quoted(text: &str) -> String {
    let quotes = match text.contains('\n') {
        true => ("\"\"\"\n", "\"\"\""),
        false => ("\"", "\""),
    };
    let mut quoted = quotes.0.to_owned();
    for sign in text.chars() {
        match sign {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push('\n'),
            sign if sign.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(sign));
            }
            sign => quoted.push(sign),
        }
    }
    quoted.push_str(quotes.1);
    quoted
}
