//! A picture of the clipboard as a file, since portraits are files.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use egui::ColorImage;
use engine::atomic_file::write_atomically;
use engine::portrait::MAX_PIXELS;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use crate::window::texts::text;

/// Writes the picture into the folder, named for what it shows: pasted again, it is the same file.
pub(super) fn keep(picture: &ColorImage, folder: &Path) -> anyhow::Result<PathBuf> {
    let [width, height] = picture.size;
    anyhow::ensure!(
        (width as u64).saturating_mul(height as u64) <= MAX_PIXELS,
        "{}",
        text!(
            "error-pasted-too-large",
            width = width,
            height = height,
            max = MAX_PIXELS / 1_000_000
        )
    );
    let rgba: Vec<u8> = picture
        .pixels
        .iter()
        .flat_map(|pixel| pixel.to_srgba_unmultiplied())
        .collect();
    let mut hasher = DefaultHasher::new();
    (picture.size, &rgba).hash(&mut hasher);
    let name = format!("{}-{:016x}.png", text!("pasted-name"), hasher.finish());
    let path = folder.join(name);
    if path.is_file() {
        return Ok(path);
    }
    let failed = || {
        text!(
            "error-pasted-not-kept",
            folder = folder.display().to_string()
        )
    };
    std::fs::create_dir_all(folder).with_context(failed)?;
    write_atomically(&path, |file| {
        PngEncoder::new_with_quality(file, CompressionType::Fast, FilterType::Adaptive)
            .write_image(&rgba, width as u32, height as u32, ExtendedColorType::Rgba8)
            .map_err(std::io::Error::other)
    })
    .with_context(failed)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_kept_once_as_it_is_and_a_huge_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("not there yet");
        let rgba = [10, 20, 30, 255, 200, 100, 0, 255];
        let picture = ColorImage::from_rgba_unmultiplied([2, 1], &rgba);
        let path = keep(&picture, &folder).unwrap();
        assert_eq!(image::open(&path).unwrap().to_rgba8().into_raw(), rgba);
        assert_eq!(keep(&picture, &folder).unwrap(), path);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        // Its pixels are not looked at.
        let huge = ColorImage {
            size: [40_000, 40_000],
            ..picture
        };
        assert!(
            keep(&huge, &folder)
                .unwrap_err()
                .to_string()
                .contains("40000 × 40000")
        );
    }
}
