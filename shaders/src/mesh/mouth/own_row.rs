//! The upper row of teeth that a picture with an open mouth shows, cut out of it. It stays with the skull while the lips move over it, so
//! that whoever smiles in their portrait speaks with their own teeth.

use glam::Vec2;

use super::light::luminance;
use super::own_teeth::OwnTeeth;
use crate::scene::image::Image;

/// How sure a place of a tooth has to be where the row begins, and where it goes on.
const BEGINS: f32 = 0.5;
const GOES_ON: f32 = 0.3;
/// Least and largest height of what is taken for the row, parts of the mouth's width.
const HEIGHT: [f32; 2] = [0.03, 0.26];
/// Brightness against the row's at which a dark line below a third of its largest height is where lower teeth begin.
const BITE: f32 = 0.82;
/// Fewer columns than this part of the mouth are a glint.
const MIN_COLUMNS: f32 = 0.25;
/// How far on both sides the row's upper and lower edge are compared, parts of the mouth's width, and which of the edges there is taken,
/// from the highest (0) to the lowest (1): a column that missed the bite reaches down to the lower teeth.
const EVEN: [f32; 2] = [0.04, 0.10];
const AMONG: [f32; 2] = [0.5, 0.35];
/// How far the row goes on upwards, behind the lip, parts of the mouth's width.
const BEHIND_LIP: f32 = 0.15;
/// Width over which the row's ends give way to what is painted, parts of the mouth's width.
const ENDS: f32 = 0.03;

/// The row as a picture of its own.
#[derive(Clone, Debug)]
pub(crate) struct OwnRow {
    /// Colour as the picture has it and coverage, rows from the top.
    pub rgba: Vec<u8>,
    /// Columns and rows.
    pub size: [u32; 2],
    /// Its first pixel in the picture.
    pub origin_px: Vec2,
    /// Where it ends in the middle of the mouth.
    pub edge_px: Vec2,
}

impl OwnRow {
    /// Cuts it out; none if too little of it is seen.
    pub(super) fn cut(teeth: &OwnTeeth, picture: &Image) -> Option<Self> {
        let (low, high) = teeth.bounds();
        let width = teeth.width_px;
        let columns = (high.x - low.x).floor().max(1.0) as usize;
        let place = |column: usize, y: f32| Vec2::new(low.x + column as f32 + 0.5, y);
        let seen: Vec<Option<[f32; 2]>> = (0..columns)
            .map(|column| extent(teeth, picture, |y| place(column, y), [low.y, high.y]))
            .collect();
        let first = seen.iter().position(Option::is_some)?;
        let last = seen.iter().rposition(Option::is_some)?;
        let found = seen.iter().flatten().count();
        if (found as f32) < MIN_COLUMNS * columns as f32 {
            return None;
        }
        // Dark gaps between teeth are part of the row.
        let evened: Vec<[f32; 2]> = (first..=last)
            .map(|column| {
                [0, 1].map(|side| {
                    let mut reach = (EVEN[side] * width).ceil() as usize;
                    loop {
                        let around =
                            column.saturating_sub(reach)..(column + reach + 1).min(columns);
                        let near = seen[around].iter().flatten();
                        let mut near: Vec<f32> = near.map(|extent| extent[side]).collect();
                        if !near.is_empty() {
                            let place = (AMONG[side] * (near.len() - 1) as f32) as usize;
                            break *near.select_nth_unstable_by(place, f32::total_cmp).1;
                        }
                        reach *= 2;
                    }
                })
            })
            .collect();
        let top = low.y - BEHIND_LIP * width;
        let bottom = evened.iter().map(|extent| extent[1]).fold(top, f32::max) + 2.0;
        let size = [evened.len(), (bottom - top).ceil() as usize];
        let ends_px = (ENDS * width).max(1.0);
        let rgba = (0..size[0] * size[1])
            .flat_map(|index| {
                let (column, row) = (index % size[0], index / size[0]);
                let [begin, end] = evened[column];
                let y = top + row as f32 + 0.5;
                let colour = picture.sample(place(first + column, y.max(begin + 0.5)));
                let from_end = column.min(size[0] - 1 - column) as f32;
                let alpha = (end - y + 0.5).clamp(0.0, 1.0) * (from_end / ends_px).min(1.0);
                let bytes = colour.extend(alpha) * 255.0 + 0.5;
                bytes.to_array().map(|value| value as u8)
            })
            .collect();
        let middle = ((low.x + high.x) / 2.0 - low.x) as usize;
        let middle = middle.clamp(first, last) - first;
        Some(Self {
            rgba,
            size: size.map(|side| side as u32),
            origin_px: Vec2::new(low.x + first as f32, top),
            edge_px: place(first + middle, evened[middle][1]),
        })
    }

