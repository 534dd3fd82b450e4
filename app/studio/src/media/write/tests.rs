//! Films are read back with `re_mp4`, openh264, libopus and symphonia: none of the code that wrote them.

use std::io::Read as _;

use openh264::decoder::Decoder;
use openh264::formats::YUVSource as _;

use super::picture_thread::PICTURES_BEHIND;
use super::*;

const SIDE_PX: u32 = 64;
const RATE_HZ: usize = 24_000;

/// Grey pictures; white ones flash.
fn picture(is_white: bool) -> Vec<u8> {
    let value = if is_white { 255 } else { 20 };
    [value, value, value, 255].repeat((SIDE_PX * SIDE_PX) as usize)
}

/// Flashes with frame `flash`, clicks at the same instant.
fn film(path: &Path, codec: SoundCodec, secs: usize, flash: usize) {
    let mut writer =
        Mp4Writer::create_with(path, (SIDE_PX, SIDE_PX), FrameRate::Fps25, codec).unwrap();
    let mut sound = vec![0.0; secs * RATE_HZ];
    let at = flash * RATE_HZ / 25;
    for (i, sample) in sound[at..at + 240].iter_mut().enumerate() {
        *sample = 0.9 * (i as f32 * 0.8).sin() * (1.0 - i as f32 / 240.0);
    }
    // Sound ahead of the pictures by a piece, as the synthesizer delivers it.
    for (piece, sound) in sound.chunks(RATE_HZ).enumerate() {
        writer.write_sound(sound).unwrap();
        for i in 0..25 {
            writer
                .write_frame(&picture(piece * 25 + i == flash))
                .unwrap();
        }
    }
    writer.finish().unwrap();
}

/// All frames' mean brightness, with the time of each, and the decoded sound at 48 kHz.
fn read_back(path: &Path) -> (Vec<(f64, f64)>, Vec<f32>) {
    let bytes = std::fs::read(path).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let mut frames = Vec::new();
    let mut sound = Vec::new();
    for track in mp4.tracks().values() {
        match track.kind {
            Some(re_mp4::TrackKind::Video) => {
                let entry = track.trak(&mp4).mdia.minf.stbl.stsd.contents.clone();
                let re_mp4::StsdBoxContent::Avc1(avc1) = entry else {
                    panic!("the picture is not H.264");
                };
                let mut decoder = Decoder::new().unwrap();
                let mut stream = Vec::new();
                for unit in avc1
                    .avcc
                    .sequence_parameter_sets
                    .iter()
                    .chain(&avc1.avcc.picture_parameter_sets)
                {
                    stream.extend([0, 0, 0, 1]);
                    stream.extend(&unit.bytes);
                }
                for sample in &track.samples {
                    let data = &bytes[sample.offset as usize..][..sample.size as usize];
                    let mut rest = data;
                    while !rest.is_empty() {
                        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
                        stream.extend([0, 0, 0, 1]);
                        stream.extend(&rest[4..4 + length]);
                        rest = &rest[4 + length..];
                    }
                    let decoded = decoder.decode(&stream).unwrap().unwrap();
                    let y = decoded.y();
                    let mean = y.iter().map(|&y| f64::from(y)).sum::<f64>() / y.len() as f64;
                    let secs = sample.composition_timestamp as f64 / track.timescale as f64;
                    frames.push((secs, mean));
                    stream.clear();
                }
            }
            Some(re_mp4::TrackKind::Audio) if is_aac(track.trak(&mp4)) => {
                sound = decoded_aac(path);
            }
            _ => {
                let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
                for sample in &track.samples {
                    let data = &bytes[sample.offset as usize..][..sample.size as usize];
                    let mut out = [0.0; 960];
                    let count = decoder.decode_float(data, &mut out, false).unwrap();
                    sound.extend_from_slice(&out[..count]);
                }
            }
        }
    }
    (frames, sound)
}

fn is_aac(trak: &re_mp4::TrakBox) -> bool {
    matches!(
        trak.mdia.minf.stbl.stsd.contents,
        re_mp4::StsdBoxContent::Mp4a(_)
    )
}

