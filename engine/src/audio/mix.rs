//! Many channels to one.

/// Where the mean of the channels holds less than this share of the power that unrelated channels would leave in it, they cancel
/// each other out.
const CANCELLED_SHARE: f64 = 0.25;

/// Float files may hold anything. Full scale is 1, and some programs write the numbers of 32-bit samples; what is larger is no sound.
const MAX_SAMPLE: f32 = (1_u64 << 31) as f32;

/// A sample, or silence for what is none: one NaN or infinity would spread through every filter after this.
fn sound(sample: f32) -> f32 {
    if sample.abs() <= MAX_SAMPLE {
        sample
    } else {
        0.0
    }
}

/// How channels become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mix {
    /// Their mean.
    Mean,
    /// One of them.
    Channel(usize),
    /// Half the difference of the first two: right for a cable or a plug-in that turns one of them over.
    Difference,
}

impl Mix {
    /// Appends one sample for each frame of `interleaved`.
    pub fn push(self, interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
        let frames = interleaved.chunks_exact(channels);
        mono.extend(frames.map(|frame| match (self, frame) {
            (Self::Channel(channel), frame) => frame.get(channel).copied().map_or(0.0, sound),
            (Self::Difference, &[left, right]) => 0.5 * (sound(left) - sound(right)),
            (Self::Mean | Self::Difference, frame) => {
                frame.iter().copied().map(sound).sum::<f32>() / channels as f32
            }
        }));
    }
}

/// The power of a recording's channels, of their mean, and of the difference of two.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Powers {
    channels: Vec<f64>,
    mean: f64,
    difference: f64,
}

impl Powers {
    pub fn add(&mut self, interleaved: &[f32], channels: usize) {
        self.channels.resize(channels, 0.0);
        for frame in interleaved.chunks_exact(channels) {
            let mut sum = 0.0;
            for (power, &sample) in self.channels.iter_mut().zip(frame) {
                let sample = f64::from(sound(sample));
                *power += sample * sample;
                sum += sample;
            }
            self.mean += (sum / channels as f64).powi(2);
            if let &[left, right] = frame {
                let half = f64::from(sound(left) - sound(right)) / 2.0;
                self.difference += half * half;
            }
        }
    }

    /// What to take in place of the mean if the channels cancel each other out in it: whatever has the most power.
    pub fn instead_of_mean(&self) -> Option<Mix> {
        let count = self.channels.len();
        let unrelated = self.channels.iter().sum::<f64>() / (count * count).max(1) as f64;
        if count < 2 || self.mean >= CANCELLED_SHARE * unrelated {
            return None;
        }
        let difference = (count == 2).then_some((Mix::Difference, self.difference));
        let channels = self.channels.iter().enumerate();
        channels
            .map(|(channel, &power)| (Mix::Channel(channel), power))
            .chain(difference)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(mix, _)| mix)
    }

    /// What brings the mean of more than two channels to the power of the strongest: in surround sound the speech is often in one
    /// channel, of which the mean leaves a sixth.
    pub fn surround_gain(&self) -> f32 {
        let strongest = self.channels.iter().copied().fold(0.0, f64::max);
        if self.channels.len() <= 2 || self.mean <= 0.0 {
            return 1.0;
        }
        (strongest / self.mean).sqrt().max(1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(i: usize) -> f32 {
        0.5 * (i as f32 * 0.1).sin()
    }

    fn stereo(right: impl Fn(usize) -> f32) -> Vec<f32> {
        (0..4800).flat_map(|i| [tone(i), right(i)]).collect()
    }

    fn chosen(interleaved: &[f32]) -> Option<Mix> {
        let mut powers = Powers::default();
        powers.add(interleaved, 2);
        powers.instead_of_mean()
    }

    #[test]
    fn channels_that_cancel_each_other_out_are_not_averaged() {
        let opposed = stereo(|i| -tone(i));
        assert_eq!(chosen(&opposed), Some(Mix::Difference));
        let mut mono = Vec::new();
        Mix::Difference.push(&opposed, 2, &mut mono);
        assert!(
            mono.iter()
                .enumerate()
                .all(|(i, x)| (x - tone(i)).abs() < 1e-6)
        );
        // Nearly: one side is quieter.
        assert!(chosen(&stereo(|i| -0.8 * tone(i))).is_some());
    }

    #[test]
    fn all_others_are() {
        assert_eq!(chosen(&stereo(tone)), None);
        assert_eq!(chosen(&stereo(|_| 0.0)), None);
        assert_eq!(chosen(&stereo(|i| 0.5 * (i as f32 * 0.37).sin())), None);
        assert_eq!(chosen(&[0.0; 96]), None);
        assert_eq!(chosen(&[f32::NAN; 96]), None);
    }

    #[test]
    fn surround_sound_keeps_the_level_of_its_speech() {
        let speech_in_the_centre: Vec<f32> = (0..4800)
            .flat_map(|i| [0.0, 0.0, tone(i), 0.0, 0.0, 0.0])
            .collect();
        let mut powers = Powers::default();
        powers.add(&speech_in_the_centre, 6);
        assert_eq!(powers.instead_of_mean(), None);
        assert!((powers.surround_gain() - 6.0).abs() < 1e-3);
    }
}
