//! The container of AVIF stills (ISO/IEC 23008-12 HEIF, AVIF 1.1): where the picture's data are, and what is to be done with it.

use super::frame::{Frame, Nclx};

/// Tiles of a grid, at most.
const MAX_TILES: usize = 1024;
/// Tables longer than this belong to no still.
const MAX_ITEMS: usize = 65_536;

/// How the colours of a still are to be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    /// An ICC profile.
    Profile(Vec<u8>),
    /// Code points.
    Nclx(Nclx),
}

/// What is done with the decoded picture, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    /// Quarter turns against the clock.
    TurnLeft(u8),
    /// Top and bottom change places.
    MirrorVertically,
    /// Left and right change places.
    MirrorHorizontally,
}

/// Takes column and row of a pixel with the frame that holds it and its place in that.
pub(super) type PutPixel<'a> = dyn FnMut(u32, u32, &Frame, (usize, usize)) + 'a;

/// One picture, whole or in tiles of the same size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// AV1 data of each tile, row by row.
    pub tiles: Vec<Vec<u8>>,
    /// Tiles in a row.
    pub columns: usize,
}

impl Item {
    /// Hands each pixel of a picture of this size to `put`, with the frame that holds it and its place in that.
    pub fn paste(
        &self,
        frames: &[Frame],
        (width_px, height_px): (u32, u32),
        put: &mut PutPixel<'_>,
    ) {
        let Some((tile_width, tile_height)) = frames.first().map(Frame::size) else {
            return;
        };
        for y in 0..height_px {
            for x in 0..width_px {
                let (column, row) = (x as usize / tile_width, y as usize / tile_height);
                let place = (x as usize % tile_width, y as usize % tile_height);
                if column < self.columns
                    && let Some(frame) = frames.get(row * self.columns + column)
                    && place.0 < frame.size().0
                    && place.1 < frame.size().1
                {
                    put(x, y, frame, place);
                }
            }
        }
    }
}

/// The main picture of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Still {
    pub item: Item,
    pub alpha: Option<Item>,
    /// Before the transforms.
    pub size_px: (u32, u32),
    pub colour: Option<Colour>,
    pub transforms: Vec<Transform>,
    /// Whether colours are multiplied by the alpha.
    pub is_premultiplied: bool,
}

impl Still {
    /// `None` if the container is broken or has no main picture.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let meta = find(bytes, b"meta")?.get(4..)?;
        let tables = Tables::parse(bytes, meta)?;
        let primary = tables.primary;
        let mut size_px = None;
        let mut colour = None;
        let mut transforms = Vec::new();
        for (kind, content) in tables.properties_of(primary) {
            match kind {
                b"ispe" => size_px = Some((u32_at(content, 4)?, u32_at(content, 8)?)),
                // Of several, the profile says more.
                b"colr" => match (colour_of(content), &colour) {
                    (Some(Colour::Nclx(_)), Some(Colour::Profile(_))) | (None, _) => {}
                    (found, _) => colour = found,
                },
                b"irot" => transforms.push(Transform::TurnLeft(content.first()? & 3)),
                b"imir" => transforms.push(match content.first()? & 1 {
                    0 => Transform::MirrorVertically,
                    _ => Transform::MirrorHorizontally,
                }),
                _ => {}
            }
        }
        let alpha = tables
            .references(b"auxl")
            .find(|&(from, to)| to == primary && tables.is_alpha(from))
            .map(|(from, _)| from);
        let is_premultiplied = alpha.is_some_and(|alpha| {
            tables
                .references(b"prem")
                .any(|(from, to)| from == primary && to == alpha)
        });
        Some(Self {
            item: tables.item(primary)?,
            alpha: match alpha {
                Some(alpha) => Some(tables.item(alpha)?),
                None => None,
            },
            size_px: size_px.filter(|&(width, height)| width > 0 && height > 0)?,
            colour,
            transforms,
            is_premultiplied,
        })
    }
}

fn colour_of(content: &[u8]) -> Option<Colour> {
    match content.get(..4)? {
        b"prof" | b"rICC" => Some(Colour::Profile(content[4..].to_vec())),
        b"nclx" => Some(Colour::Nclx(Nclx {
            primaries: u16_at(content, 4)?,
            transfer: u16_at(content, 6)?,
            matrix: u16_at(content, 8)?,
            is_full_range: content.get(10)? & 0x80 != 0,
        })),
        _ => None,
    }
}