    /// The row as a picture.
    pub fn image(&self) -> Image<'_> {
        Image {
            bytes: &self.rgba,
            width: self.size[0] as usize,
            height: self.size[1] as usize,
        }
    }
}

/// From where to where the row reaches in a column, pixels down the picture.
fn extent(
    teeth: &OwnTeeth,
    picture: &Image,
    place: impl Fn(f32) -> Vec2,
    [low, high]: [f32; 2],
) -> Option<[f32; 2]> {
    let steps = (high - low).ceil().max(0.0) as usize;
    let mut seen = (0..=steps)
        .map(|step| {
            let y = low + step as f32;
            let (colour, sure) = teeth.at(place(y), picture);
            (y, luminance(colour), sure)
        })
        .skip_while(|&(_, _, sure)| sure <= BEGINS)
        .peekable();
    let begin = seen.peek()?.0;
    let [least, most] = HEIGHT.map(|part| part * teeth.width_px);
    let row: Vec<(f32, f32)> = seen
        .take_while(|&(y, _, sure)| y - begin <= most && sure > GOES_ON)
        .map(|(y, bright, _)| (y, bright))
        .collect();
    let end = row.last()?.0 + 0.5;
    let brightest = row.iter().map(|step| step.1).fold(0.0, f32::max);
    // Lower teeth behind a closed bite look alike: the dark line between them tells.
    let bite = row
        .iter()
        .filter(|step| step.0 - begin > most / 3.0)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|darkest| {
            let below = row.iter().filter(|step| step.0 > darkest.0);
            let bright = below.map(|step| step.1).fold(0.0, f32::max);
            darkest.1 < BITE * brightest && bright > darkest.1 / BITE
        });
    let end = bite.map_or(end, |darkest| darkest.0);
    (end - begin >= least).then_some([begin, end])
}

#[cfg(test)]
mod tests {
    use super::super::own_teeth::tests::{SIDE, found, image};
    use super::*;

    /// A mouth from (10, 30) to (70, 50): upper teeth down to row 36, a dark line, lower teeth from row 38 on.
    fn picture(teeth: [u8; 3]) -> Vec<u8> {
        (0..SIDE * SIDE)
            .flat_map(|index| {
                let (x, y) = (index % SIDE, index / SIDE);
                let [r, g, b] = match (x, y) {
                    (10..70, 30..37 | 39..50) => teeth,
                    (10..70, 37..39) => [110, 95, 85],
                    _ => [205, 160, 135],
                };
                [r, g, b, 255]
            })
            .collect()
    }

    fn cut(bytes: &[u8]) -> Option<OwnRow> {
        OwnRow::cut(&found(bytes)?, &image(bytes))
    }

    #[test]
    fn the_upper_row_is_cut_out_without_the_lower_one() {
        let row = cut(&picture([220, 212, 196])).expect("it shows teeth");
        assert!((row.edge_px.y - 38.0).abs() < 1.6, "{}", row.edge_px);
        let image = row.image();
        let at = |x: f32, y: f32| image.sample_rgba(Vec2::new(x, y) - row.origin_px);
        let tooth = at(40.5, 34.5);
        assert!(
            tooth.w > 0.99 && (tooth.x - 220.0 / 255.0).abs() < 0.02,
            "{tooth}"
        );
        // It goes on behind the lip, and ends at the bite.
        let behind = at(40.5, 27.5);
        assert!(
            behind.w > 0.99 && (behind.x - 220.0 / 255.0).abs() < 0.02,
            "{behind}"
        );
        assert_eq!(at(40.5, 41.5).w, 0.0);
    }

    #[test]
    fn lips_are_no_teeth() {
        assert!(cut(&picture([170, 90, 85])).is_none());
    }
}
