//! A speech on its way into files: idle life around the mouth, drawn frame by frame, written as it comes.
//!
//! Memory does not grow with the length of the speech except for what the motion and subtitle files need, some hundred
//! bytes for each frame. Every file appears under its name only when it is complete.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::SpeechChunk;
use engine::motion::between::DoubledFrames;
use engine::motion::{Motion, MotionFrame, motion_file};
use shaders::Gpu;

use crate::avatar::face_motion;
use crate::cancel::CancelToken;
use crate::captions::Captions;
use crate::curves::{self, Curves};
use crate::framing::FramedRenderer;
use crate::look::{Background, Look};
use crate::media::write::subtitles;
use crate::media::write::{FrameRate, SoundCodec, SoundFile, SoundFormat, VideoFile, VideoFormat};
use crate::output_path;
use crate::performance::{Performance, speech_frames};
use crate::texts::text;

/// Frames from one report of progress to the next.
const PROGRESS_FRAMES: usize = 5;

/// Lets `make` hand piece after piece to `add`. What `add` fails with ends the making and comes back, and not that it was cancelled.
///
/// # Errors
/// Those of `add` and of `make`.
pub fn each_piece(
    make: impl FnOnce(&mut dyn FnMut(SpeechChunk) -> engine::Result<()>) -> anyhow::Result<()>,
    mut add: impl FnMut(SpeechChunk) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut failure = None;
    let made = make(&mut |piece| {
        add(piece).map_err(|error| {
            failure = Some(error);
            engine::Error::Cancelled
        })
    });
    match failure {
        Some(error) => Err(error),
        None => made,
    }
}

/// Which files to write.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// Picture and sound, in the [`VideoFormat`] of its name.
    pub video: Option<PathBuf>,
    /// How the video looks.
    pub look: Look,
    /// How the sound of an MP4 is coded.
    pub sound_codec: SoundCodec,
    /// Sound alone, in the [`SoundFormat`] of its name.
    pub audio: Option<PathBuf>,
    /// Movement, JSON or safetensors by its ending.
    pub motion: Option<PathBuf>,
    /// Words with their times, SRT or VTT by its ending.
    pub subtitles: Option<PathBuf>,
    /// Curves of one speaker for games, JSON, CSV or binary glTF by its ending.
    pub curves: Option<PathBuf>,
    /// What picture and sound have to say beside that a machine made them: [`engine::Task::remark`].
    pub remark: Option<String>,
}

impl Outputs {
    /// Checks names and folders before the long work; `inputs` are files that no output may replace.
    pub fn check(&self, inputs: &[&Path]) -> anyhow::Result<()> {
        let mut paths = Vec::new();
        if let Some(path) = &self.video {
            let format = check_video(path, self.look)?;
            format.check_available(path)?;
            paths.push(path.as_path());
        }
        let sounds = SoundFormat::extensions();
        for (path, what, extensions) in [
            (&self.audio, text!("output-audio"), sounds.as_slice()),
            (
                &self.motion,
                text!("output-motion-file"),
                &motion_file::EXTENSIONS,
            ),
            (&self.subtitles, text!("output-subtitles"), &["srt", "vtt"]),
            (&self.curves, text!("output-curves"), &curves::EXTENSIONS),
        ] {
            if let Some(path) = path {
                output_path::check(path, what, extensions)?;
                paths.push(path.as_path());
            }
        }
        if let Some(path) = &self.audio
            && let Some(format) = SoundFormat::of(path)
        {
            format.check_available(path)?;
        }
        output_path::check_distinct(&paths, inputs)
    }

    /// Whether a file shows a portrait.
    pub fn needs_portrait(&self) -> bool {
        self.video.is_some()
            || self
                .curves
                .as_ref()
                .is_some_and(|path| curves::needs_face(path))
    }
}