/// All the packets through symphonia, which knows no edit lists.
fn decoded_aac(path: &Path) -> Vec<f32> {
    use symphonia::core::formats::TrackType;

    let file = symphonia::core::io::MediaSourceStream::new(
        Box::new(File::open(path).unwrap()),
        Default::default(),
    );
    let mut format = symphonia::default::get_probe()
        .probe(
            &Default::default(),
            file,
            Default::default(),
            Default::default(),
        )
        .unwrap();
    let track = format.first_track(TrackType::Audio).unwrap();
    let id = track.id;
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &Default::default())
        .unwrap();
    let (mut sound, mut piece) = (Vec::new(), Vec::new());
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id == id {
            let decoded = decoder.decode(&packet).unwrap();
            assert_eq!(
                (decoded.spec().rate(), decoded.spec().channels().count()),
                (48_000, 1)
            );
            decoded.copy_to_vec_interleaved(&mut piece);
            sound.extend_from_slice(&piece);
        }
    }
    sound
}

/// What the file tells players to skip of its sound, ticks.
fn pre_skip(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let track = mp4.tracks().values().last().unwrap();
    let edits = track
        .trak(&mp4)
        .edts
        .as_ref()
        .unwrap()
        .elst
        .as_ref()
        .unwrap();
    assert_eq!(edits.entries.len(), 1);
    edits.entries[0].media_time as usize
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn flash_and_click_come_together() {
    for codec in [SoundCodec::Aac, SoundCodec::Opus] {
        check_flash_and_click(codec);
    }
}

fn check_flash_and_click(codec: SoundCodec) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    film(&path, codec, 4, 60);
    let (frames, sound) = read_back(&path);
    assert_eq!(frames.len(), 100);
    let flash = frames.iter().find(|frame| frame.1 > 150.0).unwrap().0;
    assert!((flash - 2.4).abs() < 1e-6, "{flash}");
    let heard = &sound[pre_skip(&path)..];
    let click = heard.iter().position(|x| x.abs() > 0.2).unwrap() as f64 / 48_000.0;
    assert!(
        (click - flash).abs() < 0.003,
        "flash at {flash}, click at {click}"
    );
    assert!(heard.len() >= 4 * 48_000, "the end of the sound is there");
    assert_eq!(names(folder.path()), ["film.mp4"]);
    let comment = std::fs::read(&path).unwrap();
    assert!(comment.windows(12).any(|w| w == b"AI-generated"));
}

#[test]
fn a_film_that_is_not_finished_can_be_played_and_then_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer = Mp4Writer::create(&path, SIDE_PX, SIDE_PX).unwrap();
    for _ in 0..60 {
        writer.write_sound(&[0.1; RATE_HZ / 25]).unwrap();
        writer.write_frame(&picture(false)).unwrap();
    }
    assert!(!path.exists(), "the name is taken only by a complete film");
    // What a crash would leave: all full fragments.
    let mut left = Vec::new();
    File::open(writer.guard.temporary_path())
        .unwrap()
        .read_to_end(&mut left)
        .unwrap();
    let rescued = folder.path().join("rescued.mp4");
    std::fs::write(&rescued, left).unwrap();
    let (frames, sound) = read_back(&rescued);
    assert_eq!(frames.len(), 50);
    assert!(sound.len() > 90_000, "{}", sound.len());
    std::fs::remove_file(rescued).unwrap();
    drop(writer);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn sides_are_made_even_and_unfit_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer = Mp4Writer::create(&path, 35, 51).unwrap();
    writer.write_frame(&[90; 35 * 51 * 4]).unwrap();
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let sizes: Vec<_> = mp4.tracks().values().map(|t| (t.width, t.height)).collect();
    assert_eq!(sizes, [(34, 50)], "and no sound track without sound");
    for (width_px, height_px) in [(0, 64), (64, 8), (4000, 64)] {
        let refused = Mp4Writer::create(&path, width_px, height_px).err().unwrap();
        assert!(matches!(refused, RecordingError::Size { .. }), "{refused}");
    }
}

#[test]
fn failures_have_types_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none/film.mp4");
    let refused = Mp4Writer::create(&missing, 64, 64).err().unwrap();
    assert!(
        matches!(refused, RecordingError::Unwritable { .. }),
        "{refused}"
    );
    let path = folder.path().join("film.mp4");
    let mut empty = Mp4Writer::create(&path, 64, 64).unwrap();
    empty.write_sound(&[0.0; 5000]).unwrap();
    assert!(matches!(empty.finish(), Err(RecordingError::Empty)));
    assert!(names(folder.path()).is_empty());
    let full = unwritable(&path, io::ErrorKind::StorageFull.into());
    assert!(matches!(full, RecordingError::DiskFull { .. }));
    // Writing into a file that only reads fails like a broken disk.
    let mut writer = Mp4Writer::create(&path, 64, 64).unwrap();
    writer.file = File::open(writer.guard.temporary_path()).unwrap();
    // The first picture comes from the encoder with a later one.
    for _ in 0..PICTURES_BEHIND {
        writer.write_frame(&picture(false)).unwrap();
    }
    assert!(matches!(
        writer.write_frame(&picture(false)),
        Err(RecordingError::Unwritable { .. })
    ));
    drop(writer);
    assert!(names(folder.path()).is_empty());
}

