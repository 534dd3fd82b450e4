//! What is said in the scenes, made on a thread of its own a little ahead of the pictures.

use std::collections::VecDeque;

use crossbeam_channel::{Receiver, Sender};
use engine::motion::MouthFrame;
use engine::motion::prosody::Accent;
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::{SpeechChunk, TimedWord};

use super::error::{Place, SceneError};
use super::{Scene, SceneFilm};
use crate::cancel::CancelToken;
use crate::media::read::recording;
use crate::performance::{SpeechFrame, speech_frames};
use crate::script::Script;
use crate::speech::{SpeechMaker, SpeechRequest};

/// Pieces of speech that wait to be shown.
pub(super) const PIECES_AHEAD: usize = 2;

/// What the speaking thread says: pieces of one scene, its end, pieces of the next.
pub(super) type Message = anyhow::Result<Option<SpeechChunk>>;

/// Speaks all scenes, one after the other, until nobody listens any more.
pub(super) fn speak_all(
    maker: &SpeechMaker,
    film: &SceneFilm,
    cancel: &CancelToken,
    listener: &Sender<Message>,
) {
    for (number, scene) in (1..).zip(&film.scenes) {
        let said = speak(maker, scene, cancel, listener);
        let said = said.map_err(|error| SceneError::of(Place::Scene(number), field(scene), error));
        let is_over = said.is_err();
        if listener.send(said.map(|()| None)).is_err() || is_over {
            return;
        }
    }
}

/// The field that a scene's speech comes from.
fn field(scene: &Scene) -> &'static str {
    match scene.script {
        Script::AudioFile(_) => "audio",
        _ => "text",
    }
}

fn speak(
    maker: &SpeechMaker,
    scene: &Scene,
    cancel: &CancelToken,
    listener: &Sender<Message>,
) -> anyhow::Result<()> {
    let mut words = transcribed(maker, scene, cancel)?;
    let request = SpeechRequest::for_file(scene.script.clone(), scene.seed);
    maker.make(&request, &CancelToken::new(), cancel, &mut |mut chunk| {
        if !words.is_empty() {
            chunk.words = std::mem::take(&mut words);
        }
        let sent = listener.send(Ok(Some(chunk)));
        sent.map_err(|_| engine::Error::Cancelled)
    })
}

/// The words of an audio file with their times, where they are known.
fn transcribed(
    maker: &SpeechMaker,
    scene: &Scene,
    cancel: &CancelToken,
) -> anyhow::Result<Vec<TimedWord>> {
    let (Script::AudioFile(path), Some(transcript)) = (&scene.script, &scene.transcript) else {
        return Ok(Vec::new());
    };
    let samples = recording(path, &|| cancel.is_cancelled())?;
    let aligned = maker.align(&samples, transcript, cancel)?;
    let words = (0..).zip(&aligned.words).map(|(index, word)| {
        let (start_secs, end_secs) = aligned.word_secs(index);
        TimedWord {
            text: word.text.clone(),
            start_secs,
            end_secs,
        }
    });
    Ok(words.collect())
}

/// The speech of one scene as it comes.
pub(super) struct SceneSpeech<'a> {
    messages: &'a Receiver<Message>,
    /// Mouth, tongue and stress of the frames that have not been shown; the first one's number is `shown`.
    frames: VecDeque<(MouthFrame, f32, Accent)>,
    shown: usize,
    /// Frames before the last piece that came.
    before_last_piece: usize,
    samples: VecDeque<f32>,
    words: Vec<TimedWord>,
    fraction: f32,
    has_ended: bool,
}

impl<'a> SceneSpeech<'a> {
    /// The speech that comes next.
    pub fn new(messages: &'a Receiver<Message>) -> Self {
        Self {
            messages,
            frames: VecDeque::new(),
            shown: 0,
            before_last_piece: 0,
            samples: VecDeque::new(),
            words: Vec::new(),
            fraction: 0.0,
            has_ended: false,
        }
    }

    /// How much of it is made, 0 to 1.
    pub fn fraction(&self) -> f32 {
        self.fraction
    }

    /// Whether there is a frame that has not been shown.
    pub fn goes_on(&mut self) -> anyhow::Result<bool> {
        self.listen_until(self.shown)?;
        Ok(!self.frames.is_empty() || !self.samples.is_empty())
    }

