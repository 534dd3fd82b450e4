//! Rectangles of a picture.

/// A rectangle of pixels: the first column and row, and those after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub from: [usize; 2],
    pub to: [usize; 2],
}

impl Area {
    /// All of a picture.
    pub fn whole(size: [usize; 2]) -> Self {
        Self {
            from: [0; 2],
            to: size,
        }
    }

    /// What holds every pixel for which `is_in` says so, by its index; nothing if there is none.
    pub fn holding(size: [usize; 2], is_in: impl Fn(usize) -> bool) -> Self {
        let mut area = Self {
            from: size,
            to: [0; 2],
        };
        for row in 0..size[1] {
            let mut columns = (0..size[0]).filter(|column| is_in(row * size[0] + column));
            if let Some(first) = columns.next() {
                let mut from_the_other_end = (first..size[0]).rev();
                let last = from_the_other_end.find(|column| is_in(row * size[0] + column));
                area.from = [area.from[0].min(first), area.from[1].min(row)];
                area.to = [area.to[0].max(last.unwrap_or(first) + 1), row + 1];
            }
        }
        if area.to[1] == 0 {
            area.from = [0; 2];
        }
        area
    }

    /// The area wider by so many pixels on each side, as far as the picture goes.
    pub fn wider(self, by: usize, size: [usize; 2]) -> Self {
        Self {
            from: self.from.map(|side| side.saturating_sub(by)),
            to: [0, 1].map(|axis| (self.to[axis] + by).min(size[axis])),
        }
    }

    /// What holds both.
    pub fn with(self, other: Self) -> Self {
        Self {
            from: [0, 1].map(|axis| self.from[axis].min(other.from[axis])),
            to: [0, 1].map(|axis| self.to[axis].max(other.to[axis])),
        }
    }

    /// Width and height.
    pub fn size(self) -> [usize; 2] {
        [0, 1].map(|axis| self.to[axis].saturating_sub(self.from[axis]))
    }

    /// Its part of a picture with rows of `row_len` numbers, `channels` of them a pixel.
    pub fn cut<T: Copy>(self, picture: &[T], row_len: usize, channels: usize) -> Vec<T> {
        (self.from[1]..self.to[1])
            .flat_map(|row| {
                let line = &picture[row * row_len..][..row_len];
                &line[self.from[0] * channels..self.to[0] * channels]
            })
            .copied()
            .collect()
    }

    /// Lays a picture of this area, RGBA, into one with rows of `row_len` bytes.
    pub fn paste(self, part: &[u8], picture: &mut [u8], row_len: usize) {
        let [width, _] = self.size();
        for (line, row) in part.chunks_exact((width * 4).max(1)).zip(self.from[1]..) {
            picture[row * row_len + self.from[0] * 4..][..line.len()].copy_from_slice(line);
        }
    }
}
