//! Which part of the picture a video shows: head, head and shoulders or all of it, in any shape, around the faces that move.
//!
//! Lengths are pixels of the picture unless said otherwise. What the shape asks for beyond the picture is made up, see
//! [`Fill`]; nothing is ever stretched.

mod cut_out;
mod renderer;

use serde::{Deserialize, Serialize};

use cut_out::CutOut;
pub use renderer::FramedRenderer;

/// How far a user may zoom.
pub const ZOOM_RANGE: std::ops::RangeInclusive<f32> = 0.5..=2.0;
/// How far a user may move the frame, parts of its sides.
pub const SHIFT_RANGE: std::ops::RangeInclusive<f32> = -0.5..=0.5;
/// How far the face may leave the middle for the frame to stay within the picture, as a part of the frame's width.
const OFF_CENTRE: f64 = 0.12;
/// The middle of the face is this far down the frame: at least, and at most.
const FACE_DOWN: [f64; 2] = [0.22, 0.62];
/// Space that stays above the face for the hair, face heights.
const MIN_HAIR: f64 = 0.25;
/// What the width asks for beyond the height goes above and below the face in these shares.
const EXTRA_ABOVE: f64 = 0.45;

/// How much of a person a video shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    /// The head with its hair and some of the neck.
    Head,
    /// Head and shoulders.
    Shoulders,
    /// All that the picture shows and the shape has room for.
    #[default]
    Full,
}

impl Extent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Head, Self::Shoulders, Self::Full];

    /// Space beside, above and below the face, face heights; for the full picture, what must be there.
    fn around(self) -> [f64; 3] {
        match self {
            Self::Head => [0.42, 0.55, 0.42],
            Self::Shoulders => [0.85, 0.65, 1.35],
            Self::Full => [0.3, 0.4, 0.3],
        }
    }
}

/// Width against height of a video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aspect {
    /// That of the portrait's picture.
    #[default]
    Portrait,
    /// 16:9, television and web.
    Wide,
    /// 9:16, telephones.
    Tall,
    /// 1:1.
    Square,
    /// 4:5, feeds.
    FourToFive,
}

impl Aspect {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Portrait,
        Self::Wide,
        Self::Tall,
        Self::Square,
        Self::FourToFive,
    ];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portrait => "portrait",
            Self::Wide => "16:9",
            Self::Tall => "9:16",
            Self::Square => "1:1",
            Self::FourToFive => "4:5",
        }
    }

    /// Width and height in whole numbers.
    fn ratio(self, (width, height): (u32, u32)) -> (u32, u32) {
        match self {
            Self::Portrait => (width, height),
            Self::Wide => (16, 9),
            Self::Tall => (9, 16),
            Self::Square => (1, 1),
            Self::FourToFive => (4, 5),
        }
    }
}

/// What is shown where a video reaches beyond the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fill {
    /// The picture's edge goes on, more blurred the farther away.
    #[default]
    Blurred,
    /// One colour, sRGB.
    Colour([u8; 3]),
}

/// Which part of the picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Framing {
    /// How much of the person.
    pub extent: Extent,
    /// In which shape.
    pub aspect: Aspect,
    /// 1 as found by the face, more is closer, in [`ZOOM_RANGE`].
    pub zoom: f32,
    /// How far the frame moves to the right and down, parts of its sides, in [`SHIFT_RANGE`].
    pub shift: [f32; 2],
    /// What is beyond the picture.
    pub fill: Fill,
}

impl Default for Framing {
    fn default() -> Self {
        Self {
            extent: Extent::Full,
            aspect: Aspect::Portrait,
            zoom: 1.0,
            shift: [0.0; 2],
            fill: Fill::Blurred,
        }
    }
}