    /// What is said in a frame; none behind the speech.
    pub fn frame(&mut self, index: usize) -> anyhow::Result<Option<SpeechFrame<'_>>> {
        self.listen_until(index)?;
        let Some(place) = index.checked_sub(self.shown) else {
            return Ok(None);
        };
        Ok(self
            .frames
            .get(place)
            .map(|(mouth, tongue, accent)| SpeechFrame {
                index,
                mouth,
                tongue: *tongue,
                accent: *accent,
                face: None,
            }))
    }

    /// The words that have come since the last call, from the beginning of the speech on.
    pub fn new_words(&mut self) -> Vec<TimedWord> {
        std::mem::take(&mut self.words)
    }

    /// The sound of the next frame, which is shown with it.
    pub fn next_sound(&mut self) -> Vec<f32> {
        let count = self.samples.len().min(SAMPLES_PER_FRAME);
        let mut sound: Vec<f32> = self.samples.drain(..count).collect();
        sound.resize(SAMPLES_PER_FRAME, 0.0);
        self.frames.pop_front();
        self.shown += 1;
        sound
    }

    /// Waits until the piece with a frame is there and the one behind it, whose words may stand in the same captions.
    fn listen_until(&mut self, frame: usize) -> anyhow::Result<()> {
        while !self.has_ended && frame >= self.before_last_piece {
            let message = self.messages.recv();
            // A thread that has gone without a word was cancelled.
            let Some(chunk) = message.map_err(|_| engine::Error::Cancelled)?? else {
                self.has_ended = true;
                self.fraction = 1.0;
                return Ok(());
            };
            let first = self.shown + self.frames.len();
            self.before_last_piece = first;
            let frames = speech_frames(&chunk, first);
            self.frames
                .extend(frames.map(|frame| (*frame.mouth, frame.tongue, frame.accent)));
            self.samples.extend(&chunk.samples);
            self.words.extend(chunk.words);
            self.fraction = chunk.fraction_done;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(frames: usize, samples: usize, word: &str) -> Message {
        let mut chunk =
            SpeechChunk::new(vec![0.5; samples], vec![MouthFrame::default(); frames], 0.5);
        chunk.words = vec![TimedWord {
            text: word.to_owned(),
            start_secs: 0.0,
            end_secs: 0.1,
        }];
        Ok(Some(chunk))
    }

    #[test]
    fn words_of_the_next_piece_are_there_before_a_frame_is_shown() {
        let (sender, receiver) = crossbeam_channel::unbounded();
        for message in [
            chunk(2, 1920, "a"),
            chunk(2, 1920, "b"),
            chunk(1, 960, "c"),
            Ok(None),
        ] {
            sender.send(message).unwrap();
        }
        for message in [chunk(7, 6720, "next scene"), Ok(None)] {
            sender.send(message).unwrap();
        }
        let mut speech = SceneSpeech::new(&receiver);
        assert!(speech.goes_on().unwrap());
        assert_eq!(speech.new_words().len(), 2);
        let mut frames = 0;
        while speech.goes_on().unwrap() {
            assert!(speech.frame(frames).unwrap().is_some());
            assert_eq!(speech.next_sound(), [0.5; SAMPLES_PER_FRAME]);
            frames += 1;
        }
        assert_eq!(frames, 5);
        // The next scene's words are not this one's.
        assert_eq!(speech.new_words().len(), 1);
        assert!(speech.frame(9).unwrap().is_none());
        assert_eq!(
            SceneSpeech::new(&receiver)
                .frame(0)
                .unwrap()
                .map(|frame| frame.index),
            Some(0)
        );
    }

    #[test]
    fn sound_that_is_longer_than_the_mouth_is_heard_to_its_end() {
        let (sender, receiver) = crossbeam_channel::unbounded();
        for message in [chunk(1, 1000, "a"), Ok(None)] {
            sender.send(message).unwrap();
        }
        let mut speech = SceneSpeech::new(&receiver);
        let mut heard = Vec::new();
        while speech.goes_on().unwrap() {
            heard.extend(speech.next_sound());
        }
        assert_eq!(heard.len(), 2 * SAMPLES_PER_FRAME);
        assert_eq!(heard.iter().filter(|&&sample| sample == 0.5).count(), 1000);
    }

    #[test]
    fn an_error_of_the_thread_arrives() {
        let (sender, receiver) = crossbeam_channel::unbounded();
        sender.send(Err(anyhow::anyhow!("no such voice"))).unwrap();
        let mut speech = SceneSpeech::new(&receiver);
        assert_eq!(speech.goes_on().unwrap_err().to_string(), "no such voice");
        drop(sender);
        assert!(crate::cancel::is_cancelled(&speech.goes_on().unwrap_err()));
    }
}