/// Checks the name of a video and that its format can do what is asked of it.
fn check_video(path: &Path, look: Look) -> anyhow::Result<VideoFormat> {
    let format = VideoFormat::of(path)
        .with_context(|| text!("video-name", path = path.display().to_string()))?;
    anyhow::ensure!(
        format.has_alpha() || look.background != Background::Transparent,
        text!("video-transparent", path = path.display().to_string())
    );
    if format == VideoFormat::Pictures {
        output_path::check_folder(path, text!("output-images"))?;
    } else {
        output_path::check(path, text!("output-video"), &VideoFormat::EXTENSIONS)?;
    }
    Ok(format)
}

/// What was written.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Summary {
    /// Length of the speech.
    pub duration_secs: f64,
    /// The files, in the order of [`Outputs`].
    pub files: Vec<PathBuf>,
}

impl std::fmt::Display for Summary {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let files: Vec<_> = self
            .files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        write!(
            formatter,
            "wrote {} ({:.1} s)",
            files.join(", "),
            self.duration_secs
        )
    }
}

/// A speech that is being written.
pub struct Film {
    outputs: Outputs,
    performance: Performance,
    /// Frames so far.
    frame_count: usize,
    /// Who of the people is seen.
    shown: Range<usize>,
    picture: Option<Picture>,
    sound: Option<SoundFile>,
    motion: Motion,
    curves: Option<Curves>,
    /// Everybody's motion on its way to 50 frames a second.
    doubled: Option<Vec<DoubledFrames>>,
    words: Vec<engine::TimedWord>,
    /// Where among the words turns of a dialogue begin, and whose they are.
    turns: Vec<(usize, String)>,
    sample_count: usize,
    /// The last piece where its captions go on in the next one.
    waiting: Option<SpeechChunk>,
}

struct Picture {
    renderer: FramedRenderer,
    written: WrittenPictures,
}

struct WrittenPictures {
    file: VideoFile,
    captions: Option<Captions>,
    /// Pictures so far, and how many there are in a second.
    count: u64,
    rate: FrameRate,
}

impl Picture {
    /// Draws a picture while the one before is written.
    fn draw(&mut self, frames: &[MotionFrame]) -> anyhow::Result<()> {
        let motions: Vec<_> = frames.iter().map(face_motion).collect();
        match self.renderer.next_picture(&motions)? {
            Some(rgba) => self.written.write(rgba),
            None => Ok(()),
        }
    }

    /// Writes the picture that was drawn last.
    fn write_last(&mut self) -> anyhow::Result<()> {
        match self.renderer.begun()? {
            Some(rgba) => self.written.write(rgba),
            None => Ok(()),
        }
    }
}

impl WrittenPictures {
    fn write(&mut self, rgba: &[u8]) -> anyhow::Result<()> {
        let mut rgba = Cow::Borrowed(rgba);
        if let Some(captions) = &mut self.captions {
            let secs = self.count as f64 / f64::from(self.rate.per_second());
            captions.draw(secs, rgba.to_mut());
        }
        self.count += 1;
        Ok(self.file.write_frame(&rgba)?)
    }
}

