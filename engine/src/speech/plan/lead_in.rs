//! A word that is spoken before a line of one word and thrown away.
//!
//! Alone, such a word is misheard more often, most of all where it begins with a vowel: the flow then has nothing but silence around a
//! few tokens (docs/experiments.md). Behind another word it is spoken as in running speech.

use super::Alignment;
use crate::Result;
use crate::networks::jam_flow::Config;
use crate::speech::model::LoadedModel;
use crate::speech::segments::Grid;
use crate::text::Utterance;

/// "Listen." and the space behind it, which takes the place of the silence before the line.
const PHONEMES: &str = "lˈɪsᵊn. ";
/// Longer words have context of their own.
const MAX_PHONES: usize = 16;
/// Shortest pause between the two words, of which the line keeps what follows.
const MIN_PAUSE_SECS: f64 = 0.1;
/// Silence that the line begins with.
const SILENCE_SECS: f64 = 0.2;

/// The phones before a line.
pub struct LeadIn {
    /// From the start to the full stop.
    phones: Vec<u32>,
    space: u32,
}

/// Phones in time, where a part before `ahead` is not wanted.
pub struct LedIn {
    /// All phones.
    pub whole: Alignment,
    /// Those of the line, from 0 on.
    pub line: Alignment,
    /// Audio tokens before the line: whole steps of the grid.
    pub ahead: usize,
}

impl LeadIn {
    /// What goes before an utterance, if that is better off with it.
    ///
    /// # Errors
    /// [`crate::Error::Text`] if the tokenizer does not know these phones.
    pub fn before(model: &LoadedModel, utterance: &Utterance) -> Result<Option<Self>> {
        if utterance.words.len() != 1 || utterance.tokens.len() > MAX_PHONES {
            return Ok(None);
        }
        let mut phones = model.front_end.tokenizer().encode(PHONEMES)?;
        // The end, then the space.
        phones.pop();
        Ok(phones.pop().map(|space| Self { phones, space }))
    }

    /// The phones to speak; the space stands for the start of the line.
    pub fn phones(&self, line: &[u32]) -> Vec<u32> {
        let line = line.iter().skip(1).copied();
        let lead = self.phones.iter().copied();
        lead.chain([self.space]).chain(line).collect()
    }

    /// How many phones stand before the line.
    pub fn count(&self) -> usize {
        self.phones.len()
    }

    /// Lengthens the pause of the lead-in until the line begins on a step of the grid. `None` if nothing of the line is left.
    pub fn laid_out(&self, config: &Config, grid: &Grid, spoken: &Alignment) -> Option<LedIn> {
        let count = self.count();
        let end_secs = |phone: usize| spoken.ends_secs.get(phone).copied();
        let pause_begins_secs = end_secs(count.checked_sub(2)?)?;
        let earliest = ((pause_begins_secs + MIN_PAUSE_SECS) * grid.tokens_per_second()).ceil();
        let ahead = (earliest as usize).next_multiple_of(grid.tokens);
        let cut_secs = ahead as f64 / grid.tokens_per_second();
        // The phones of the line keep their lengths, but for the silence before them.
        let moved_secs = SILENCE_SECS - end_secs(count)?;
        let line_ends = spoken.ends_secs[count..].iter();
        let line_ends: Vec<f64> = line_ends.map(|end| end + moved_secs).collect();
        let tokens = (line_ends.last()? * grid.tokens_per_second()) as usize;
        let mut ends_secs = spoken.ends_secs[..count - 1].to_vec();
        ends_secs.push(cut_secs);
        ends_secs.extend(line_ends.iter().map(|end| cut_secs + end));
        Some(LedIn {
            whole: Alignment::of_ends(config, 0.0, &ends_secs, ahead + tokens)?,
            line: Alignment::of_ends(config, 0.0, &line_ends, tokens)?,
            ahead,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::plan::alignment::tests::config;

    #[test]
    fn the_line_begins_on_a_step_with_the_silence_of_any_other() {
        let config = config();
        let grid = Grid::new(&config);
        let lead = LeadIn {
            phones: vec![1, 20, 21, 7],
            space: 3,
        };
        assert_eq!(
            lead.phones(&[1, 40, 41, 7, 2]),
            [1, 20, 21, 7, 3, 40, 41, 7, 2]
        );
        // Frames of 25 ms: the lead-in's pause has one, the space two, and the line's phones 4, 6, 2 and 8.
        let logs = [4f32, 3.0, 5.0, 1.0, 2.0, 4.0, 6.0, 2.0, 8.0].map(f32::ln);
        let spoken = Alignment::new(&config, &logs, 1.0).unwrap();
        let LedIn { whole, line, ahead } = lead.laid_out(&config, &grid, &spoken).unwrap();
        assert!(ahead > 0 && ahead.is_multiple_of(grid.tokens));
        let cut_secs = ahead as f64 / grid.tokens_per_second();
        // 12 frames of phones, and a pause of at least 0.1 s.
        assert!(cut_secs >= 0.3 + MIN_PAUSE_SECS && cut_secs < 0.3 + MIN_PAUSE_SECS + grid.secs(1));
        let near = |(start, end): (f64, f64), expected: (f64, f64)| {
            assert!((start - expected.0).abs() < 1e-6 && (end - expected.1).abs() < 1e-6);
        };
        near(line.span_secs(0..1), (0.0, SILENCE_SECS));
        near(line.span_secs(1..3), (SILENCE_SECS, SILENCE_SECS + 0.25));
        near(
            whole.span_secs(5..7),
            (cut_secs + SILENCE_SECS, cut_secs + SILENCE_SECS + 0.25),
        );
        assert_eq!(whole.index.len(), ahead + line.index.len());
        assert_eq!(
            whole.index[ahead..]
                .iter()
                .map(|phone| phone - 4)
                .collect::<Vec<_>>(),
            line.index
        );
    }
}