/// A box with its place in the file.
#[derive(Clone, Debug)]
struct Box4 {
    kind: [u8; 4],
    content: Vec<u8>,
}

/// The boxes in a box; every byte must belong to one.
fn strict_boxes(bytes: &[u8]) -> Vec<Box4> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let short = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let kind = bytes[at + 4..at + 8].try_into().unwrap();
        let (front, length) = match short {
            1 => {
                let long = u64::from_be_bytes(bytes[at + 8..at + 16].try_into().unwrap());
                (16, long as usize)
            }
            length => (8, length),
        };
        assert!(
            length >= front && at + length <= bytes.len(),
            "{kind:?} at {at}: {length}"
        );
        found.push(Box4 {
            kind,
            content: bytes[at + front..at + length].to_vec(),
        });
        at += length;
    }
    found
}

#[track_caller]
fn only<'a>(boxes: &'a [Box4], kind: &[u8; 4]) -> &'a Box4 {
    let mut found = boxes.iter().filter(|found| found.kind == *kind);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {}", kind.escape_ascii()));
    assert!(found.next().is_none(), "two of {}", kind.escape_ascii());
    first
}

#[track_caller]
fn within(parent: &Box4, path: &[&[u8; 4]]) -> Box4 {
    path.iter().fold(parent.clone(), |inside, kind| {
        // These hold fields in front of their boxes.
        let fields = match &inside.kind {
            b"stsd" => 8,
            b"meta" => 4,
            b"avc1" => 78,
            b"mp4a" => 28,
            _ => 0,
        };
        only(&strict_boxes(&inside.content[fields..]), kind).clone()
    })
}

fn number(content: &[u8], at: usize) -> usize {
    u32::from_be_bytes(content[at..at + 4].try_into().unwrap()) as usize
}

/// What QuickTime and Windows ask of a film: the index in front, data only behind it, tracks enabled, every sample inside the data,
/// AAC described as 14496-1 has it, colours named.
#[test]
fn a_film_is_what_strict_players_ask_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    film(&path, SoundCodec::Aac, 3, 40);
    let bytes = std::fs::read(&path).unwrap();
    let top = strict_boxes(&bytes);
    let kinds: Vec<_> = top.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [*b"ftyp", *b"moov", *b"mdat"]);
    let data = bytes.len() - only(&top, b"mdat").content.len();
    let moov = only(&top, b"moov");
    let tracks: Vec<Box4> = strict_boxes(&moov.content)
        .into_iter()
        .filter(|found| found.kind == *b"trak")
        .collect();
    assert_eq!(tracks.len(), 2);
    let mut data_bytes = 0;
    for (number_of_track, track) in (1..).zip(&tracks) {
        let header = within(track, &[b"tkhd"]).content;
        assert_eq!((header[3], number(&header, 20)), (3, number_of_track));
        let table = within(track, &[b"mdia", b"minf", b"stbl"]);
        let [sizes, offsets, times, chunks] =
            [b"stsz", b"stco", b"stts", b"stsc"].map(|kind| within(&table, &[kind]).content);
        let count = number(&sizes, 8);
        assert_eq!((number(&times, 4), number(&times, 8)), (1, count));
        // Each chunk's samples lie in the data, one chunk behind the other.
        let chunk_count = number(&offsets, 4);
        let runs: Vec<(usize, usize)> = (0..number(&chunks, 4))
            .map(|run| {
                (
                    number(&chunks, 8 + 12 * run),
                    number(&chunks, 12 + 12 * run),
                )
            })
            .collect();
        let mut sample = 0;
        let mut last_end = 0;
        for chunk in 1..=chunk_count {
            let per_chunk = runs.iter().rev().find(|run| run.0 <= chunk).unwrap().1;
            let offset = number(&offsets, 8 + 4 * (chunk - 1));
            let length: usize = (sample..sample + per_chunk)
                .map(|sample| number(&sizes, 12 + 4 * sample))
                .sum();
            assert!(offset >= data.max(last_end) && offset + length <= bytes.len());
            last_end = offset + length;
            sample += per_chunk;
            data_bytes += length;
        }
        assert_eq!(sample, count);
    }
    assert_eq!(
        data_bytes,
        bytes.len() - data,
        "the data are the samples and nothing else"
    );
    let colours = within(
        &tracks[0],
        &[b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"colr"],
    );
    assert_eq!(colours.content, b"nclx\0\x01\0\x01\0\x01\0");
    let sound = within(
        &tracks[1],
        &[b"mdia", b"minf", b"stbl", b"stsd", b"mp4a", b"esds"],
    );
    // Version, then nested descriptors: each tag, its length in four bytes, contents to the very end.
    let descriptor = |bytes: &[u8], tag: u8| -> Vec<u8> {
        assert_eq!(bytes[0], tag);
        let length = bytes[1..5]
            .iter()
            .fold(0, |sum, &byte| sum << 7 | usize::from(byte & 0x7f));
        bytes[5..5 + length].to_vec()
    };
    let stream = descriptor(&sound.content[4..], 3);
    assert_eq!(stream.len() + 9, sound.content.len());
    let decoder = descriptor(&stream[3..], 4);
    assert_eq!(decoder[..2], [0x40, 0x15], "MPEG-4 audio");
    let setup = descriptor(&decoder[13..], 5);
    // AAC-LC (2), 48 kHz (3), one channel (1): 5, 4 and 4 bits.
    assert_eq!(setup, [0b0001_0001, 0b1000_1000]);
    assert_eq!(descriptor(&stream[3 + 5 + decoder.len()..], 6), [2]);
}

