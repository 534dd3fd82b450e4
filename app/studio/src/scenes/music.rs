//! The sound of a film: speech, and music that makes room for it.

use std::collections::VecDeque;

use engine::motion::FRAMES_PER_SECOND;
use engine::synthesizer::SAMPLES_PER_FRAME;

use super::Music;
use crate::cancel::CancelToken;
use crate::ducking::{Ducker, fade, rounded_off};
use crate::media::read::recording;
use crate::texts::text;

/// Speech is at least as loud as this in a frame (−45 dB, root mean square); what is quieter is breath and room.
const SPOKEN_RMS: f32 = 0.0056;

/// Speech and music on their way into the film, frame by frame of motion. Nothing is kept but what the ways of the loudness need to
/// know ahead: music gets quiet before the speech, and fades out before the end.
pub(super) struct FilmSound {
    /// Speech that waits for its music.
    speech: VecDeque<Vec<f32>>,
    music: Option<MusicBed>,
}

struct MusicBed {
    music: Looped,
    volume: f32,
    ducker: Ducker,
    /// Gains where the frames begin that wait, and behind them as far as they are known.
    gains: VecDeque<f32>,
    fade_in_frames: usize,
    fade_out_frames: usize,
    /// Frames that have left.
    frame: usize,
}

impl FilmSound {
    /// Reads the music, if there is any.
    pub fn new(music: Option<&Music>, cancel: &CancelToken) -> anyhow::Result<Self> {
        let music = match music {
            None => None,
            Some(music) => {
                let samples = recording(&music.path, &|| cancel.is_cancelled())?;
                Some(MusicBed::new(music, &samples)?)
            }
        };
        Ok(Self {
            speech: VecDeque::new(),
            music,
        })
    }

    /// Takes a frame of speech or silence, [`SAMPLES_PER_FRAME`] long, and returns the sound that is complete.
    pub fn add(&mut self, speech: Vec<f32>) -> Vec<f32> {
        let Some(bed) = &mut self.music else {
            return speech;
        };
        bed.gains.extend(bed.ducker.push(is_spoken(&speech)));
        self.speech.push_back(speech);
        let is_known = bed.gains.len() >= 2 && self.speech.len() > bed.fade_out_frames;
        match self.speech.pop_front_if(|_| is_known) {
            Some(speech) => bed.under(speech, usize::MAX),
            None => Vec::new(),
        }
    }

    /// The sound that is left.
    pub fn finish(self) -> Vec<f32> {
        let Some(mut bed) = self.music else {
            return Vec::new();
        };
        let gains = std::mem::take(&mut bed.gains);
        let rest = bed.ducker.clone().finish();
        bed.gains = gains.into_iter().chain(rest).collect();
        let last = bed.gains.back().copied().unwrap_or(1.0);
        bed.gains.push_back(last);
        let count = self.speech.len();
        let frames = (0..count).rev().zip(self.speech);
        frames
            .flat_map(|(left, speech)| bed.under(speech, left + 1))
            .collect()
    }
}

impl MusicBed {
    fn new(music: &Music, samples: &[f32]) -> anyhow::Result<Self> {
        let frames = |secs: f32| (f64::from(secs) * FRAMES_PER_SECOND).round() as usize;
        Ok(Self {
            music: Looped::new(samples)?,
            volume: music.volume,
            ducker: Ducker::new(&music.ducking),
            gains: VecDeque::new(),
            fade_in_frames: frames(music.fade_in_secs),
            fade_out_frames: frames(music.fade_out_secs),
            frame: 0,
        })
    }

    /// A frame of speech with its music. `left` frames are left with this one.
    fn under(&mut self, mut speech: Vec<f32>, left: usize) -> Vec<f32> {
        let part = |frames: usize, of: usize| match of {
            0 => 1.0,
            _ => (frames as f32 / of as f32).min(1.0),
        };
        let volume = |passed: usize, left: usize| {
            self.volume * part(passed, self.fade_in_frames) * part(left, self.fade_out_frames)
        };
        let from = self.gains.pop_front().unwrap_or(1.0);
        let to = self.gains.front().copied().unwrap_or(from);
        let volumes = [
            from * volume(self.frame, left),
            to * volume(self.frame + 1, left.saturating_sub(1)),
        ];
        self.frame += 1;
        let mut music = self.music.next_samples(speech.len());
        fade(&mut music, volumes[0], volumes[1]);
        for (sample, music) in speech.iter_mut().zip(music) {
            *sample = rounded_off(*sample + music);
        }
        speech
    }
}

