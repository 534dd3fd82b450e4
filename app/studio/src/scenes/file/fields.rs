//! The fields of one table of a film's file: read with their kinds and ranges, and named with their line where something is wrong.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::scenes::error::{Place, SceneError, missing};
use crate::texts::text;

/// The file that tables stand in.
pub(super) struct Source<'a> {
    /// Where files that it names are looked for.
    pub folder: &'a Path,
    /// Offsets of its line ends, rising.
    line_ends: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Of this text, which lies in a folder.
    pub fn new(text: &str, folder: &'a Path) -> Self {
        Self {
            folder,
            line_ends: text.match_indices('\n').map(|(at, _)| at).collect(),
        }
    }

    /// The line that a byte stands in, from 1 on.
    pub fn line(&self, offset: usize) -> usize {
        self.line_ends.partition_point(|&end| end < offset) + 1
    }
}

/// A table, and the one that speaks where it is silent.
pub(super) struct Fields<'a> {
    pub place: Place,
    pub table: &'a DeTable<'a>,
    /// Line that the table begins with.
    pub line: usize,
    /// The film's, for a scene.
    pub otherwise: Option<&'a Self>,
    pub source: &'a Source<'a>,
}

/// A value with its table.
type Found<'a> = (&'a Fields<'a>, &'a Spanned<DeValue<'a>>);
type Result<T> = std::result::Result<T, SceneError>;

impl<'a> Fields<'a> {
    /// Refuses fields that nobody knows.
    pub fn check_known(&self, known: &[&[&str]]) -> Result<()> {
        let unknown = self.table.keys().find(|key| {
            let name = key.get_ref().as_ref();
            !known.iter().any(|names| names.contains(&name))
        });
        let Some(key) = unknown else { return Ok(()) };
        let names: Vec<&str> = known.iter().flat_map(|names| *names).copied().collect();
        Err(SceneError {
            place: Some(self.place),
            field: Some(key.get_ref().to_string()),
            line: Some(self.source.line(key.span().start)),
            reason: text!("scenes-unknown-field", fields = names.join(", ")),
        })
    }

    /// Whether the table itself has a field.
    pub fn has_own(&self, field: &str) -> bool {
        self.table.contains_key(field)
    }

    /// Something is wrong with a field.
    pub fn wrong(&self, field: &str, reason: impl Into<String>) -> SceneError {
        let at = self.own(field).map(|value| value.span().start);
        SceneError {
            line: Some(at.map_or(self.line, |at| self.source.line(at))),
            ..SceneError::new(self.place, field, reason)
        }
    }

    /// Something is wrong with the table as a whole.
    pub fn wrong_whole(&self, reason: impl Into<String>) -> SceneError {
        SceneError {
            place: Some(self.place),
            field: None,
            line: Some(self.line),
            reason: reason.into(),
        }
    }

    fn own(&self, field: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(field)
    }

    fn found(&'a self, field: &str) -> Option<Found<'a>> {
        match (self.own(field), self.otherwise) {
            (Some(value), _) => Some((self, value)),
            (None, Some(otherwise)) => otherwise.found(field),
            (None, None) => None,
        }
    }

    /// A value of a kind that `read` takes, else what must stand there.
    fn read<T>(
        &'a self,
        field: &str,
        read: impl FnOnce(&DeValue<'a>) -> Option<T>,
        must_be: impl FnOnce() -> String,
    ) -> Result<Option<T>> {
        let Some((table, value)) = self.found(field) else {
            return Ok(None);
        };
        match read(value.get_ref()) {
            Some(value) => Ok(Some(value)),
            None => Err(table.wrong(field, must_be())),
        }
    }

    /// A text.
    pub fn text(&'a self, field: &str) -> Result<Option<String>> {
        let text = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
        self.read(field, text, || text!("scenes-text").to_owned())
    }

    /// `true` or `false`.
    pub fn flag(&'a self, field: &str) -> Result<Option<bool>> {
        self.read(field, DeValue::as_bool, || text!("scenes-flag").to_owned())
    }

    /// A whole number from `min` on.
    pub fn whole(
        &'a self,
        field: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>> {
        let whole = |value: &DeValue<'_>| {
            let number = value.as_integer()?;
            let value = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
            range.contains(&value).then_some(value)
        };
        self.read(field, whole, || match *range.end() {
            u64::MAX => text!("scenes-whole-from", min = *range.start()),
            end => text!("scenes-whole", min = *range.start(), max = end),
        })
    }

    /// A number within a range.
    pub fn number(
        &'a self,
        field: &str,
        range: std::ops::RangeInclusive<f32>,
    ) -> Result<Option<f32>> {
        self.read(
            field,
            |value| number_of(value, &range),
            || {
                text!(
                    "scenes-number",
                    min = range.start().to_string(),
                    max = range.end().to_string()
                )
            },
        )
    }

    /// So many numbers, each within a range.
    pub fn numbers<const COUNT: usize>(
        &'a self,
        field: &str,
        range: std::ops::RangeInclusive<f32>,
    ) -> Result<Option<[f32; COUNT]>> {
        let numbers = |value: &DeValue<'_>| {
            let array = value.as_array()?;
            let values: Option<Vec<f32>> = array
                .iter()
                .map(|value| number_of(value.get_ref(), &range))
                .collect();
            values?.try_into().ok()
        };
        self.read(field, numbers, || {
            text!(
                "scenes-numbers",
                count = COUNT,
                min = range.start().to_string(),
                max = range.end().to_string()
            )
        })
    }

    /// One of several names.
    pub fn one_of<T: Copy>(&'a self, field: &str, names: &[(&str, T)]) -> Result<Option<T>> {
        let named = |value: &DeValue<'_>| {
            let name = value.as_str()?;
            let found = names.iter().find(|(known, _)| *known == name.trim());
            found.map(|(_, value)| *value)
        };
        self.read(field, named, || {
            let names: Vec<String> = names.iter().map(|(name, _)| format!("{name:?}")).collect();
            text!("scenes-one-of", names = names.join(", "))
        })
    }

    /// A file that is there.
    pub fn file(&'a self, field: &str) -> Result<Option<PathBuf>> {
        let Some(path) = self.path(field)? else {
            return Ok(None);
        };
        match self.found(field) {
            Some((table, _)) => table.checked_file(field, path).map(Some),
            None => Ok(None),
        }
    }

    /// `path`, which a field names, if a file is there.
    pub fn checked_file(&self, field: &str, path: PathBuf) -> Result<PathBuf> {
        match missing(&path) {
            Some(reason) => Err(self.wrong(field, reason)),
            None => Ok(path),
        }
    }

    /// The name of a file, which is looked for beside the film's.
    pub fn path(&'a self, field: &str) -> Result<Option<PathBuf>> {
        let path = |value: &DeValue<'_>| {
            let path = value.as_str().filter(|path| !path.trim().is_empty())?;
            Some(self.source.folder.join(path))
        };
        self.read(field, path, || text!("scenes-file-name").to_owned())
    }
}

fn number_of(value: &DeValue<'_>, range: &std::ops::RangeInclusive<f32>) -> Option<f32> {
    let number: f32 = match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok()?,
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    range.contains(&number).then_some(number)
}