/// A part of the picture, which may reach beyond it; it begins at a corner of a pixel or anywhere between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left side.
    pub x: f64,
    /// Upper side.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Framing {
    /// Whether the video shows the picture as it is.
    pub fn is_whole_picture(&self) -> bool {
        let Self {
            extent,
            aspect,
            zoom,
            shift,
            fill: _,
        } = *self;
        (extent, aspect, zoom, shift) == (Extent::Full, Aspect::Portrait, 1.0, [0.0; 2])
    }

    /// Width and height of a video whose shorter side has `short_side_px`, both even.
    pub fn size_px(&self, picture_size_px: (u32, u32), short_side_px: u32) -> (u32, u32) {
        let (width, height) = self.aspect.ratio(picture_size_px);
        let scale = f64::from(short_side_px) / f64::from(width.min(height).max(1));
        let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32).max(8) * 2;
        (even(width), even(height))
    }

    /// The part of a picture that a video of this size shows. `faces` are the faces that move (x, y, width, height), from the
    /// hairline to the chin.
    pub fn region(
        &self,
        (picture_width, picture_height): (u32, u32),
        faces: &[[f32; 4]],
        (width_px, height_px): (u32, u32),
    ) -> Region {
        let picture = [picture_width, picture_height].map(f64::from);
        let shape = f64::from(width_px) / f64::from(height_px.max(1));
        let (face, face_height) = together(faces, picture);
        let [_, above, below] = self.extent.around().map(|part| part * face_height);
        let asks_for = |extent: Extent| {
            let [beside, above, below] = extent.around().map(|part| part * face_height);
            (face.height + above + below).max((face.width + 2.0 * beside) / shape)
        };
        let most = (picture[0] / shape).min(picture[1]);
        let height = match self.extent {
            Extent::Full => asks_for(Extent::Full).max(most),
            Extent::Head => asks_for(Extent::Head),
            // Rather closer than beyond the picture.
            Extent::Shoulders => asks_for(Extent::Shoulders).min(most.max(asks_for(Extent::Head))),
        };
        // All of a picture of the same shape is all of it, whatever the face asks for.
        let is_whole = self.extent == Extent::Full && self.aspect == Aspect::Portrait;
        let height = if is_whole { picture[1] } else { height };
        let zoom = f64::from(within(self.zoom, &ZOOM_RANGE, 1.0));
        let (width, height) = (height * shape / zoom, height / zoom);

        let middle = [face.x + face.width / 2.0, face.y + face.height / 2.0];
        let extra = height - (face.height + above + below);
        let wanted = [
            middle[0] - width / 2.0,
            match self.extent {
                Extent::Full => middle[1] - height / 2.0,
                Extent::Head | Extent::Shoulders => face.y - above - EXTRA_ABOVE * extra,
            },
        ];
        let (x, y) = if is_whole && zoom <= 1.0 {
            let centred = [(picture[0] - width) / 2.0, (picture[1] - height) / 2.0];
            (centred[0], centred[1])
        } else {
            let x = inside(wanted[0], width, picture[0]);
            // Rather above the picture, where there is background, than below it, where the person ends.
            let y = match height > picture[1] {
                true => picture[1] - height,
                false => inside(wanted[1], height, picture[1]),
            };
            match self.extent {
                // Who stands at the side of a whole picture stays there.
                Extent::Full => (x, y),
                Extent::Head | Extent::Shoulders => {
                    let free = OFF_CENTRE * width;
                    let [lowest, highest] = FACE_DOWN.map(|part| middle[1] - part * height);
                    let lowest = lowest.min(face.y - MIN_HAIR * face_height);
                    (
                        x.clamp(wanted[0] - free, wanted[0] + free),
                        y.clamp(highest, lowest.max(highest)),
                    )
                }
            }
        };
        let [right, down] = self
            .shift
            .map(|part| f64::from(within(part, &SHIFT_RANGE, 0.0)));
        Region {
            x: x + right * width,
            y: y + down * height,
            width,
            height,
        }
    }
}

/// The middle of a picture at another size, cut so that it fills that and nothing is stretched; `CHANNELS` bytes a pixel, rows from the
/// top.
pub(crate) fn covering<const CHANNELS: usize>(
    bytes: &[u8],
    picture_px: [usize; 2],
    size_px: [usize; 2],
) -> Vec<u8> {
    let [width, height] = picture_px.map(|side| side as f64);
    let shape = size_px[0] as f64 / size_px[1] as f64;
    let shown = [width.min(height * shape), height.min(width / shape)];
    let region = Region {
        x: (width - shown[0]) / 2.0,
        y: (height - shown[1]) / 2.0,
        width: shown[0],
        height: shown[1],
    };
    CutOut { region, size_px }.bytes::<CHANNELS>(bytes, picture_px, None)
}

/// All faces in one box, and the height of the largest. Without any, the middle of the picture.
fn together(faces: &[[f32; 4]], picture: [f64; 2]) -> (Region, f64) {
    let sound = |face: &&[f32; 4]| face.iter().all(|side| side.is_finite()) && face[3] > 0.0;
    let faces: Vec<[f64; 4]> = faces
        .iter()
        .filter(sound)
        .map(|face| face.map(f64::from))
        .collect();
    if faces.is_empty() {
        let [width, height] = picture.map(|side| side / 3.0);
        let middle = Region {
            x: width,
            y: height,
            width,
            height,
        };
        return (middle, height);
    }
    let fold = |value: &dyn Fn(&[f64; 4]) -> f64, pick: fn(f64, f64) -> f64, start: f64| {
        faces.iter().map(value).fold(start, pick)
    };
    let x = fold(&|face| face[0], f64::min, f64::INFINITY);
    let y = fold(&|face| face[1], f64::min, f64::INFINITY);
    let right = fold(&|face| face[0] + face[2], f64::max, f64::NEG_INFINITY);
    let bottom = fold(&|face| face[1] + face[3], f64::max, f64::NEG_INFINITY);
    let face_height = fold(&|face| face[3], f64::max, 0.0);
    let region = Region {
        x,
        y,
        width: right - x,
        height: bottom - y,
    };
    (region, face_height)
}

/// Where a frame of this length begins so that it is within the picture, or holds all of it.
fn inside(start: f64, length: f64, picture: f64) -> f64 {
    let room = picture - length;
    start.clamp(room.min(0.0), room.max(0.0))
}