/// Signal to noise of a film's sound, decibels, at the best offset, with that offset in samples of 48 kHz.
fn quality(codec: SoundCodec, said: &[f32]) -> (f64, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer =
        Mp4Writer::create_with(&path, (SIDE_PX, SIDE_PX), FrameRate::Fps25, codec).unwrap();
    writer.write_sound(said).unwrap();
    for _ in 0..said.len().div_ceil(RATE_HZ / 25) {
        writer.write_frame(&picture(false)).unwrap();
    }
    writer.finish().unwrap();
    let (_, heard) = read_back(&path);
    let wanted = engine::audio::resample(said, 24_000, 48_000).unwrap();
    let skip = pre_skip(&path);
    let noise = |late: usize| -> f64 {
        let pairs = wanted.iter().zip(&heard[late..]);
        pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum()
    };
    let (least, late) = (skip.saturating_sub(300)..skip + 300)
        .map(|late| (noise(late), late))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap();
    let power: f64 = wanted.iter().map(|x| f64::from(*x).powi(2)).sum();
    (10.0 * (power / least).log10(), late.abs_diff(skip))
}

#[test]
fn the_sound_of_a_film_is_in_time_and_as_good_as_opus() {
    // Vowels with their formants, pauses, and a hiss now and then.
    let mut noise = 1_u32;
    let said: Vec<f32> = (0..2 * RATE_HZ)
        .map(|i| {
            let t = i as f32 / RATE_HZ as f32;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = (noise >> 8) as f32 / (1 << 23) as f32 - 1.0;
            let voice: f32 = (1..30)
                .map(|harmonic| {
                    let hz = 120.0 * harmonic as f32;
                    let formant = |centre: f32| (-((hz - centre) / 180.0).powi(2)).exp();
                    (formant(600.0) + 0.5 * formant(1700.0) + 0.2 * formant(2600.0))
                        * (std::f32::consts::TAU * hz * t).sin()
                })
                .sum();
            let syllable = (t * 9.0).sin().max(0.0);
            0.15 * voice * syllable + if t % 0.5 > 0.42 { 0.05 * hiss } else { 0.0 }
        })
        .collect();
    let (aac, aac_offset) = quality(SoundCodec::Aac, &said);
    let (opus, opus_offset) = quality(SoundCodec::Opus, &said);
    assert!(
        aac_offset <= 2 && opus_offset <= 60,
        "{aac_offset}, {opus_offset}"
    );
    assert!(
        aac > 20.0 && aac > opus - 1.0,
        "{aac:.1} dB, Opus {opus:.1} dB"
    );
}

