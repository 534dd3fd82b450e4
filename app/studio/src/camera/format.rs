//! Which of the formats and sizes that a camera offers is taken.

/// How a camera sends its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PixelFormat {
    /// Two pixels in four bytes: Y U Y V.
    Yuyv,
    /// The same as U Y V Y.
    Uyvy,
    /// A plane of Y, and one of U and V by turns at half the size.
    Nv12,
    /// A plane of each, U and V at half the size.
    I420,
    /// Three bytes a pixel: red, green, blue.
    Rgb,
    /// The same the other way round.
    Bgr,
    /// Pictures that are JPEGs.
    Jpeg,
}

/// The formats by the codes of V4L2 (`videodev2.h`), those that cost least first.
const CODES: [([u8; 4], PixelFormat); 8] = [
    (*b"RGB3", PixelFormat::Rgb),
    (*b"BGR3", PixelFormat::Bgr),
    (*b"YUYV", PixelFormat::Yuyv),
    (*b"UYVY", PixelFormat::Uyvy),
    (*b"NV12", PixelFormat::Nv12),
    (*b"YU12", PixelFormat::I420),
    (*b"MJPG", PixelFormat::Jpeg),
    (*b"JPEG", PixelFormat::Jpeg),
];
/// A face is large enough in so many pixels, and every camera knows them.
const WANTED_PX: [u32; 2] = [640, 480];
/// Sizes beyond these are no cameras'.
const MAX_SIDE_PX: u32 = 8192;

impl PixelFormat {
    pub fn of_code(code: [u8; 4]) -> Option<Self> {
        let known = CODES.iter().find(|(known, _)| *known == code)?;
        Some(known.1)
    }
}

/// Sizes that are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sizes {
    /// One, as width and height.
    One([u32; 2]),
    /// All from the least to the largest by these steps.
    Range {
        least: [u32; 2],
        largest: [u32; 2],
        step: [u32; 2],
    },
}

impl Sizes {
    /// The one nearest to what is wanted.
    fn nearest(self) -> [u32; 2] {
        match self {
            Self::One(size) => size,
            Self::Range {
                least,
                largest,
                step,
            } => [0, 1].map(|side| {
                let largest = largest[side].max(least[side]);
                let wanted = WANTED_PX[side].clamp(least[side], largest);
                wanted - (wanted - least[side]) % step[side].max(1)
            }),
        }
    }
}

/// A format and a size to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub code: [u8; 4],
    pub size_px: [u32; 2],
}

/// What of these codes and sizes is nearest to what is wanted, the cheaper format where several are; none if no format is known.
pub(super) fn choose(offered: &[([u8; 4], Sizes)]) -> Option<Choice> {
    let distance = |[width, height]: [u32; 2]| {
        let wanted = f64::from(WANTED_PX[0] * WANTED_PX[1]);
        let share = f64::from(width) * f64::from(height) / wanted;
        (share.log2().abs() * 100.0) as u32
    };
    let is_sound = |[width, height]: [u32; 2]| {
        (2..=MAX_SIDE_PX).contains(&width) && (2..=MAX_SIDE_PX).contains(&height)
    };
    offered
        .iter()
        .filter_map(|&(code, sizes)| {
            let rank = CODES.iter().position(|(known, _)| *known == code)?;
            let size_px = sizes.nearest();
            is_sound(size_px).then_some((distance(size_px), rank, Choice { code, size_px }))
        })
        .min_by_key(|&(distance, rank, _)| (distance, rank))
        .map(|(_, _, choice)| choice)
}