impl Film {
    /// Begins the files of a performance that has not begun. A video needs somebody on stage and the device that draws them.
    pub fn start(
        outputs: &Outputs,
        mut performance: Performance,
        gpu: Option<&Gpu>,
    ) -> anyhow::Result<Self> {
        let people = performance.people();
        let rate = outputs.look.frame_rate;
        // A part of the picture is that around who speaks.
        let shown = match outputs.look.framing.is_whole_picture() {
            true => 0..people.len(),
            false => performance.subjects(),
        };
        let speaker = people.get(performance.speaker());
        let curves = outputs.curves.as_ref().map(|_| {
            let portrait = speaker.map(|avatar| *avatar.driven());
            Curves::new(portrait.unwrap_or_default(), rate)
        });
        let doubled = match rate {
            FrameRate::Fps25 => None,
            FrameRate::Fps50 => Some(vec![DoubledFrames::default(); people.len().max(1)]),
        };
        let picture = match &outputs.video {
            None => None,
            Some(path) => {
                let gpu = gpu
                    .filter(|_| !people.is_empty())
                    .expect("a video is asked for together with its portrait");
                let format = check_video(path, outputs.look)?;
                let people = &people[shown.clone()];
                let (width_px, height_px) = outputs.look.size_px(people);
                // The file first: it knows sooner that a size is too large.
                let mut file = VideoFile::create(
                    path,
                    format,
                    (width_px, height_px),
                    rate,
                    outputs.sound_codec,
                )?;
                if let Some(remark) = &outputs.remark {
                    file.remark(remark);
                }
                let background = people.first().map_or(outputs.look.background, |avatar| {
                    avatar.background(outputs.look.background, format.has_alpha())
                });
                let renderer = FramedRenderer::new(
                    people,
                    gpu,
                    &outputs.look.framing,
                    (width_px, height_px),
                    background,
                )?;
                Some(Picture {
                    written: WrittenPictures {
                        file,
                        captions: (outputs.look.captions).map(|style| {
                            Captions::new(style, (width_px, height_px), renderer.faces_px())
                        }),
                        count: 0,
                        rate,
                    },
                    renderer,
                })
            }
        };
        let sound = match &outputs.audio {
            None => None,
            Some(path) => {
                let format = SoundFormat::of(path).with_context(|| {
                    text!("sound-format-unknown", path = path.display().to_string())
                })?;
                Some(SoundFile::create(path, format, outputs.remark.as_deref())?)
            }
        };
        performance.start_with(&outputs.look.life);
        Ok(Self {
            outputs: outputs.clone(),
            performance,
            frame_count: 0,
            shown,
            picture,
            sound,
            motion: Motion::default(),
            curves,
            doubled,
            words: Vec::new(),
            turns: Vec::new(),
            sample_count: 0,
            waiting: None,
        })
    }

    /// Draws and writes the next piece of the speech.
    pub fn add(&mut self, chunk: &SpeechChunk, cancelled: &dyn Fn() -> bool) -> anyhow::Result<()> {
        let _span = tracing::debug_span!("film", frames = chunk.mouth.len()).entered();
        self.sample_count += chunk.samples.len();
        if let Some(sound) = &mut self.sound {
            sound.write(&chunk.samples)?;
        }
        if let Some(picture) = &mut self.picture {
            picture.written.file.write_sound(&chunk.samples)?;
        }
        if self.outputs.subtitles.is_some() {
            let label = chunk.turn.as_ref().and_then(|turn| turn.begins.clone());
            let begin = self.words.len();
            self.turns.extend(label.map(|label| (begin, label)));
            self.words.extend(chunk.words.iter().cloned());
        }
        if let Some(curves) = &mut self.curves {
            curves.add_words(&chunk.words, &chunk.phones);
        }
        let captions = self.picture.as_mut();
        let Some(captions) = captions.and_then(|picture| picture.written.captions.as_mut()) else {
            return self.perform(chunk, cancelled);
        };
        captions.add_words(&chunk.words);
        if let Some(before) = self.waiting.take() {
            self.perform(&before, cancelled)?;
        }
        if chunk.fraction_done >= 1.0 {
            return self.perform(chunk, cancelled);
        }
        self.waiting = Some(chunk.clone());
        Ok(())
    }

    /// As [`Self::add`], and reports now and then how far the speech is, from `done` to what is done with this piece, 0 to 1.
    pub fn add_with_progress(
        &mut self,
        chunk: &SpeechChunk,
        done: f32,
        cancelled: &dyn Fn() -> bool,
        progress: &dyn Fn(f32),
    ) -> anyhow::Result<()> {
        // Before each frame it is asked whether to go on, so this counts them.
        let frames = Cell::new(0_usize);
        let count = chunk.mouth.len().max(1);
        self.add(chunk, &|| {
            if frames.get().is_multiple_of(PROGRESS_FRAMES) {
                let share = frames.get() as f32 / count as f32;
                progress(done + share * (chunk.fraction_done - done));
            }
            frames.set(frames.get() + 1);
            cancelled()
        })?;
        progress(chunk.fraction_done);
        Ok(())
    }