#[test]
fn fifty_frames_a_second_last_as_long_and_can_be_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let mut writer = Mp4Writer::create_with(
        &path,
        (SIDE_PX, SIDE_PX),
        FrameRate::Fps50,
        SoundCodec::Opus,
    )
    .unwrap();
    writer.write_sound(&vec![0.1; 3 * RATE_HZ]).unwrap();
    // Three fragments, and what is still being encoded.
    for number in 0..150 + PICTURES_BEHIND {
        writer.write_frame(&picture(number == 70)).unwrap();
    }
    // As a killed program leaves it: the temporary file with the fragments alone.
    let part = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    let cut_off = folder.path().join(".cut.mp4.1-0.part");
    std::fs::copy(part.unwrap().path(), &cut_off).unwrap();
    writer.finish().unwrap();
    let (frames, sound) = read_back(&path);
    assert_eq!(frames.len(), 150 + PICTURES_BEHIND);
    for (index, (time_secs, _)) in frames.iter().enumerate() {
        assert!((time_secs - index as f64 / 50.0).abs() < 1e-9);
    }
    let brightest = frames.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!((brightest.0 - 1.4).abs() < 1e-9);
    assert!((sound.len() as f64 / 48_000.0 - 3.0).abs() < 0.03);

    let found = recovery::find(folder.path()).unwrap();
    let recovered = recovery::recover(&found[0]).unwrap();
    let recovery::Outcome::Recovered {
        path,
        duration_secs,
    } = recovered
    else {
        panic!("{recovered:?}");
    };
    assert_eq!(duration_secs, 3.0);
    let (frames, _) = read_back(&path);
    assert_eq!(frames.len(), 150);
    assert!((frames[149].0 - 149.0 / 50.0).abs() < 1e-9);
}

/// Blocks of grey that are somewhere else in each frame.
fn blocks(number: u32) -> Vec<u8> {
    let place = |x: u32, y: u32| {
        let value = if (x + 8 * number) / 8 % 2 == (y / 8) % 2 {
            60
        } else {
            190
        };
        [value, value, value, 255]
    };
    (0..SIDE_PX * SIDE_PX)
        .flat_map(|at| place(at % SIDE_PX, at / SIDE_PX))
        .collect()
}

#[test]
fn a_picture_that_is_as_before_is_repeated_in_a_few_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    // Moves, stands still beyond a picture that stands by itself, moves, pauses now and then.
    let number = |frame: u32| match frame {
        0..20 => frame,
        20..110 => 19,
        110..130 => frame,
        _ => frame / 3 + 1,
    };
    let mut writer = Mp4Writer::create(&path, SIDE_PX, SIDE_PX).unwrap();
    for frame in 0..400 {
        writer.write_frame(&blocks(number(frame))).unwrap();
    }
    writer.finish().unwrap();

    let bytes = std::fs::read(&path).unwrap();
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let track = mp4.tracks().values().next().unwrap();
    let samples = &track.samples;
    assert_eq!(samples.len(), 400);
    let keys: Vec<usize> = (0..400).filter(|&at| samples[at].is_sync).collect();
    assert!(
        keys[0] == 0 && keys.windows(2).all(|keys| keys[1] - keys[0] <= 50),
        "{keys:?}"
    );
    let is_repeated = |frame: usize| {
        frame > 0 && number(frame as u32) == number(frame as u32 - 1) && !samples[frame].is_sync
    };
    for (frame, sample) in samples.iter().enumerate() {
        assert_eq!(
            sample.size < 13,
            is_repeated(frame),
            "{frame}: {} bytes",
            sample.size
        );
    }

    let mut shown: Vec<Vec<u8>> = Vec::new();
    crate::media::read::read_frames(&path, &|| false, &mut |frame, _| {
        shown.push(frame.rgb.to_vec());
        Ok(())
    })
    .unwrap();
    assert_eq!(shown.len(), 400);
    for (frame, rgb) in shown.iter().enumerate() {
        if is_repeated(frame) {
            assert!(*rgb == shown[frame - 1], "{frame} is another picture");
        }
        let wanted = blocks(number(frame as u32));
        let pixels = rgb.chunks_exact(3).zip(wanted.chunks_exact(4));
        let apart: f64 = pixels.map(|(a, b)| f64::from(a[0].abs_diff(b[0]))).sum();
        let mean = apart / f64::from(SIDE_PX * SIDE_PX);
        assert!(mean < 40.0, "{frame}: {mean}");
    }
}
