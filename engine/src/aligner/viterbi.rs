//! The best way through a row of units — phones, and pauses that may be left out — along the patches of a recording.
//!
//! The Viterbi algorithm, left to right. A phone takes one patch at least, a pause [`MIN_PAUSE_PATCHES`] or none. Only the
//! states near the best one are kept, so memory grows with the length of the recording alone.

use std::ops::Range;

/// A pause that is kept is at least this long: shorter ones are the closure of a stop.
pub const MIN_PAUSE_PATCHES: usize = 3;
/// States whose score lies this far below the best are dropped.
const BEAM: f32 = 500.0;
/// Most states that are kept, about 4 minutes of speech.
const MAX_STATES: usize = 4096;
/// Patches between two looks at whether the user cancelled.
const PATCHES_PER_LOOK: usize = 512;

/// One step of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A phone of this class.
    Phone(usize),
    /// A silence that may be left out. No two stand side by side.
    Pause,
}

/// What the recording says about each patch: logarithms of likelihoods, finite, up to a constant.
#[derive(Clone, Debug, Default)]
pub struct Emissions {
    /// How many classes of phones there are.
    pub classes: usize,
    /// (n, classes): how well each class fits each patch.
    pub phones: Vec<f32>,
    /// (n): how well a pause fits.
    pub pauses: Vec<f32>,
    /// (n): what is added where a unit begins.
    pub begins: Vec<f32>,
}

/// Why there is no way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPath {
    /// More phones than patches, or all ways through were far worse than those that do not reach the end.
    TooShort,
    /// The user asked to stop.
    Cancelled,
}

/// How a state was entered: from itself, from the one before it, or over the pause before it.
const STAY: u8 = 0;
const STEP: u8 = 1;
const SKIP: u8 = 2;

/// The states that were kept in one patch and how each was entered, four to a byte.
struct Column {
    first: u32,
    entered: Box<[u8]>,
}

/// One state of the row: a phone is one, a pause is [`MIN_PAUSE_PATCHES`].
#[derive(Clone, Copy)]
struct State {
    unit: u32,
    /// `None` for a pause.
    class: Option<u32>,
    /// Whether its unit begins with it.
    is_first: bool,
    /// Whether it can last: of a pause only the last state.
    lasts: bool,
    /// Whether the unit before it is a pause that can be left out.
    follows_pause: bool,
}