    /// Writes the whole speech that `make` hands on piece by piece, and completes the files. `progress` is told which share is done,
    /// 0 to 1. Nothing is left of the files if the speech fails or is cancelled.
    ///
    /// # Errors
    /// Those of `make`, what cannot be drawn or written, and [`engine::Error::Cancelled`].
    pub fn write(
        mut self,
        cancel: &CancelToken,
        make: impl FnOnce(&mut dyn FnMut(SpeechChunk) -> engine::Result<()>) -> anyhow::Result<()>,
        progress: &dyn Fn(f32),
    ) -> anyhow::Result<Summary> {
        let mut done = 0.0;
        each_piece(make, |piece| {
            self.add_with_progress(&piece, done, &|| cancel.is_cancelled(), progress)?;
            done = piece.fraction_done;
            Ok(())
        })?;
        cancel.check()?;
        self.finish()
    }

    /// Draws and writes everybody's frames in a piece of the speech.
    fn perform(&mut self, chunk: &SpeechChunk, cancelled: &dyn Fn() -> bool) -> anyhow::Result<()> {
        for speech in speech_frames(chunk, self.frame_count) {
            if cancelled() {
                return Err(engine::Error::Cancelled.into());
            }
            let frames = self.performance.next_frames(Some(speech));
            self.frame_count += 1;
            if self.outputs.motion.is_some() {
                let speaker = frames.get(self.performance.speaker());
                self.motion.frames.extend(speaker);
            }
            let Some(doubled) = &mut self.doubled else {
                self.show(&frames)?;
                continue;
            };
            let people = doubled.iter_mut().zip(&frames);
            let people = people.zip(self.performance.eyes_between());
            // All have one or nobody has.
            let pairs = people.filter_map(|((person, frame), eyes)| person.push(*frame, eyes));
            let pairs: Vec<[MotionFrame; 2]> = pairs.collect();
            self.show_pair(&pairs)?;
        }
        self.write_last_picture()
    }

    /// Writes the picture that is being drawn, before words of the next piece are known.
    fn write_last_picture(&mut self) -> anyhow::Result<()> {
        self.picture.as_mut().map_or(Ok(()), Picture::write_last)
    }

