//! The film: the clip, the portrait that speaks beside it or on it, and both sounds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use engine::motion::{FRAMES_PER_SECOND, LifeSettings, MotionFrame};
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::tracking::VideoFrame;
use shaders::{Background, Gpu, GroupRenderer};

use super::captioned::PlacedCaptions;
use super::clip::Clip;
use super::layout::{Layout, Pane, Person};
use super::picture::Canvas;
use super::slow_fast::Size;
use super::speaking::SpokenNarration;
use crate::avatar::{Avatar, face_motion, group_renderer};
use crate::cancel::CancelToken;
use crate::captions::CaptionStyle;
use crate::film::{Outputs, Summary};
use crate::look::Look;
use crate::media::read::read_frames;
use crate::media::write::{FrameRate, SoundCodec, VideoFile, VideoFormat, subtitles};
use crate::performance::{Performance, SpeechFrame};
use crate::texts::text;

/// Longest side at which the whole portrait is drawn before its part is cut out.
const DRAWN_SIDE_PX: f64 = 2560.0;
/// A picture that comes this much after a frame of the film is still shown in it: times in files are rounded.
const TIME_TOLERANCE_SECS: f64 = 2e-3;

/// What film is wanted.
#[derive(Clone, Debug)]
pub struct WatchFilm {
    /// Picture and sound.
    pub video: PathBuf,
    /// Words with their times, SRT or VTT.
    pub subtitles: Option<PathBuf>,
    /// How clip and person share the picture.
    pub layout: Layout,
    /// The words in the picture as they are spoken.
    pub captions: Option<CaptionStyle>,
    /// What is behind the person.
    pub background: Background,
    /// How the face behaves.
    pub life: LifeSettings,
    /// Seed of the movement.
    pub seed: u64,
}

impl WatchFilm {
    /// Checks names and folders before the long work; `inputs` are files that no output may replace.
    ///
    /// # Errors
    /// Those of [`Outputs::check`].
    pub fn check(&self, inputs: &[&Path]) -> anyhow::Result<()> {
        // The film has no transparency of its own: the person is cut out and put onto the clip.
        let outputs = Outputs {
            video: Some(self.video.clone()),
            look: Look::default(),
            subtitles: self.subtitles.clone(),
            ..Outputs::default()
        };
        outputs.check(inputs)
    }
}

/// Who speaks, and the device that draws them.
#[derive(Clone, Copy)]
pub struct OnStage<'a> {
    /// The portrait.
    pub avatar: &'a Arc<Avatar>,
    /// The device.
    pub gpu: &'a Gpu,
}

/// Writes the film. `sound` is all that is heard, as [`super::sound_mix::mixed`] makes it. Every file appears whole or not at all.
///
/// # Errors
/// If the clip cannot be read, something cannot be drawn or written, or [`engine::Error::Cancelled`].
pub fn write(
    wanted: &WatchFilm,
    clip: &Clip,
    spoken: &SpokenNarration,
    sound: &[f32],
    on_stage: OnStage<'_>,
    cancel: &CancelToken,
    on_fraction: &mut dyn FnMut(f32),
) -> anyhow::Result<Summary> {
    let mut writer = FilmWriter::start(wanted, clip, spoken, sound, on_stage)?;
    let mut failure = None;
    let mut first_secs = None;
    let read = read_frames(&clip.path, &|| cancel.is_cancelled(), &mut |frame, _| {
        let clip_secs = frame.time_secs - *first_secs.get_or_insert(frame.time_secs);
        writer
            .take(frame, clip_secs, cancel)
            .inspect(|()| on_fraction(writer.fraction()))
            .map_err(|error| {
                failure = Some(error);
                engine::Error::Cancelled
            })
    });
    if let Some(error) = failure {
        return Err(error);
    }
    read?;
    writer.finish(cancel, on_fraction)?;
    if let Some(path) = &wanted.subtitles {
        subtitles::write(path, &spoken.words())?;
    }
    Ok(Summary {
        duration_secs: spoken.timeline.frame_count() as f64 / FRAMES_PER_SECOND,
        files: std::iter::once(&wanted.video)
            .chain(&wanted.subtitles)
            .cloned()
            .collect(),
    })
}