fn within(value: f32, range: &std::ops::RangeInclusive<f32>, otherwise: f32) -> f32 {
    if value.is_finite() {
        value.clamp(*range.start(), *range.end())
    } else {
        otherwise
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        /// A picture with a face that lies in it.
        fn picture_with_face()(
            width in 200_u32..4000,
            height in 200_u32..4000,
            size in 0.05_f64..0.6,
            place in prop::array::uniform2(0.0_f64..1.0),
        ) -> ((u32, u32), [f32; 4]) {
            let face_height = size * f64::from(width.min(height));
            let face_width = 0.75 * face_height;
            let x = place[0] * (f64::from(width) - face_width);
            let y = place[1] * (f64::from(height) - face_height);
            ((width, height), [x, y, face_width, face_height].map(|side| side as f32))
        }
    }

    fn framings() -> impl Strategy<Value = Framing> {
        let extents = prop::sample::select(Extent::ALL.to_vec());
        let aspects = prop::sample::select(Aspect::ALL.to_vec());
        (extents, aspects).prop_map(|(extent, aspect)| Framing {
            extent,
            aspect,
            ..Framing::default()
        })
    }

    proptest! {
        #[test]
        fn the_face_is_in_the_middle_and_nothing_is_stretched(
            (picture, face) in picture_with_face(),
            framing in framings(),
            short_side_px in 512_u32..2160,
        ) {
            let size = framing.size_px(picture, short_side_px);
            prop_assert!(size.0 % 2 == 0 && size.1 % 2 == 0);
            let region = framing.region(picture, &[face], size);
            let scale = [f64::from(size.0) / region.width, f64::from(size.1) / region.height];
            prop_assert!((scale[0] / scale[1] - 1.0).abs() < 1e-9);
            let [x, y, width, height] = face.map(f64::from);
            let middle = [x + width / 2.0 - region.x, y + height / 2.0 - region.y];
            let off = [middle[0] / region.width - 0.5, middle[1] / region.height - 0.5];
            if framing.extent != Extent::Full {
                prop_assert!(off[0].abs() <= OFF_CENTRE + 1e-6, "{:?}", off);
                prop_assert!(off[1] < 0.13 && off[1] > -0.29, "{:?}", off);
            }
            if framing.is_whole_picture() {
                let whole = [region.width, region.height];
                let sides = [picture.0, picture.1].map(f64::from);
                // Even sides of a narrow picture round its shape by a little.
                prop_assert!((whole[1] - sides[1]).abs() < 1e-6);
                prop_assert!((whole[0] / sides[0] - 1.0).abs() < 0.01);
            } else {
                // The whole face is there.
                prop_assert!(x >= region.x - 1e-3 && y >= region.y - 1e-3);
                prop_assert!(x + width <= region.x + region.width + 1e-3);
                prop_assert!(y + height <= region.y + region.height + 1e-3);
            }
        }

        #[test]
        fn a_part_that_fits_stays_within_the_picture(
            (picture, face) in picture_with_face(),
            aspect in prop::sample::select(Aspect::ALL[1..].to_vec()),
        ) {
            let framing = Framing { aspect, ..Framing::default() };
            let size = framing.size_px(picture, 720);
            let region = framing.region(picture, &[face], size);
            let sides = [picture.0, picture.1].map(f64::from);
            if region.width <= sides[0] && region.height <= sides[1] {
                let [x, _, width, _] = face.map(f64::from);
                prop_assert!(region.x >= -1e-6 && region.x + region.width <= sides[0] + 1e-6);
                prop_assert!(x >= region.x - 1e-6 && x + width <= region.x + region.width + 1e-6);
            }
        }
    }

    #[test]
    fn zoom_and_shift_move_the_frame() {
        let framing = Framing {
            extent: Extent::Head,
            aspect: Aspect::Square,
            ..Framing::default()
        };
        let face = [400.0, 300.0, 150.0, 200.0];
        let region = |framing: Framing| framing.region((1000, 1000), &[face], (720, 720));
        let plain = region(framing);
        let closer = region(Framing {
            zoom: 2.0,
            ..framing
        });
        assert!((closer.width * 2.0 - plain.width).abs() < 1e-9);
        let moved = region(Framing {
            shift: [0.25, -0.1],
            ..framing
        });
        assert!((moved.x - plain.x - 0.25 * plain.width).abs() < 1e-4);
        assert!((moved.y - plain.y + 0.1 * plain.height).abs() < 1e-4);
        let odd = region(Framing {
            zoom: f32::NAN,
            shift: [f32::INFINITY, 9.0],
            ..framing
        });
        assert!(odd.x.is_finite() && odd.width == plain.width);
    }

    #[test]
    fn several_faces_are_all_shown() {
        let framing = Framing {
            extent: Extent::Head,
            aspect: Aspect::Wide,
            ..Framing::default()
        };
        let faces = [[100.0, 200.0, 90.0, 120.0], [700.0, 260.0, 80.0, 110.0]];
        let region = framing.region((1000, 800), &faces, (1280, 720));
        assert!(region.x < 70.0 && region.x + region.width > 810.0);
    }
}
