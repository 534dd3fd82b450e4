//! Positions of the tokens of a prompt on three axes: time, row, column.
//!
//! A word has the same position on all of them, one after the greatest so far. A picture is a grid of its own: it begins at the next
//! position on every axis, and rows and columns count up from there. Time between pictures is told in words.

/// A stretch of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// So many tokens of text.
    Text(usize),
    /// A picture of rows and columns of tokens.
    Picture {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
}

/// Positions of a prompt: one list for each axis, and the position of the first token behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    /// Time, row, column.
    pub axes: [Vec<u32>; 3],
    /// Of the next token of text, on every axis.
    pub next: u32,
}

impl Positions {
    /// Positions of stretches in order, from 0 on.
    pub fn of(stretches: &[Stretch]) -> Self {
        let mut positions = Self::default();
        for stretch in stretches {
            positions.add(*stretch);
        }
        positions
    }

    /// Adds what comes next.
    pub fn add(&mut self, stretch: Stretch) {
        let start = self.next;
        match stretch {
            Stretch::Text(count) => {
                let end = start + count as u32;
                for axis in &mut self.axes {
                    axis.extend(start..end);
                }
                self.next = end;
            }
            Stretch::Picture { rows, columns } => {
                for row in 0..rows as u32 {
                    for column in 0..columns as u32 {
                        let [time, rows, columns] = &mut self.axes;
                        time.push(start);
                        rows.push(start + row);
                        columns.push(start + column);
                    }
                }
                self.next = start + rows.max(columns) as u32;
            }
        }
    }

    /// Those of some of the tokens.
    pub fn part(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            axes: self
                .axes
                .each_ref()
                .map(|axis| axis[range.clone()].to_vec()),
            next: self.next,
        }
    }

    /// Tokens so far.
    pub fn len(&self) -> usize {
        self.axes[0].len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_on_and_pictures_are_grids() {
        let positions = Positions::of(&[
            Stretch::Text(2),
            Stretch::Picture {
                rows: 2,
                columns: 3,
            },
            Stretch::Text(1),
        ]);
        assert_eq!(positions.axes[0], [0, 1, 2, 2, 2, 2, 2, 2, 5]);
        assert_eq!(positions.axes[1], [0, 1, 2, 2, 2, 3, 3, 3, 5]);
        assert_eq!(positions.axes[2], [0, 1, 2, 3, 4, 2, 3, 4, 5]);
        assert_eq!(positions.next, 6);
    }
}