/// Where the data of an item are.
struct Place {
    item: u32,
    /// In `meta` itself and not in the file.
    is_inside: bool,
    /// Offsets and lengths.
    parts: Vec<(usize, usize)>,
}

/// The boxes of `meta`, taken apart.
struct Tables<'a> {
    file: &'a [u8],
    /// Data that stand in `meta` itself.
    inside: &'a [u8],
    primary: u32,
    kinds: Vec<(u32, [u8; 4])>,
    places: Vec<Place>,
    properties: Vec<([u8; 4], &'a [u8])>,
    /// Which item has which of the properties, counted from 0.
    associations: Vec<(u32, usize)>,
    references: Vec<([u8; 4], u32, u32)>,
}

impl<'a> Tables<'a> {
    fn parse(file: &'a [u8], meta: &'a [u8]) -> Option<Self> {
        let pitm = find(meta, b"pitm")?;
        let primary = match pitm.first()? {
            0 => u16_at(pitm, 4)?.into(),
            _ => u32_at(pitm, 4)?,
        };
        let iprp = find(meta, b"iprp")?;
        Some(Self {
            file,
            inside: find(meta, b"idat").unwrap_or_default(),
            primary,
            kinds: kinds(find(meta, b"iinf")?)?,
            places: places(find(meta, b"iloc")?)?,
            properties: boxes(find(iprp, b"ipco")?).collect(),
            associations: associations(find(iprp, b"ipma")?)?,
            references: find(meta, b"iref").map_or(Some(Vec::new()), references)?,
        })
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = (&[u8; 4], &'a [u8])> {
        self.associations
            .iter()
            .filter(move |&&(owner, _)| owner == item)
            .filter_map(|&(_, index)| self.properties.get(index))
            .map(|(kind, content)| (kind, *content))
    }

    fn is_alpha(&self, item: u32) -> bool {
        const NAMES: [&[u8]; 2] = [
            b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
            b"urn:mpeg:hevc:2015:auxid:1",
        ];
        self.properties_of(item).any(|(kind, content)| {
            let name = content.get(4..).unwrap_or_default();
            kind == b"auxC" && NAMES.iter().any(|known| name.starts_with(known))
        })
    }

    /// From and to of the references of a kind.
    fn references(&self, wanted: &'static [u8; 4]) -> impl Iterator<Item = (u32, u32)> {
        let references = self.references.iter();
        references
            .filter(move |(kind, ..)| kind == wanted)
            .map(|&(_, from, to)| (from, to))
    }

    fn item(&self, id: u32) -> Option<Item> {
        let (_, kind) = self.kinds.iter().find(|(item, _)| *item == id)?;
        match kind {
            b"av01" => Some(Item {
                tiles: vec![self.data(id)?],
                columns: 1,
            }),
            b"grid" => {
                let grid = self.data(id)?;
                let (rows, columns) = (
                    usize::from(*grid.get(2)?) + 1,
                    usize::from(*grid.get(3)?) + 1,
                );
                let tiles: Vec<u32> = self
                    .references(b"dimg")
                    .filter(|&(from, _)| from == id)
                    .map(|(_, to)| to)
                    .collect();
                if tiles.len() != rows * columns || tiles.len() > MAX_TILES {
                    return None;
                }
                let tiles: Option<Vec<_>> = tiles.into_iter().map(|tile| self.data(tile)).collect();
                Some(Item {
                    tiles: tiles?,
                    columns,
                })
            }
            _ => None,
        }
    }

    fn data(&self, id: u32) -> Option<Vec<u8>> {
        let place = self.places.iter().find(|place| place.item == id)?;
        let source = if place.is_inside {
            self.inside
        } else {
            self.file
        };
        let mut data = Vec::new();
        for &(offset, length) in &place.parts {
            // A length of 0 means all that is left.
            let part = match length {
                0 => source.get(offset..)?,
                length => source.get(offset..offset.checked_add(length)?)?,
            };
            if data.len() + part.len() > self.file.len() {
                return None;
            }
            data.extend_from_slice(part);
        }
        Some(data)
    }
}

/// Item types (`iinf`).
fn kinds(content: &[u8]) -> Option<Vec<(u32, [u8; 4])>> {
    let entries = match content.first()? {
        0 => content.get(6..)?,
        _ => content.get(8..)?,
    };
    let of = |entry: &[u8]| {
        let (id, kind_at) = match entry.first()? {
            2 => (u16_at(entry, 4)?.into(), 8),
            3 => (u32_at(entry, 4)?, 10),
            _ => return None,
        };
        Some((id, entry.get(kind_at..kind_at + 4)?.try_into().ok()?))
    };
    let entries = boxes(entries).filter(|(kind, _)| kind == b"infe");
    Some(entries.filter_map(|(_, entry)| of(entry)).collect())
}

/// Where items lie (`iloc`).
fn places(content: &[u8]) -> Option<Vec<Place>> {
    let mut reader = Reader(content);
    let version = reader.number(1)?;
    reader.number(3)?;
    let sizes = reader.number(2)? as usize;
    let (offset_bytes, length_bytes) = (sizes >> 12, (sizes >> 8) & 15);
    let (base_bytes, index_bytes) = ((sizes >> 4) & 15, if version > 0 { sizes & 15 } else { 0 });
    let id_bytes = if version < 2 { 2 } else { 4 };
    let count = reader.number(id_bytes)? as usize;
    let mut places = Vec::new();
    for _ in 0..count.min(MAX_ITEMS) {
        let id = reader.number(id_bytes)? as u32;
        let method = if version > 0 {
            reader.number(2)? & 15
        } else {
            0
        };
        reader.number(2)?;
        let base = reader.number(base_bytes)?;
        let mut parts = Vec::new();
        for _ in 0..reader.number(2)? {
            reader.number(index_bytes)?;
            let offset = base.checked_add(reader.number(offset_bytes)?)?;
            let length = reader.number(length_bytes)?;
            parts.push((usize::try_from(offset).ok()?, usize::try_from(length).ok()?));
        }
        places.push(Place {
            item: id,
            is_inside: method == 1,
            parts,
        });
    }
    Some(places)
}

/// Who has which property (`ipma`).
fn associations(content: &[u8]) -> Option<Vec<(u32, usize)>> {
    let mut reader = Reader(content);
    let version = reader.number(1)?;
    let is_wide = reader.number(3)? & 1 != 0;
    let mut associations = Vec::new();
    for _ in 0..reader.number(4)?.min(MAX_ITEMS as u64) {
        let id = reader.number(if version < 1 { 2 } else { 4 })? as u32;
        for _ in 0..reader.number(1)? {
            // The highest bit says that the property matters.
            let index = match is_wide {
                true => reader.number(2)? & 0x7fff,
                false => reader.number(1)? & 0x7f,
            };
            // 0 is none.
            if let Some(index) = index.checked_sub(1) {
                associations.push((id, index as usize));
            }
        }
    }
    Some(associations)
}

/// Kind, from and to (`iref`).
fn references(content: &[u8]) -> Option<Vec<([u8; 4], u32, u32)>> {
    let id_bytes = if *content.first()? == 0 { 2 } else { 4 };
    let mut references = Vec::new();
    for (kind, content) in boxes(content.get(4..)?) {
        let mut reader = Reader(content);
        let from = reader.number(id_bytes)? as u32;
        for _ in 0..reader.number(2)? {
            references.push((kind, from, reader.number(id_bytes)? as u32));
        }
    }
    Some(references)
}

/// Takes numbers from the front, the big end first.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Of 0 to 8 bytes.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        let (front, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(
            front
                .iter()
                .fold(0, |number, &byte| number << 8 | u64::from(byte)),
        )
    }
}

/// The boxes in a box, as far as they are whole.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
        let (front, length) = match u32_at(bytes, 0)? {
            0 => (8, bytes.len()),
            1 => {
                let long = Reader(bytes.get(8..)?).number(8)?;
                (16, usize::try_from(long).ok()?)
            }
            length => (8, length as usize),
        };
        let (whole, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        Some((kind, whole.get(front..)?))
    })
}

fn find<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(kind, _)| kind == wanted)
        .map(|(_, content)| content)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
