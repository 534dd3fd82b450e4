//! Sizes that are a matter of speed alone: nothing that a kernel makes depends on them.

/// What a workgroup of the linear kernel makes at a time: 64 columns, a thread 4 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Threads above each other.
    pub thread_rows: usize,
    /// Quads of rows that a thread makes. More read less of the shared memory for each product and need more registers.
    pub quads: usize,
}

/// Columns of a workgroup.
pub const COLUMNS: usize = 64;

/// The largest first; each takes 12 KiB of shared memory or less.
pub const TILES: [Tile; 3] = [
    Tile {
        thread_rows: 16,
        quads: 2,
    },
    Tile {
        thread_rows: 16,
        quads: 1,
    },
    Tile {
        thread_rows: 8,
        quads: 1,
    },
];

/// A smaller tile is taken where a larger one gives fewer workgroups than this: a short input is spread over more of the adapter.
const MIN_WORKGROUPS: usize = 64;

impl Tile {
    /// Rows of a workgroup.
    pub fn rows(self) -> usize {
        4 * self.quads * self.thread_rows
    }

    /// Number in [`TILES`] of the one for this many rows and columns.
    pub fn for_size(rows: usize, columns: usize) -> usize {
        let fills =
            |tile: &Self| columns.div_ceil(COLUMNS) * rows.div_ceil(tile.rows()) >= MIN_WORKGROUPS;
        TILES.iter().position(fills).unwrap_or(TILES.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_inputs_take_small_tiles() {
        assert_eq!(Tile::for_size(1, 64), 2);
        assert_eq!(Tile::for_size(469, 768), 1);
        assert_eq!(Tile::for_size(938, 3072), 0);
        assert_eq!(TILES.map(Tile::rows), [128, 64, 32]);
    }
}