/// Sound over and over. Two bytes a sample, since a piece of music may be long.
struct Looped {
    samples: Vec<i16>,
    at: usize,
}

impl Looped {
    fn new(samples: &[f32]) -> anyhow::Result<Self> {
        anyhow::ensure!(!samples.is_empty(), text!("scenes-silent-music"));
        let samples = samples.iter();
        Ok(Self {
            samples: samples
                .map(|sample| (sample * 32_767.0).round() as i16)
                .collect(),
            at: 0,
        })
    }

    fn next_samples(&mut self, count: usize) -> Vec<f32> {
        let mut out = Vec::with_capacity(count);
        while out.len() < count {
            let rest = &self.samples[self.at..];
            let piece = &rest[..rest.len().min(count - out.len())];
            out.extend(piece.iter().map(|&sample| f32::from(sample) / 32_767.0));
            self.at = (self.at + piece.len()) % self.samples.len();
        }
        out
    }
}

/// Whether somebody speaks in a frame.
fn is_spoken(samples: &[f32]) -> bool {
    let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
    energy > SPOKEN_RMS * SPOKEN_RMS * SAMPLES_PER_FRAME as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ducking::Ducking;

    const MUSIC: Music = Music {
        path: std::path::PathBuf::new(),
        volume: 0.5,
        ducking: Ducking {
            reduction_db: 12.0,
            attack_secs: 0.2,
            release_secs: 0.4,
            short_pause_secs: 0.4,
        },
        fade_in_secs: 0.4,
        fade_out_secs: 2.0,
    };

    /// The sound of frames that are silent or spoken, over a constant of 0.4.
    fn sound(spoken: &[bool], music: &Music, constant_samples: usize) -> Vec<f32> {
        let mut bed = FilmSound {
            speech: VecDeque::new(),
            music: Some(MusicBed::new(music, &vec![0.4; constant_samples]).unwrap()),
        };
        let mut out = Vec::new();
        for &is_spoken in spoken {
            // As loud as speech, and nothing on average.
            let sample = |index: usize| match (is_spoken, index % 2) {
                (false, _) => 0.0,
                (true, 0) => 0.1,
                (true, _) => -0.1,
            };
            let made = bed.add((0..SAMPLES_PER_FRAME).map(sample).collect());
            assert!(made.len() <= SAMPLES_PER_FRAME);
            out.extend(made);
        }
        out.extend(bed.finish());
        out
    }

    fn level(sound: &[f32], secs: f64) -> f32 {
        let at = (secs * 24_000.0) as usize;
        sound[at..at + 240].iter().sum::<f32>() / 240.0
    }

    #[test]
    fn music_fades_in_makes_room_comes_back_and_fades_out() {
        let mut spoken = vec![false; 200];
        spoken[75..100].fill(true);
        let sound = sound(&spoken, &MUSIC, 3333);
        assert_eq!(sound.len(), 200 * SAMPLES_PER_FRAME);
        let is_near = |secs: f64, wanted: f32| {
            let level = level(&sound, secs);
            assert!((level - wanted).abs() < 0.005, "{secs}: {level} {wanted}");
        };
        let ducked = 0.2 * 10.0_f32.powf(-12.0 / 20.0);
        is_near(0.0, 0.0);
        is_near(0.195, 0.1);
        is_near(1.0, 0.2);
        is_near(3.0, ducked);
        is_near(3.9, ducked);
        is_near(4.6, 0.2);
        is_near(5.9, 0.2);
        is_near(7.0, 0.1);
        is_near(7.985, 0.0);
        let step = sound[..3 * 24_000 - 960]
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs());
        assert!(step.fold(0.0, f32::max) < 1e-3);
    }

    #[test]
    fn a_film_shorter_than_its_fades_is_silent_at_both_ends() {
        let sound = sound(&[false; 10], &MUSIC, 50);
        assert_eq!(sound.len(), 10 * SAMPLES_PER_FRAME);
        assert!(sound[0].abs() < 1e-6 && sound[sound.len() - 1].abs() < 1e-3);
        assert!(sound.iter().any(|sample| *sample > 0.01));
    }

    #[test]
    fn without_music_speech_is_as_it_was() {
        let mut bed = FilmSound::new(None, &CancelToken::new()).unwrap();
        let speech = vec![0.99; SAMPLES_PER_FRAME];
        assert_eq!(bed.add(speech.clone()), speech);
        assert!(bed.finish().is_empty());
    }
}
