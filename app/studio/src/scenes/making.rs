//! The making of a film: scene after scene, picture after picture, with the sound beside it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, bounded};
use engine::TimedWord;
use engine::motion::FRAMES_PER_SECOND;
use engine::synthesizer::SAMPLES_PER_FRAME;
use serde::Serialize;
use shaders::Gpu;

use super::chapters::{self, Chapter};
use super::checking::check;
use super::error::{Place, SceneError};
use super::logo::DrawnLogo;
use super::music::FilmSound;
use super::portraits::Portraits;
use super::scene_renderer::{FilmFormat, SceneRenderer};
use super::speech::{Message, PIECES_AHEAD, SceneSpeech, speak_all};
use super::transition::mix;
use super::{SceneFilm, SceneOutputs, Transition};
use crate::cancel::CancelToken;
use crate::film::Outputs;
use crate::media::write::{VideoFile, VideoFormat, subtitles};
use crate::output_path;
use crate::speech::SpeechMaker;
use crate::texts::text;

/// What a film is made with.
pub struct FilmTools<'a> {
    /// Makes the speech.
    pub speech: &'a SpeechMaker,
    /// Makes the portraits.
    pub portraits: &'a mut Portraits,
    /// Draws.
    pub gpu: &'a Gpu,
}

/// What happens while a film is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The next scene begins.
    Scene {
        /// Which, from 1 on.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// So much of the film is made, 0 to 1.
    Fraction(f32),
    /// Something that the user should know about a scene.
    Note {
        /// Which, from 1 on.
        scene: usize,
        /// A line for the user.
        text: String,
    },
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SceneSummary {
    /// Length of the film.
    pub duration_secs: f64,
    /// The files: video, subtitles, chapters.
    pub files: Vec<PathBuf>,
    /// The scenes, in order.
    pub scenes: Vec<SceneTimes>,
}

/// When a scene is seen and heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SceneTimes {
    /// Its title, if it has one.
    pub title: Option<String>,
    /// When it takes over.
    pub start_secs: f64,
    /// When its speech begins.
    pub speech_secs: f64,
    /// When its speech ends.
    pub speech_end_secs: f64,
}

/// The outputs of a film, which are all named.
struct Files<'a> {
    video: &'a Path,
    format: VideoFormat,
    subtitles: Option<&'a Path>,
    chapters: Option<PathBuf>,
}

impl SceneOutputs {
    /// Checks names and folders before the long work; `inputs` are files that no output may replace.
    ///
    /// # Errors
    /// A line for the user.
    pub fn check(&self, film: &SceneFilm, inputs: &[&Path]) -> anyhow::Result<()> {
        let files = self.files(film)?;
        let outputs = Outputs {
            video: Some(files.video.to_owned()),
            subtitles: self.subtitles.clone(),
            ..Outputs::default()
        };
        let inputs = [inputs, &film.inputs()].concat();
        outputs.check(&inputs)?;
        let Some(chapters) = &files.chapters else {
            return Ok(());
        };
        output_path::check(chapters, text!("output-chapters"), &["txt"])?;
        let others: Vec<&Path> = std::iter::once(files.video)
            .chain(files.subtitles)
            .chain(inputs)
            .collect();
        output_path::check_distinct(&[chapters], &others)
    }

    /// The files to write. Chapters go beside the video, where they are not named.
    fn files(&self, film: &SceneFilm) -> anyhow::Result<Files<'_>> {
        let video = self.video.as_deref().context(text!("scenes-output"))?;
        let format = VideoFormat::of(video)
            .with_context(|| text!("video-name", path = video.display().to_string()))?;
        let beside = || {
            film.has_chapters()
                .then(|| video.with_extension("chapters.txt"))
        };
        Ok(Files {
            video,
            format,
            subtitles: self.subtitles.as_deref(),
            chapters: self.chapters.clone().or_else(beside),
        })
    }
}

