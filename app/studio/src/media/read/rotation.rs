//! Telephones film sideways and say so in the track's header.

/// Quarter turns, clockwise, that make the pictures upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Turn {
    #[default]
    None,
    Right,
    Half,
    Left,
}

impl Turn {
    /// The turn of a matrix a b c d.
    pub fn of_matrix(matrix: [i32; 4]) -> Self {
        match matrix.map(i32::signum) {
            [0, 1, -1, 0] => Self::Right,
            [-1, 0, 0, -1] => Self::Half,
            [0, -1, 1, 0] => Self::Left,
            _ => Self::None,
        }
    }

    /// Width, height and pixels (RGB) after the turn; `turned` is where they are put.
    pub fn applied<'a>(
        self,
        width: usize,
        height: usize,
        rgb: &'a [u8],
        turned: &'a mut Vec<u8>,
    ) -> (usize, usize, &'a [u8]) {
        if self == Self::None {
            return (width, height, rgb);
        }
        let (new_width, new_height) = match self {
            Self::None | Self::Half => (width, height),
            Self::Right | Self::Left => (height, width),
        };
        turned.clear();
        turned.reserve(rgb.len());
        for y in 0..new_height {
            for x in 0..new_width {
                let (from_x, from_y) = match self {
                    Self::None => (x, y),
                    Self::Right => (y, height - 1 - x),
                    Self::Half => (width - 1 - x, height - 1 - y),
                    Self::Left => (width - 1 - y, x),
                };
                let at = (from_y * width + from_x) * 3;
                turned.extend_from_slice(&rgb[at..at + 3]);
            }
        }
        (new_width, new_height, turned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_turned_upright() {
        // A row of red, green; filmed so that a turn to the right puts red on top.
        let picture = [255, 0, 0, 0, 255, 0];
        let mut turned = Vec::new();
        let (width, height, rgb) = Turn::Right.applied(2, 1, &picture, &mut turned);
        assert_eq!((width, height, rgb), (1, 2, picture.as_slice()));
        let mut turned = Vec::new();
        let (width, height, rgb) = Turn::Left.applied(2, 1, &picture, &mut turned);
        assert_eq!(
            (width, height, rgb),
            (1, 2, [0, 255, 0, 255, 0, 0].as_slice())
        );
        let mut turned = Vec::new();
        let (_, _, rgb) = Turn::Half.applied(2, 1, &picture, &mut turned);
        assert_eq!(rgb, [0, 255, 0, 255, 0, 0]);
    }
}
