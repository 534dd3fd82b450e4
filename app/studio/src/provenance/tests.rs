use std::fs::OpenOptions;
use std::path::PathBuf;

use super::*;

const COMMENT: &str = "AI-generated speech, made with JAM-Flow, used with permission";

/// A film, a sound and a picture without claims, and their kinds.
fn files(folder: &Path) -> Vec<(PathBuf, Container)> {
    let path = |name: &str| folder.join(name);
    let boxed = |kind: &[u8; 4], contents: &[u8]| {
        let length = contents.len() as u32 + 8;
        [&length.to_be_bytes(), kind.as_slice(), contents].concat()
    };
    let film = [
        boxed(b"ftyp", b"isom\0\0\x02\0"),
        boxed(b"moov", COMMENT.as_bytes()),
        boxed(b"mdat", &[7; 5000]),
    ];
    std::fs::write(path("a.mp4"), film.concat()).unwrap();
    let samples: Vec<f32> = (0..4801).map(|i| (i as f32 * 0.1).sin()).collect();
    engine::audio::write_wav(&path("a.wav"), &samples).unwrap();
    image::RgbaImage::from_pixel(20, 20, image::Rgba([1, 2, 3, 255]))
        .save(path("a.png"))
        .unwrap();
    vec![
        (path("a.mp4"), Container::Mp4),
        (path("a.wav"), Container::Wav),
        (path("a.png"), Container::Png),
    ]
}

#[test]
fn a_claim_is_found_and_holds_until_a_byte_changes() {
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::load_or_create(folder.path()).unwrap();
    for (path, container) in files(folder.path()) {
        let plain = std::fs::read(&path).unwrap();
        let open = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(&path)
                .unwrap()
        };
        container.attach(&mut open(), COMMENT, &signer).unwrap();
        let report = verify(&path, Some(&signer)).unwrap();
        assert_eq!(report.state, State::Intact, "{container:?}");
        assert_eq!(report.comment.as_deref(), Some(COMMENT));
        assert_eq!(
            report.digital_source_type.as_deref(),
            Some(TRAINED_ALGORITHMIC_MEDIA)
        );
        assert!(report.is_own_key);
        // The same again is the same file.
        let sealed = std::fs::read(&path).unwrap();
        std::fs::write(&path, &plain).unwrap();
        container.attach(&mut open(), COMMENT, &signer).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), sealed);
        // It can be read as before.
        match container {
            Container::Mp4 => assert!(sealed.starts_with(&plain)),
            Container::Wav => {
                let samples = engine::audio::decode_file(&path).unwrap();
                assert_eq!(samples.len(), 4801);
            }
            Container::Png => assert_eq!(image::open(&path).unwrap().width(), 20),
        }
        // Whatever is changed, it is no longer intact.
        for at in (0..sealed.len()).step_by(sealed.len() / 97 + 1) {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            let report = verify(&path, Some(&signer)).unwrap();
            assert_ne!(report.state, State::Intact, "{container:?}, byte {at}");
        }
        for changed in [
            &sealed[..sealed.len() - 1],
            &[&sealed[..], b"\0"].concat(),
            &[&sealed[..], &sealed[sealed.len() - 40..]].concat(),
        ] {
            std::fs::write(&path, changed).unwrap();
            assert_ne!(verify(&path, None).unwrap().state, State::Intact);
        }
    }
}

#[test]
fn files_without_a_claim_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let states: Vec<State> = files(folder.path())
        .iter()
        .map(|(path, _)| verify(path, None).unwrap().state)
        .collect();
    assert_eq!(states, [State::Unsigned, State::Unsigned, State::Unmarked]);
    assert!(verify(folder.path(), None).is_err());
    assert!(verify(&folder.path().join("none"), None).is_err());
}

#[test]
fn a_key_is_made_once_and_another_one_is_told() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let own = Signer::load_or_create(here.path()).unwrap();
    let again = Signer::load_or_create(here.path()).unwrap();
    assert_eq!(own.public_key(), again.public_key());
    let other = Signer::load_or_create(there.path()).unwrap();
    let (path, container) = files(here.path()).remove(1);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    container.attach(&mut file, COMMENT, &other).unwrap();
    let report = verify(&path, Some(&own)).unwrap();
    assert_eq!((report.state, report.is_own_key), (State::Intact, false));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(here.path().join("provenance.key")).unwrap();
        assert_eq!(key.permissions().mode() & 0o77, 0);
    }
    // What is no key is replaced.
    std::fs::write(here.path().join("provenance.key"), "broken").unwrap();
    assert_ne!(
        Signer::load_or_create(here.path()).unwrap().public_key(),
        own.public_key()
    );
}