/// Makes a film. Every file appears under its name whole or not at all, and the same film is made of the same seeds.
///
/// # Errors
/// [`SceneError`] about what a scene asks for, what [`SceneOutputs::check`] finds, what cannot be drawn or written, and
/// [`engine::Error::Cancelled`].
pub fn make(
    film: &SceneFilm,
    outputs: &SceneOutputs,
    tools: &mut FilmTools<'_>,
    cancel: &CancelToken,
    report: &mut dyn FnMut(Event),
) -> anyhow::Result<SceneSummary> {
    let files = outputs.files(film)?;
    check(film, tools, cancel, report)?;
    let size_px = film.size_px();
    let logo = film.logo.as_ref().map(|logo| DrawnLogo::new(logo, size_px));
    let sound = FilmSound::new(film.music.as_ref(), cancel);
    // The writer after what may be wrong, before what takes long.
    let mut writer = Writer {
        logo: logo
            .transpose()
            .map_err(|error| SceneError::of(Place::Logo, "file", error))?,
        sound: sound.map_err(|error| SceneError::of(Place::Music, "file", error))?,
        file: VideoFile::create(
            files.video,
            files.format,
            size_px,
            film.frame_rate,
            outputs.sound_codec,
        )?,
        ticks: 0,
    };
    if let Some(remark) = film.scenes.iter().find_map(|scene| scene.script.remark()) {
        writer.file.remark(remark);
    }
    let (speech, portraits, gpu) = (tools.speech, &mut *tools.portraits, tools.gpu);
    let (sender, messages) = bounded(PIECES_AHEAD);
    let written = std::thread::scope(|scope| -> anyhow::Result<WrittenScenes> {
        std::thread::Builder::new()
            .name("scene speech".to_owned())
            .spawn_scoped(scope, move || speak_all(speech, film, cancel, &sender))
            .context(text!("scenes-speech-thread"))?;
        let format = FilmFormat {
            gpu,
            size_px,
            rate: film.frame_rate,
        };
        let sequence = Sequence {
            film,
            portraits,
            format,
            cancel,
            messages,
        };
        sequence.write(&mut writer, report)
    })?;
    cancel.check()?;
    let duration_secs = secs(writer.ticks);
    let titled = titled(film, &written.scenes);
    writer.finish(&titled)?;
    if let Some(path) = files.subtitles {
        let breaks: Vec<(usize, String)> = written
            .first_words
            .iter()
            .map(|&word| (word, String::new()))
            .collect();
        subtitles::write_turns(path, &written.words, &breaks)?;
    }
    if let Some(path) = &files.chapters {
        chapters::write(path, &titled)?;
    }
    Ok(SceneSummary {
        duration_secs,
        files: std::iter::once(files.video.to_owned())
            .chain(files.subtitles.map(Path::to_owned))
            .chain(files.chapters)
            .collect(),
        scenes: written.scenes,
    })
}

/// Where chapters begin: with the first scene, and with every other one that has a title.
fn titled(film: &SceneFilm, times: &[SceneTimes]) -> Vec<Chapter> {
    if !film.has_chapters() {
        return Vec::new();
    }
    let mut chapters = Vec::new();
    for (number, (scene, times)) in film.scenes.iter().zip(times).enumerate() {
        let title = match (&scene.title, number) {
            (Some(title), _) => title.clone(),
            (None, 0) => film.title.clone().unwrap_or_else(|| scene.script.title()),
            (None, _) => continue,
        };
        chapters.push(Chapter {
            start_secs: times.start_secs,
            title,
        });
    }
    chapters
}

/// Frames of motion in a time.
fn frames(secs: f32) -> usize {
    (f64::from(secs) * FRAMES_PER_SECOND).round() as usize
}

fn secs(frames: usize) -> f64 {
    frames as f64 / FRAMES_PER_SECOND
}

/// The files of picture and sound.
struct Writer {
    file: VideoFile,
    logo: Option<DrawnLogo>,
    sound: FilmSound,
    /// Frames of motion that are written.
    ticks: usize,
}

impl Writer {
    /// Writes a frame of motion: its pictures and its sound.
    fn write(&mut self, mut pictures: Vec<Vec<u8>>, speech: Vec<f32>) -> anyhow::Result<()> {
        for picture in &mut pictures {
            if let Some(logo) = &self.logo {
                logo.lay_over(picture);
            }
            self.file.write_frame(picture)?;
        }
        self.file.write_sound(&self.sound.add(speech))?;
        self.ticks += 1;
        Ok(())
    }