struct FilmWriter<'a> {
    spoken: &'a SpokenNarration,
    sound: &'a [f32],
    file: VideoFile,
    canvas: Canvas,
    captions: Option<PlacedCaptions>,
    person: DrawnPerson,
    performance: Performance,
    /// The picture of the clip that is shown until the next one comes.
    shown: Option<(Size, Vec<u8>)>,
    /// Frames of the film that are written.
    frame: usize,
}

impl<'a> FilmWriter<'a> {
    fn start(
        wanted: &WatchFilm,
        clip: &Clip,
        spoken: &'a SpokenNarration,
        sound: &'a [f32],
        OnStage { avatar, gpu }: OnStage<'_>,
    ) -> anyhow::Result<Self> {
        let places = wanted.layout.places(
            (clip.size.width_px, clip.size.height_px),
            &Person::of(avatar),
        );
        let format = VideoFormat::of(&wanted.video).with_context(|| {
            text!(
                "watch-video-name",
                path = wanted.video.display().to_string()
            )
        })?;
        let (width_px, height_px) = places.size_px;
        let is_cut_out = wanted.background == Background::Transparent;
        let mut performance = Performance::new(std::slice::from_ref(avatar), 0, wanted.seed);
        performance.start_with(&wanted.life);
        Ok(Self {
            spoken,
            sound,
            file: VideoFile::create(
                &wanted.video,
                format,
                (width_px, height_px),
                FrameRate::Fps25,
                SoundCodec::default(),
            )?,
            person: DrawnPerson::new(avatar, gpu, wanted.background, &places.person)?,
            canvas: Canvas::new(&places, is_cut_out),
            captions: wanted
                .captions
                .map(|style| PlacedCaptions::new(style, &places, &spoken.words())),
            performance,
            shown: None,
            frame: 0,
        })
    }

    /// Takes the next picture of the clip and writes the frames before it.
    fn take(
        &mut self,
        picture: &VideoFrame<'_>,
        clip_secs: f64,
        cancel: &CancelToken,
    ) -> anyhow::Result<()> {
        if self.shown.is_some() {
            self.write_until(clip_secs - TIME_TOLERANCE_SECS, cancel)?;
        }
        let (size, rgb) = self
            .shown
            .get_or_insert_with(|| (Size::new(0, 0), Vec::new()));
        *size = Size::new(picture.width as u32, picture.height as u32);
        rgb.clear();
        rgb.extend_from_slice(picture.rgb);
        self.canvas.forget_clip();
        Ok(())
    }

    /// Writes the frames in which the clip is at a time before `clip_secs`.
    fn write_until(&mut self, clip_secs: f64, cancel: &CancelToken) -> anyhow::Result<()> {
        while self.frame < self.spoken.timeline.frame_count() {
            let (clip_frame, _) = self.spoken.timeline.clip_frame(self.frame);
            if clip_frame as f64 / FRAMES_PER_SECOND >= clip_secs {
                break;
            }
            cancel.check()?;
            self.write_frame()?;
        }
        Ok(())
    }

    fn write_frame(&mut self) -> anyhow::Result<()> {
        let speech = speech_frame(self.spoken, self.frame);
        let motions = self.performance.next_frames(speech);
        let person = self.person.draw(&motions)?;
        if let Some((size, rgb)) = &self.shown {
            self.canvas.show_clip(rgb, *size);
        }
        let picture = self.canvas.with_person(&person);
        if let Some(captions) = &mut self.captions {
            captions.draw(self.frame as f64 / FRAMES_PER_SECOND, picture);
        }
        self.file.write_frame(picture)?;
        let at = self.frame * SAMPLES_PER_FRAME;
        let sound = self.sound.get(at..at + SAMPLES_PER_FRAME);
        self.file
            .write_sound(sound.unwrap_or(&[0.0; SAMPLES_PER_FRAME]))?;
        self.frame += 1;
        Ok(())
    }

