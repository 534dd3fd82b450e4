//! Files whose headers claim more than memory holds: each is refused in words, before anything of that size is reserved. The limits are
//! listed in `SECURITY.md`.

use std::path::Path;

/// The most memory that this process had, MB; none but on Linux.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// Runs `refused`, which must say why, and must not take memory for what a header claims.
#[track_caller]
fn costs_nothing<T>(what: &str, refused: impl FnOnce() -> Result<T, String>) {
    const MAX_MB: f64 = 100.0;
    let before = peak_mb();
    let Err(said) = refused() else {
        panic!("{what} was read");
    };
    assert!(!said.contains("report"), "{what}: {said}");
    if let (Some(before), Some(after)) = (before, peak_mb()) {
        assert!(
            after - before < MAX_MB,
            "{what}: {before:.0} to {after:.0} MB"
        );
    }
}

fn words<const N: usize>(words: [u32; N]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A PNG of this size with nothing in it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], contents: &[u8]| {
        let sum = kind.iter().chain(contents).fold(u32::MAX, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte), |sum, _| {
                (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 }
            })
        });
        [
            &(contents.len() as u32).to_be_bytes(),
            kind.as_slice(),
            contents,
            &(!sum).to_be_bytes(),
        ]
        .concat()
    };
    let head = [
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        &[8_u8, 6, 0, 0][..],
        &[0],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn pictures_of_gigabytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portrait");
    let bmp = [
        b"BM".to_vec(),
        words([
            54,
            0,
            54,
            40,
            100_000,
            100_000,
            0x0018_0001,
            0,
            0,
            0,
            0,
            0,
            0,
        ]),
    ]
    .concat();
    let gif = [
        b"GIF89a\xff\xff\xff\xff\0\0\0".as_slice(),
        b",\0\0\0\0\xff\xff\xff\xff\0\x08\x02\x4c\x01\0;",
    ]
    .concat();
    // Width and height of 100,000, one strip.
    let entry = |tag: u16, value: u32| {
        let field = [tag.to_le_bytes(), 4_u16.to_le_bytes()].concat();
        [field, words([1, value])].concat()
    };
    let tiff = [
        b"II*\0\x08\0\0\0\x06\0".to_vec(),
        entry(256, 100_000),
        entry(257, 100_000),
        entry(262, 1),
        entry(273, 8),
        entry(278, 100_000),
        entry(279, 1000),
        words([0]),
    ]
    .concat();
    let webp = [
        b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0".as_slice(),
        b"\xff\x3f\0\xff\x3f\0\0\0",
    ]
    .concat();
    for (what, bytes) in [
        ("PNG", png(100_000, 100_000)),
        ("PNG of one row", png(u32::MAX >> 1, 1)),
        ("BMP", bmp),
        ("GIF", gif),
        ("TIFF", tiff),
        ("WebP", webp),
    ] {
        std::fs::write(&path, bytes).unwrap();
        costs_nothing(what, || {
            engine::portrait::load_picture(&path).map_err(|error| error.to_string())
        });
    }
}

#[test]
fn tensors_of_terabytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("motion.safetensors");
    for shape in ["1099511627776,63", "18446744073709551615,2"] {
        let header = format!(
            r#"{{"expression":{{"dtype":"F32","shape":[{shape}],"data_offsets":[0,277076930199552]}}}}"#
        );
        let length = (header.len() as u64).to_le_bytes();
        std::fs::write(&path, [&length, header.as_bytes()].concat()).unwrap();
        let refused_by = |read: &dyn Fn(&Path) -> Result<(), String>| {
            costs_nothing(shape, || read(&path));
        };
        refused_by(&|path| {
            let read = engine::motion::motion_file::read(path);
            read.map(drop).map_err(|error| error.to_string())
        });
        refused_by(&|path| {
            let opened = engine::weights::TensorFile::open(path);
            opened.map(drop).map_err(|error| error.to_string())
        });
        refused_by(&|path| {
            let rig = engine::portrait::load_rig(path);
            rig.map(drop).map_err(|error| error.to_string())
        });
    }
}

#[test]
fn sounds_and_films_that_claim_what_they_lack_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let boxed = |kind: &[u8; 4], contents: &[u8]| {
        [
            &(contents.len() as u32 + 8).to_be_bytes(),
            kind.as_slice(),
            contents,
        ]
        .concat()
    };
    let table = |kind: &[u8; 4], fields: &[u32]| {
        let fields: Vec<u8> = fields
            .iter()
            .flat_map(|field| field.to_be_bytes())
            .collect();
        let table = boxed(b"minf", &boxed(b"stbl", &boxed(kind, &fields)));
        let moov = boxed(b"moov", &boxed(b"trak", &boxed(b"mdia", &table)));
        [boxed(b"ftyp", b"isom\0\0\x02\0"), moov].concat()
    };
    let flac = b"fLaC\x80\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x42\xff\xff\xff\xff\xff";
    for (what, bytes) in [
        ("sizes of samples", table(b"stsz", &[0, 0, u32::MAX])),
        ("one size of samples", table(b"stsz", &[0, 9, u32::MAX])),
        ("times", table(b"stts", &[0, 0x1fff_ffff])),
        ("chunks", table(b"co64", &[0, 0x1fff_ffff])),
        ("FLAC", flac.to_vec()),
        ("AIFF", b"FORM\0\0\0\x2eAIFFCOMM\0\0\0\x12\xff\xff\xff\xff\xff\xff\0\x20\x40\x0e\xbb\x80\0\0\0\0\0\0".to_vec()),
        ("CAF", b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20\x40\xe7\x70\0\0\0\0\0aac \0\0\0\0\0\0\0\0\0\0\x04\0\0\0\0\x02\0\0\0\0pakt\0\0\0\0\0\0\0\x18\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
    ] {
        std::fs::write(&path, bytes).unwrap();
        costs_nothing(what, || {
            engine::audio::decode_file(&path).map_err(|error| error.to_string())
        });
        costs_nothing(what, || {
            let read = studio::media::read::read_frames(&path, &|| false, &mut |_, _| Ok(()));
            read.map_err(|error| error.to_string())
        });
    }
}

#[test]
fn every_place_that_security_md_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let limits = text.split("## Limits").nth(1).unwrap();
    let mut named = 0;
    for row in limits.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let place = row.split('|').nth(3).unwrap();
        let first = place.split('`').nth(1).unwrap();
        assert!(root.join(first).exists(), "{first}");
        named += 1;
    }
    assert!(named > 15, "{named}");
}
