//! Change of sample rate, whole or in pieces, without delay: sample 0 of the input is sample 0 of the output.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use super::AudioError;
use crate::{Error, Result};

/// Sample rates that a recording may have, Hz.
pub const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// Input samples that go through the filter at once.
const CHUNK_SAMPLES: usize = 1024;

/// Resamples a mono stream that arrives in pieces of any size.
pub struct Resampler {
    /// `None` where both rates are the same.
    filter: Option<Fft<f32>>,
    pending: Vec<f32>,
    output: Vec<f32>,
    /// Output samples of the filter's own delay that are still to be dropped.
    to_drop: usize,
    consumed: u64,
    produced: u64,
    ratio: f64,
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resampler")
            .field("ratio", &self.ratio)
            .finish_non_exhaustive()
    }
}

impl Resampler {
    /// From one rate to another.
    ///
    /// # Errors
    /// [`Error::Audio`] for rates outside [`RATES_HZ`].
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self> {
        if let Some(bad_hz) = [from_hz, to_hz].into_iter().find(|r| !RATES_HZ.contains(r)) {
            return Err(Error::from(AudioError::Rate {
                rate_hz: bad_hz,
                min_hz: *RATES_HZ.start(),
                max_hz: *RATES_HZ.end(),
            }));
        }
        let filter = if from_hz == to_hz {
            None
        } else {
            let (from, to) = (from_hz as usize, to_hz as usize);
            // The filter spans a whole number of the smallest blocks that both rates have in common. An even number of
            // them, because the middle of an odd one lies between two samples and all would come out half a sample late.
            let block = from / greatest_common_divisor(from, to);
            let chunk = block * CHUNK_SAMPLES.div_ceil(block).next_multiple_of(2);
            let filter = Fft::new_custom(
                from,
                to,
                chunk,
                1,
                1,
                rubato::WindowFunction::BlackmanHarris2,
                FixedSync::Both,
            )
            .map_err(|e| Error::model("resampler", e))?;
            Some(filter)
        };
        let output = vec![0.0; filter.as_ref().map_or(0, |f| f.output_frames_max())];
        Ok(Self {
            to_drop: filter.as_ref().map_or(0, |f| f.output_delay()),
            filter,
            pending: Vec::new(),
            output,
            consumed: 0,
            produced: 0,
            ratio: f64::from(to_hz) / f64::from(from_hz),
        })
    }

    /// Takes samples in and appends to `out` what is ready.
    ///
    /// # Errors
    /// [`Error::Model`] if the filter fails, which no input should cause.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> Result<()> {
        self.consumed += samples.len() as u64;
        if self.filter.is_none() {
            out.extend_from_slice(samples);
            return Ok(());
        }
        self.pending.extend_from_slice(samples);
        self.drain(out)
    }

    /// Appends what is still inside. The output is then as long as the input was, in time, rounded up to a sample. The
    /// resampler starts again afterwards.
    ///
    /// # Errors
    /// [`Error::Model`] if the filter fails, which no input should cause.
    pub fn finish(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let Some(filter) = &self.filter else {
            self.consumed = 0;
            return Ok(());
        };
        let chunk = filter.input_frames_max();
        // The nudge keeps an exact length from being rounded up by the error of the product.
        let expected = (self.consumed as f64 * self.ratio - 1e-6).ceil().max(0.0) as u64;
        while self.produced < expected {
            let padded = self.pending.len().next_multiple_of(chunk).max(chunk);
            self.pending.resize(padded, 0.0);
            self.drain(out)?;
        }
        out.truncate(out.len() - (self.produced - expected) as usize);
        self.pending.clear();
        self.consumed = 0;
        self.produced = 0;
        if let Some(filter) = &mut self.filter {
            filter.reset();
            self.to_drop = filter.output_delay();
        }
        Ok(())
    }

    fn drain(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let Some(filter) = &mut self.filter else {
            return Ok(());
        };
        let mut taken = 0;
        loop {
            let needed = filter.input_frames_next();
            let Some(input) = self.pending.get(taken..taken + needed) else {
                break;
            };
            let ready = filter.output_frames_next();
            let input =
                SequentialSlice::new(input, 1, needed).map_err(|e| Error::model("resampler", e))?;
            let mut output = SequentialSlice::new_mut(&mut self.output, 1, ready)
                .map_err(|e| Error::model("resampler", e))?;
            let (used, made) = filter
                .process_into_buffer(&input, &mut output, None)
                .map_err(|e| Error::model("resampler", e))?;
            taken += used;
            let dropped = self.to_drop.min(made);
            self.to_drop -= dropped;
            out.extend_from_slice(&self.output[dropped..made]);
            self.produced += (made - dropped) as u64;
        }
        self.pending.drain(..taken);
        Ok(())
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// A whole mono sound at another rate; equal rates copy.
///
/// # Errors
/// Those of [`Resampler::new`].
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Result<Vec<f32>> {
    let mut resampler = Resampler::new(from_hz, to_hz)?;
    let expected = samples.len() as f64 * f64::from(to_hz) / f64::from(from_hz);
    let mut out = Vec::with_capacity(expected as usize + 4 * CHUNK_SAMPLES);
    resampler.push(samples, &mut out)?;
    resampler.finish(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate_hz: u32, count: usize) -> Vec<f32> {
        (0..count)
            .map(|i| {
                (std::f64::consts::TAU * hz * i as f64 / f64::from(rate_hz)).sin() as f32 * 0.5
            })
            .collect()
    }

    #[test]
    fn a_tone_keeps_its_place_and_height() {
        for from_hz in [8_000, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let made = resample(&tone(440.0, from_hz, from_hz as usize), from_hz, 24_000).unwrap();
            assert_eq!(made.len(), 24_000, "{from_hz} Hz");
            let wanted = tone(440.0, 24_000, 24_000);
            let worst = made[500..23_500]
                .iter()
                .zip(&wanted[500..])
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 2e-3, "{from_hz} Hz: {worst}");
        }
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let sound = tone(300.0, 24_000, 10_007);
        let whole = resample(&sound, 24_000, 48_000).unwrap();
        let mut resampler = Resampler::new(24_000, 48_000).unwrap();
        for _ in 0..2 {
            let mut pieces = Vec::new();
            for piece in sound.chunks(333) {
                resampler.push(piece, &mut pieces).unwrap();
            }
            resampler.finish(&mut pieces).unwrap();
            assert_eq!(pieces, whole);
        }
        assert_eq!(whole.len(), 20_014);
    }

    #[test]
    fn what_is_above_the_new_band_is_gone() {
        let made = resample(&tone(15_000.0, 48_000, 48_000), 48_000, 24_000).unwrap();
        let loudest = made[500..23_500]
            .iter()
            .fold(0.0_f32, |m, x| m.max(x.abs()));
        assert!(loudest < 1e-3, "{loudest}");
    }

    #[test]
    fn nothing_in_nothing_out_and_strange_rates_are_refused() {
        assert!(resample(&[], 44_100, 24_000).unwrap().is_empty());
        assert_eq!(resample(&[0.1; 7], 24_000, 24_000).unwrap().len(), 7);
        assert!(resample(&[0.0], 0, 24_000).is_err());
        assert!(resample(&[0.0], 24_000, 4_000_000).is_err());
        assert_eq!(resample(&[0.1; 100], 44_101, 24_000).unwrap().len(), 55);
    }
}