    fn fraction(&self) -> f32 {
        self.frame as f32 / self.spoken.timeline.frame_count().max(1) as f32
    }

    /// Writes what comes after the clip's last picture has come, and completes the file.
    fn finish(
        mut self,
        cancel: &CancelToken,
        on_fraction: &mut dyn FnMut(f32),
    ) -> anyhow::Result<()> {
        while self.frame < self.spoken.timeline.frame_count() {
            cancel.check()?;
            self.write_frame()?;
            on_fraction(self.fraction());
        }
        self.file.finish()?;
        Ok(())
    }
}

/// What is said in a frame of the film.
fn speech_frame(spoken: &SpokenNarration, frame: usize) -> Option<SpeechFrame<'_>> {
    let begun = spoken
        .lines
        .partition_point(|line| line.first_frame <= frame);
    let line = spoken.lines.get(begun.checked_sub(1)?)?;
    let index = frame - line.first_frame;
    Some(SpeechFrame {
        index: frame,
        mouth: line.mouth.get(index)?,
        tongue: line.tongue.get(index).copied().unwrap_or_default(),
        accent: line.accents.get(index).copied().unwrap_or_default(),
        face: None,
    })
}

/// The part of the portrait that the film shows, drawn frame by frame.
struct DrawnPerson {
    renderer: GroupRenderer,
    /// Size of the whole portrait as it is drawn.
    drawn: Size,
    /// The part of it that is cut out: left, top, width, height, pixels.
    part: [usize; 4],
    /// The part as it was drawn last.
    last: Option<image::RgbaImage>,
}

impl DrawnPerson {
    fn new(
        avatar: &Arc<Avatar>,
        gpu: &Gpu,
        background: Background,
        Pane { place_px, source }: &Pane,
    ) -> anyhow::Result<Self> {
        let (width, height) = (
            place_px.width / source.width,
            place_px.height / source.height,
        );
        let shrink = (DRAWN_SIDE_PX / width.max(height)).min(1.0);
        let [width, height] = [width, height].map(|side| (side * shrink).round().max(2.0));
        let part = [
            (source.x * width).floor(),
            (source.y * height).floor(),
            (source.width * width).round().max(1.0),
            (source.height * height).round().max(1.0),
        ]
        .map(|side| side as usize);
        let (drawn_width, drawn_height) = (width as usize, height as usize);
        let [left, top, part_width, part_height] = part;
        let size_px = (width as u32, height as u32);
        let people = std::slice::from_ref(avatar);
        Ok(Self {
            renderer: group_renderer(people, gpu, size_px, background)?,
            drawn: Size::new(size_px.0, size_px.1),
            part: [
                left.min(drawn_width - 1),
                top.min(drawn_height - 1),
                part_width.min(drawn_width - left.min(drawn_width - 1)),
                part_height.min(drawn_height - top.min(drawn_height - 1)),
            ],
            last: None,
        })
    }

    /// The part as RGBA with its size.
    fn draw(&mut self, frames: &[MotionFrame]) -> anyhow::Result<image::RgbaImage> {
        let motions: Vec<_> = frames.iter().map(face_motion).collect();
        if !self.renderer.render_visible(&motions)
            && let Some(last) = &self.last
        {
            return Ok(last.clone());
        }
        let rgba = self.renderer.read_rgba()?;
        let [left, top, width, height] = self.part;
        let row_bytes = self.drawn.width_px as usize * 4;
        let mut out = Vec::with_capacity(width * height * 4);
        for row in rgba.chunks_exact(row_bytes).skip(top).take(height) {
            out.extend_from_slice(&row[left * 4..(left + width) * 4]);
        }
        let part = image::RgbaImage::from_raw(width as u32, height as u32, out)
            .context(text!("watch-portrait-size"))?;
        self.last = Some(part.clone());
        Ok(part)
    }
}