    fn finish(mut self, chapters: &[Chapter]) -> anyhow::Result<()> {
        self.file.write_sound(&self.sound.finish())?;
        self.file.chapters(chapters);
        Ok(self.file.finish()?)
    }
}

/// What is known of a film when it is over.
#[derive(Default)]
struct WrittenScenes {
    scenes: Vec<SceneTimes>,
    words: Vec<TimedWord>,
    /// Which of the words are the first of a scene.
    first_words: Vec<usize>,
}

/// The scenes of a film on their way into it.
struct Sequence<'a> {
    film: &'a SceneFilm,
    portraits: &'a mut Portraits,
    format: FilmFormat<'a>,
    cancel: &'a CancelToken,
    messages: Receiver<Message>,
}

impl Sequence<'_> {
    fn write(
        mut self,
        writer: &mut Writer,
        report: &mut dyn FnMut(Event),
    ) -> anyhow::Result<WrittenScenes> {
        let silence = || vec![0.0; SAMPLES_PER_FRAME];
        let count = self.film.scenes.len();
        let messages = self.messages.clone();
        let mut written = WrittenScenes::default();
        let mut start_tick = 0;
        let mut renderer = self.renderer(0, None, 0, &messages)?;
        for (index, scene) in self.film.scenes.iter().enumerate() {
            report(Event::Scene {
                number: index + 1,
                count,
            });
            let begins = writer.ticks;
            while renderer.speaks()? {
                self.cancel.check()?;
                let pictures = renderer.next_pictures()?;
                writer.write(pictures, renderer.next_sound())?;
                report(Event::Fraction(
                    (index as f32 + renderer.fraction()) / count as f32,
                ));
            }
            written.first_words.push(written.words.len());
            let begins_secs = secs(begins);
            written
                .words
                .extend(renderer.words().iter().map(|word| TimedWord {
                    start_secs: word.start_secs + begins_secs,
                    end_secs: word.end_secs + begins_secs,
                    ..word.clone()
                }));
            written.scenes.push(SceneTimes {
                title: scene.title.clone(),
                start_secs: secs(start_tick),
                speech_secs: begins_secs,
                speech_end_secs: secs(writer.ticks),
            });

            let is_last = index + 1 == count;
            let transition = match scene.transition {
                Transition::Crossfade { .. } if is_last => Transition::Cut,
                transition => transition,
            };
            let fading = frames(transition.secs());
            let alone = frames(scene.pause_secs).saturating_sub(fading);
            for _ in 0..alone {
                self.cancel.check()?;
                writer.write(renderer.next_pictures()?, silence())?;
            }
            let mut next = match is_last {
                true => None,
                false => Some(self.renderer(index + 1, Some(&renderer), fading, &messages)?),
            };
            start_tick = writer.ticks + fading / 2;
            for step in 0..fading {
                self.cancel.check()?;
                let mut pictures = renderer.next_pictures()?;
                let others = next
                    .as_mut()
                    .map(SceneRenderer::next_pictures)
                    .transpose()?;
                let shown = pictures.len();
                for (number, picture) in pictures.iter_mut().enumerate() {
                    let at = step as f32 + (number as f32 + 0.5) / shown as f32;
                    let other = others.as_ref().and_then(|others| others.get(number));
                    mix(
                        transition,
                        at / fading as f32,
                        picture,
                        other.map(Vec::as_slice),
                    );
                }
                writer.write(pictures, silence())?;
            }
            match next {
                Some(next) => renderer = next,
                None => break,
            }
        }
        Ok(written)
    }

    /// Puts the next scene on stage.
    fn renderer<'m>(
        &mut self,
        index: usize,
        before: Option<&SceneRenderer<'_>>,
        lead: usize,
        messages: &'m Receiver<Message>,
    ) -> anyhow::Result<SceneRenderer<'m>> {
        let scene = &self.film.scenes[index];
        let place = Place::Scene(index + 1);
        let avatar = self.portraits.get(scene.portrait.as_deref(), scene.face);
        let avatar = avatar.map_err(|error| SceneError::of(place, "portrait", error))?;
        let speech = SceneSpeech::new(messages);
        SceneRenderer::new((scene, place), &avatar, before, speech, lead, self.format)
    }
}