    /// Writes everybody's frame and the one half-way to the next, if there are any.
    fn show_pair(&mut self, pairs: &[[MotionFrame; 2]]) -> anyhow::Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        for half in 0..2 {
            let frames: Vec<MotionFrame> = pairs.iter().map(|pair| pair[half]).collect();
            self.show(&frames)?;
        }
        Ok(())
    }

    /// Writes one picture's worth of everybody.
    fn show(&mut self, frames: &[MotionFrame]) -> anyhow::Result<()> {
        if let Some(picture) = &mut self.picture {
            picture.draw(&frames[self.shown.clone()])?;
        }
        let speaker = frames.get(self.performance.speaker());
        if let (Some(curves), Some(frame)) = (&mut self.curves, speaker) {
            curves.add_frame(frame);
        }
        Ok(())
    }

    /// Completes the files and gives them their names.
    pub fn finish(mut self) -> anyhow::Result<Summary> {
        if let Some(last) = self.waiting.take() {
            self.perform(&last, &|| false)?;
        }
        let left = self.doubled.take().unwrap_or_default();
        let left: Vec<_> = left.into_iter().map(DoubledFrames::finish).collect();
        for index in 0..left.first().map_or(0, Vec::len) {
            let pairs: Vec<_> = left.iter().map(|pairs| pairs[index]).collect();
            self.show_pair(&pairs)?;
        }
        self.write_last_picture()?;
        let Outputs {
            video,
            look: _,
            sound_codec: _,
            audio,
            motion,
            subtitles,
            curves,
            remark,
        } = self.outputs;
        if let Some(picture) = self.picture {
            let drawn = picture.renderer.drawn_count();
            tracing::debug!("{drawn} of {} pictures were drawn", picture.written.count);
            picture.written.file.finish()?;
        }
        if let Some(sound) = self.sound {
            sound.finish()?;
        }
        if let Some(path) = &motion {
            motion_file::write(&self.motion, path)?;
        }
        if let Some(path) = &subtitles {
            subtitles::write_turns(path, &self.words, &self.turns)?;
        }
        if let Some((path, written)) = curves.as_ref().zip(self.curves) {
            let people = self.performance.people();
            let face = people
                .get(self.performance.speaker())
                .map(|avatar| avatar.rig());
            written.write(path, face, remark.as_deref())?;
        }
        Ok(Summary {
            duration_secs: self.sample_count as f64 / f64::from(engine::audio::SAMPLE_RATE_HZ),
            files: [video, audio, motion, subtitles, curves]
                .into_iter()
                .flatten()
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::motion::{LifeSettings, Mood, MouthFrame};
    use engine::synthesizer::SAMPLES_PER_FRAME;

    #[test]
    fn a_written_speech_tells_how_far_it_is_and_leaves_nothing_when_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let outputs = Outputs {
            audio: Some(folder.path().join("a.wav")),
            ..Outputs::default()
        };
        let told = std::cell::RefCell::new(Vec::new());
        let write = |cancel: &CancelToken, ends_at: usize| {
            told.borrow_mut().clear();
            let film = Film::start(&outputs, Performance::new(&[], 0, 3), None).unwrap();
            film.write(
                cancel,
                |on_piece| {
                    for piece in 1..=2 {
                        let sound = vec![0.1; 12 * SAMPLES_PER_FRAME];
                        let mouth = vec![MouthFrame::default(); 12];
                        on_piece(SpeechChunk::new(sound, mouth, 0.5 * piece as f32))?;
                    }
                    Ok(())
                },
                &|share| {
                    told.borrow_mut().push(share);
                    if told.borrow().len() == ends_at {
                        cancel.cancel();
                    }
                },
            )
        };
        let cancelled = write(&CancelToken::new(), 2).unwrap_err();
        assert!(crate::cancel::is_cancelled(&cancelled), "{cancelled}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let summary = write(&CancelToken::new(), usize::MAX).unwrap();
        assert!((summary.duration_secs - 0.96).abs() < 1e-9, "{summary:?}");
        assert_eq!(summary.files, [folder.path().join("a.wav")]);
        assert_eq!(told.borrow().len(), 8);
        assert!(told.borrow().is_sorted(), "{told:?}");
        assert_eq!(told.borrow().last(), Some(&1.0));
    }

    #[test]
    fn a_film_writes_what_is_performed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.safetensors");
        let life = LifeSettings {
            mood: Mood::Happy,
            ..LifeSettings::default()
        };
        let outputs = Outputs {
            motion: Some(path.clone()),
            look: Look {
                life,
                ..Look::default()
            },
            ..Outputs::default()
        };
        let chunks = [30, 7].map(|frames| {
            let samples = (0..frames * SAMPLES_PER_FRAME).map(|i| (i as f32 * 0.05).sin() * 0.3);
            let mouth = (0..frames).map(|i| {
                let mut mouth = MouthFrame::default();
                mouth.lower_lip[1] = 0.01 * i as f32;
                mouth
            });
            SpeechChunk::new(samples.collect(), mouth.collect(), 0.5)
        });
        let mut film = Film::start(&outputs, Performance::new(&[], 0, 3), None).unwrap();
        let mut performance = Performance::new(&[], 0, 3);
        performance.start_with(&life);
        let mut performed = Vec::new();
        for chunk in &chunks {
            film.add(chunk, &|| false).unwrap();
            let frames = speech_frames(chunk, performed.len());
            let frames: Vec<_> = frames
                .map(|frame| performance.next_frames(Some(frame))[0])
                .collect();
            performed.extend(frames);
        }
        film.finish().unwrap();
        assert_eq!(motion_file::read(&path).unwrap().frames, performed);
    }
}
