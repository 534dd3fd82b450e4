//! Which part of a list a machine makes.

use crate::cli::texts::text;

/// One of several parts of a list. Every item is in exactly one, whatever was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Counted from 0 on.
    index: usize,
    count: usize,
}

impl Shard {
    /// The whole list.
    pub const ALL: Self = Self { index: 0, count: 1 };

    /// Whether the item at this place of the list, counted from 0 on, is in it.
    pub fn has(self, place: usize) -> bool {
        place % self.count == self.index
    }
}

/// Reads `I/N`: the part with this number, from 1 on, of so many.
///
/// # Errors
/// A line for the user if it is none.
pub fn shard(argument: &str) -> Result<Shard, String> {
    let parts = argument.split_once('/').and_then(|(number, count)| {
        Some((
            number.trim().parse::<usize>().ok()?,
            count.trim().parse::<usize>().ok()?,
        ))
    });
    match parts {
        Some((number, count)) if (1..=count).contains(&number) => Ok(Shard {
            index: number - 1,
            count,
        }),
        _ => Err(text!("shard-unusable").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_in_one_part() {
        for count in 1..6 {
            let parts: Vec<Shard> = (1..=count)
                .map(|number| shard(&format!("{number}/{count}")).unwrap())
                .collect();
            for place in 0..20 {
                let having = parts.iter().filter(|part| part.has(place)).count();
                assert_eq!(having, 1, "{place} of {count}");
            }
        }
        assert_eq!(shard(" 1/1"), Ok(Shard::ALL));
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for wrong in ["", "1", "0/2", "3/2", "1/0", "0/0", "-1/2", "a/b", "1/2/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