/// The patches of each unit, in order and without gaps; empty for pauses that are left out.
///
/// # Errors
/// [`NoPath`] if the units cannot be laid along the patches.
pub fn best_path(
    units: &[Unit],
    emissions: &Emissions,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Range<usize>>, NoPath> {
    let patches = emissions.pauses.len();
    let states = states(units);
    let phones = units.iter().filter(|unit| **unit != Unit::Pause).count();
    if phones == 0 || phones > patches {
        return Err(NoPath::TooShort);
    }
    let (columns, last) = columns(&states, emissions, cancelled)?;
    Ok(trace(units.len(), &states, &columns, last))
}

fn states(units: &[Unit]) -> Vec<State> {
    let mut states = Vec::new();
    for (i, unit) in units.iter().enumerate() {
        let follows_pause = i > 0 && units[i - 1] == Unit::Pause;
        let (class, count) = match unit {
            Unit::Phone(class) => (Some(*class as u32), 1),
            Unit::Pause => (None, MIN_PAUSE_PATCHES),
        };
        debug_assert!(class.is_some() || !follows_pause, "two pauses in a row");
        for k in 0..count {
            states.push(State {
                unit: i as u32,
                class,
                is_first: k == 0,
                lasts: k + 1 == count,
                follows_pause: k == 0 && follows_pause,
            });
        }
    }
    states
}

/// Scores of the states that are kept in one patch.
struct Front {
    first: usize,
    scores: Vec<f32>,
}

impl Front {
    fn score(&self, state: usize) -> f32 {
        state
            .checked_sub(self.first)
            .and_then(|i| self.scores.get(i))
            .copied()
            .unwrap_or(f32::NEG_INFINITY)
    }

    /// Makes the best score 0 and drops what lies far below at either end.
    fn prune(&mut self, entered: &mut Vec<u8>) {
        let best = self
            .scores
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
        self.scores.iter_mut().for_each(|score| *score -= best);
        let is_kept = |score: &f32| *score >= -BEAM;
        let mut begin = self.scores.iter().position(is_kept).unwrap_or(0);
        let mut end = self.scores.iter().rposition(is_kept).map_or(0, |i| i + 1);
        while end - begin > MAX_STATES {
            if self.scores[begin] < self.scores[end - 1] {
                begin += 1;
            } else {
                end -= 1;
            }
        }
        self.first += begin;
        self.scores.truncate(end);
        self.scores.drain(..begin);
        entered.truncate(end);
        entered.drain(..begin);
    }
}

/// What was kept of each patch, and the state that the best way ends in.
fn columns(
    states: &[State],
    emissions: &Emissions,
    cancelled: &dyn Fn() -> bool,
) -> Result<(Vec<Column>, usize), NoPath> {
    let patches = emissions.pauses.len();
    let mut columns = Vec::with_capacity(patches);
    // Before the first patch the row stands in front of its first state.
    let mut front = Front {
        first: 0,
        scores: Vec::new(),
    };
    let mut entered = Vec::new();
    for patch in 0..patches {
        if patch % PATCHES_PER_LOOK == 0 && cancelled() {
            return Err(NoPath::Cancelled);
        }
        let fits = &emissions.phones[patch * emissions.classes..][..emissions.classes];
        let (pause, begin) = (emissions.pauses[patch], emissions.begins[patch]);
        let until = match patch {
            0 => MIN_PAUSE_PATCHES + 1,
            _ => front.first + front.scores.len() + MIN_PAUSE_PATCHES + 1,
        };
        let until = until.min(states.len());
        let mut scores = Vec::with_capacity(until - front.first);
        entered.clear();
        for (index, state) in states.iter().enumerate().take(until).skip(front.first) {
            let fit = state.class.map_or(pause, |class| fits[class as usize]);
            let (mut best, mut how) = (f32::NEG_INFINITY, STAY);
            if patch == 0 {
                if index == 0 || (state.follows_pause && index == MIN_PAUSE_PATCHES) {
                    best = 0.0;
                }
            } else {
                if state.lasts {
                    best = front.score(index);
                }
                let enter = if state.is_first { begin } else { 0.0 };
                if index > 0 {
                    let step = front.score(index - 1) + enter;
                    if step > best {
                        (best, how) = (step, STEP);
                    }
                }
                if state.follows_pause && index > MIN_PAUSE_PATCHES {
                    let skip = front.score(index - MIN_PAUSE_PATCHES - 1) + enter;
                    if skip > best {
                        (best, how) = (skip, SKIP);
                    }
                }
            }
            scores.push(best + fit);
            entered.push(how);
        }
        front.scores = scores;
        front.prune(&mut entered);
        columns.push(Column {
            first: front.first as u32,
            entered: packed(&entered),
        });
    }
    // The way ends in the last state, or before a pause at the very end.
    let last = states.len() - 1;
    let before_pause = match states[last].class {
        None => last.checked_sub(MIN_PAUSE_PATCHES),
        Some(_) => None,
    };
    let end = [Some(last), before_pause]
        .into_iter()
        .flatten()
        .max_by(|&a, &b| front.score(a).total_cmp(&front.score(b)))
        .filter(|&state| front.score(state).is_finite())
        .ok_or(NoPath::TooShort)?;
    Ok((columns, end))
}

/// Follows the way back from its last state.
fn trace(units: usize, states: &[State], columns: &[Column], last: usize) -> Vec<Range<usize>> {
    let mut spans = vec![0..0; units];
    let (mut state, mut end) = (last, columns.len());
    for (patch, column) in columns.iter().enumerate().rev() {
        let before = match unpacked(&column.entered, state - column.first as usize) {
            STAY => state,
            STEP => state - 1,
            _ => state - MIN_PAUSE_PATCHES - 1,
        };
        let unit = states[state].unit as usize;
        if patch == 0 || states[before].unit as usize != unit {
            spans[unit] = patch..end;
            end = patch;
        }
        state = before;
    }
    // Pauses that are left out lie, empty, where the unit before them ends.
    let mut end = 0;
    for span in &mut spans {
        if span.start == span.end {
            *span = end..end;
        }
        end = span.end;
    }
    spans
}

fn packed(entered: &[u8]) -> Box<[u8]> {
    entered
        .chunks(4)
        .map(|four| {
            four.iter()
                .enumerate()
                .fold(0, |byte, (i, how)| byte | how << (2 * i))
        })
        .collect()
}

fn unpacked(packed: &[u8], index: usize) -> u8 {
    packed[index / 4] >> (2 * (index % 4)) & 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Emissions that fit these classes patch by patch; 0 is a pause.
    fn hearing(heard: &[usize], classes: usize) -> Emissions {
        let fits = |is: bool| if is { -0.1 } else { -5.0 };
        Emissions {
            classes,
            phones: heard
                .iter()
                .flat_map(|&h| (0..classes).map(move |class| fits(h == class)))
                .collect(),
            pauses: heard.iter().map(|&h| fits(h == 0)).collect(),
            begins: vec![0.0; heard.len()],
        }
    }

    fn path(units: &[Unit], heard: &[usize]) -> Vec<Range<usize>> {
        best_path(units, &hearing(heard, 4), &|| false).unwrap()
    }

    const PHONES: [Unit; 5] = [
        Unit::Pause,
        Unit::Phone(1),
        Unit::Phone(2),
        Unit::Pause,
        Unit::Phone(3),
    ];

    #[test]
    fn phones_lie_where_they_are_heard() {
        let heard = [0, 0, 0, 0, 1, 1, 2, 2, 2, 0, 0, 0, 3, 3];
        assert_eq!(path(&PHONES, &heard), [0..4, 4..6, 6..9, 9..12, 12..14]);
    }

    #[test]
    fn pauses_that_nobody_made_are_left_out() {
        assert_eq!(path(&PHONES, &[1, 2, 2, 3]), [0..0, 0..1, 1..3, 3..3, 3..4]);
        // Shorter than a pause: part of the phones around.
        let spans = path(&PHONES, &[1, 1, 2, 2, 0, 3, 3]);
        assert!(spans[0].is_empty() && spans[3].is_empty());
        assert_eq!(spans[4].end, 7);
        // One at the very end may be left out as well.
        let units = [Unit::Phone(1), Unit::Pause];
        assert_eq!(path(&units, &[1, 1]), [0..2, 2..2]);
        assert_eq!(path(&units, &[1, 0, 0, 0, 0]), [0..1, 1..5]);
    }

    #[test]
    fn beginnings_part_equal_phones() {
        let mut emissions = hearing(&[1; 8], 2);
        emissions.begins[5] = 2.0;
        let units = [Unit::Phone(1), Unit::Phone(1)];
        assert_eq!(
            best_path(&units, &emissions, &|| false).unwrap(),
            [0..5, 5..8]
        );
    }

    #[test]
    fn there_may_be_no_way() {
        let emissions = hearing(&[1, 2], 4);
        let refused = |units: &[Unit]| best_path(units, &emissions, &|| false).unwrap_err();
        assert_eq!(refused(&PHONES), NoPath::TooShort);
        assert_eq!(refused(&[Unit::Pause]), NoPath::TooShort);
        assert_eq!(refused(&[]), NoPath::TooShort);
        let stopped = best_path(&[Unit::Phone(1)], &emissions, &|| true);
        assert_eq!(stopped.unwrap_err(), NoPath::Cancelled);
        let nothing = Emissions::default();
        assert!(best_path(&PHONES, &nothing, &|| false).is_err());
    }

    /// Ten minutes of phones of 100 ms, each heard for two patches and then not at all for three.
    #[test]
    fn a_long_row_keeps_few_states() {
        let phones: Vec<usize> = (0..6000).map(|i| 1 + (i * i + i / 7) % 39).collect();
        let heard: Vec<usize> = phones
            .iter()
            .flat_map(|&class| [class, class, class, 39, 39])
            .collect();
        let units: Vec<Unit> = phones.iter().map(|&class| Unit::Phone(class)).collect();
        let states = states(&units);
        let (columns, _) = columns(&states, &hearing(&heard, 40), &|| false).unwrap();
        let bytes: usize = columns.iter().map(|column| column.entered.len()).sum();
        assert!(bytes < 100 * heard.len(), "{bytes} for {}", heard.len());
    }

    /// The best score by trying every way.
    fn best_score(units: &[Unit], emissions: &Emissions, from: usize) -> f32 {
        let patches = emissions.pauses.len();
        let Some((unit, rest)) = units.split_first() else {
            return if from == patches {
                0.0
            } else {
                f32::NEG_INFINITY
            };
        };
        let mut best = f32::NEG_INFINITY;
        let shortest = match unit {
            Unit::Phone(_) => 1,
            Unit::Pause => {
                best = best_score(rest, emissions, from);
                MIN_PAUSE_PATCHES
            }
        };
        for until in from + shortest..=patches {
            let score = score(*unit, emissions, from..until) + best_score(rest, emissions, until);
            best = best.max(score);
        }
        best
    }

    fn score(unit: Unit, emissions: &Emissions, span: Range<usize>) -> f32 {
        let begin = match span.start {
            _ if span.is_empty() => return 0.0,
            0 => 0.0,
            start => emissions.begins[start],
        };
        let fits = span.map(|patch| match unit {
            Unit::Pause => emissions.pauses[patch],
            Unit::Phone(class) => emissions.phones[patch * emissions.classes + class],
        });
        begin + fits.sum::<f32>()
    }

    proptest! {
        #[test]
        fn the_way_is_the_best_and_covers_all(
            kinds in proptest::collection::vec((0usize..3, any::<bool>()), 1..5),
            numbers in proptest::collection::vec(-6.0f32..0.0, 9 * 5),
            patches in 5usize..10,
        ) {
            let mut units = Vec::new();
            for (class, pause_before) in kinds {
                if pause_before {
                    units.push(Unit::Pause);
                }
                units.push(Unit::Phone(class));
            }
            let emissions = Emissions {
                classes: 3,
                phones: numbers[..3 * patches.min(9)].to_vec(),
                pauses: numbers[27..27 + patches.min(9)].to_vec(),
                begins: numbers[36..36 + patches.min(9)].to_vec(),
            };
            let patches = emissions.pauses.len();
            let spans = best_path(&units, &emissions, &|| false).unwrap();
            let mut end = 0;
            for (unit, span) in units.iter().zip(&spans) {
                prop_assert_eq!(span.start, end);
                match unit {
                    Unit::Phone(_) => prop_assert!(!span.is_empty()),
                    Unit::Pause => prop_assert!(span.is_empty() || span.len() >= MIN_PAUSE_PATCHES),
                }
                end = span.end;
            }
            prop_assert_eq!(end, patches);
            let found: f32 = units.iter().zip(&spans).map(|(unit, span)| score(*unit, &emissions, span.clone())).sum();
            let best = best_score(&units, &emissions, 0);
            prop_assert!((found - best).abs() < 1e-3, "{} {}", found, best);
        }
    }
}
