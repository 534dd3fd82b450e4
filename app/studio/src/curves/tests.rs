//! Curves of speech and idle life, read back by a parser of their own.

use std::path::PathBuf;

use engine::motion::idle::IdleLife;
use engine::motion::{FRAMES_PER_SECOND, MouthFrame};
use engine::portrait::load_rig;
use serde_json::Value;

use super::*;

fn rig() -> FaceRig {
    let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
    load_rig(&models.join("face_rig.safetensors")).unwrap()
}

/// Four seconds of idle life with an m, an open vowel and an m again in each.
fn curves() -> Curves {
    let mut curves = Curves::new(DrivenPortrait::default(), FrameRate::Fps25);
    let mut life = IdleLife::new(11);
    for number in 0..100_i32 {
        let gap = (0.16 * (std::f32::consts::TAU * number as f32 / 25.0).sin()).max(-0.01);
        let mouth = MouthFrame {
            upper_lip: [0.0, -0.2 * gap, 0.0],
            lower_lip: [0.0, 0.8 * gap, 0.0],
            chin: [0.0, 0.03 + 0.5 * gap.max(0.0), 0.0],
            ..MouthFrame::default()
        };
        curves.add_frame(&life.next_frame(Some(&mouth)));
    }
    let word = |text: &str, start_secs: f64| TimedWord {
        text: text.to_owned(),
        start_secs,
        end_secs: start_secs + 0.9,
    };
    let phone = |phone: &str, start_secs: f64, end_secs: f64| TimedPhone {
        phone: phone.to_owned(),
        start_secs,
        end_secs,
    };
    curves.add_words(
        &[word(" ma,", 0.0), word("\"m\"", 1.0)],
        &[
            phone("ˈɑ", 0.0, 0.5),
            phone("m", 0.52, 0.9),
            phone("m", 1.52, 1.9),
        ],
    );
    curves
}

fn column(frames: &[Value], list: &str, index: usize) -> Vec<f64> {
    let values = frames.iter().map(|frame| frame[list][index].as_f64());
    values.map(Option::unwrap).collect()
}

#[test]
fn json_has_a_weight_for_every_name_in_every_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curves.json");
    curves().write(&path, None, Some("a remark")).unwrap();
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let comment = file["comment"].as_str().unwrap();
    assert!(comment.contains("AI-generated") && comment.contains("a remark"));
    let frames = file["frames"].as_array().unwrap();
    assert_eq!(
        (frames.len(), &file["frames_per_second"]),
        (100, &25.into())
    );
    let names = file["blend_shapes"].as_array().unwrap();
    assert_eq!(
        (names.len(), file["visemes"].as_array().unwrap().len()),
        (52, 15)
    );
    for (number, frame) in frames.iter().enumerate() {
        let secs = frame["time_secs"].as_f64().unwrap();
        assert!((secs - number as f64 / FRAMES_PER_SECOND).abs() < 1e-4);
        for (list, count) in [("blend_shapes", 52), ("visemes", 15)] {
            let weights = frame[list].as_array().unwrap();
            assert_eq!(weights.len(), count);
            let within = |weight: &Value| (0.0..=1.0).contains(&weight.as_f64().unwrap());
            assert!(weights.iter().all(within));
        }
    }
    let index = |name: &str| names.iter().position(|other| other == name).unwrap();
    // The jaw follows the lips, which are shut in every m.
    let jaw = column(frames, "blend_shapes", index("jawOpen"));
    let close = column(frames, "blend_shapes", index("mouthClose"));
    assert!(jaw[6] > 0.4 && close[6] < 0.01);
    for m in [18, 43] {
        assert!(
            jaw[m] > 0.1 && close[m] == jaw[m],
            "{} {}",
            jaw[m],
            close[m]
        );
        assert!(column(frames, "visemes", 1)[m] > 0.99);
    }
    assert_eq!(file["words"][0]["text"], "ma,");
    assert_eq!(file["phones"][1]["viseme"], "PP");
}

#[test]
fn csv_has_the_same_numbers_in_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curves.csv");
    let curves = curves();
    curves.write(&path, None, None).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut rows = text.lines();
    let header: Vec<&str> = rows.next().unwrap().split(',').collect();
    assert_eq!(header.len(), 1 + 52 + 15 + 6 + 2);
    let jaw = header.iter().position(|name| *name == "jawOpen").unwrap();
    let rows: Vec<&str> = rows.collect();
    assert_eq!(rows.len(), 100);
    for (row, frame) in rows.iter().zip(&curves.frames) {
        let value: f32 = row.split(',').nth(jaw).unwrap().parse().unwrap();
        assert!((value - frame.weights.get(BlendShape::JawOpen)).abs() < 1e-4);
    }
    assert!(rows[3].ends_with(",\"ma,\",\"ˈɑ\""));
    assert!(rows[40].ends_with(",\"\"\"m\"\"\",\"m\""), "{}", rows[40]);
}

#[test]
fn a_recording_without_words_has_visemes_from_its_mouth() {
    let mut curves = curves();
    curves.phones.clear();
    let strongest = |frame: usize| {
        let weights = curves.visemes(frame);
        let of = |a: &usize, b: &usize| weights[*a].total_cmp(&weights[*b]);
        visemes::NAMES[(0..15).max_by(of).unwrap()]
    };
    assert_eq!(strongest(6), "aa");
    assert_eq!(strongest(18), "PP");
}

/// The document and the buffer of a binary glTF, with every bound checked.
fn parsed(bytes: &[u8]) -> (Value, Vec<u8>) {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(
        (&bytes[..4], word(4), word(8)),
        (b"glTF".as_slice(), 2, bytes.len())
    );
    let document_bytes = word(12);
    assert_eq!(&bytes[16..20], b"JSON");
    let document: Value = serde_json::from_slice(&bytes[20..20 + document_bytes]).unwrap();
    let at = 20 + document_bytes;
    assert_eq!((&bytes[at + 4..at + 8], at % 4), (b"BIN\0".as_slice(), 0));
    let buffer = bytes[at + 8..].to_vec();
    assert_eq!(buffer.len(), word(at));
    let declared = document["buffers"][0]["byteLength"].as_u64().unwrap() as usize;
    assert!(declared <= buffer.len() && buffer.len() < declared + 4);
    for accessor in document["accessors"].as_array().unwrap() {
        let view = &document["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
        let number = |value: &Value| value.as_u64().unwrap() as usize;
        let width = match accessor["type"].as_str().unwrap() {
            "SCALAR" => 1,
            "VEC3" => 3,
            "VEC4" => 4,
            other => panic!("{other}"),
        };
        let component = if accessor["componentType"] == 5126 {
            4
        } else {
            2
        };
        let needed = number(&accessor["count"]) * width * component;
        assert_eq!(needed, number(&view["byteLength"]));
        assert!(number(&view["byteOffset"]) + needed <= declared);
        assert_eq!(number(&view["byteOffset"]) % 4, 0);
    }
    (document, buffer)
}

fn floats(document: &Value, buffer: &[u8], accessor: &Value) -> Vec<f32> {
    let accessor = &document["accessors"][accessor.as_u64().unwrap() as usize];
    let view = &document["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
    let start = view["byteOffset"].as_u64().unwrap() as usize;
    let length = view["byteLength"].as_u64().unwrap() as usize;
    let (words, _) = buffer[start..start + length].as_chunks::<4>();
    words.iter().map(|&word| f32::from_le_bytes(word)).collect()
}

#[test]
fn the_gltf_holds_a_face_that_moves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("face.glb");
    let (curves, rig) = (curves(), rig());
    curves.write(&path, Some(&rig), None).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() < 1_000_000, "{}", bytes.len());
    let (document, buffer) = parsed(&bytes);
    let mesh = &document["meshes"][0];
    let primitive = &mesh["primitives"][0];
    let names: Vec<&str> = mesh["extras"]["targetNames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(names, BlendShape::names());
    let targets = primitive["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 52);
    let rest = floats(&document, &buffer, &primitive["attributes"]["POSITION"]);
    assert_eq!(rest.len(), 468 * 3);
    // A face is about 18 cm high, its nose towards the viewer.
    let range =
        &document["accessors"][primitive["attributes"]["POSITION"].as_u64().unwrap() as usize];
    let side = |which: &str, axis: usize| range[which][axis].as_f64().unwrap();
    assert!((0.15..0.2).contains(&(side("max", 1) - side("min", 1))));
    assert!(side("max", 2) > 0.07);

    let animation = &document["animations"][0];
    let output = |path: &str| {
        let channels = animation["channels"].as_array().unwrap();
        let channel = channels
            .iter()
            .find(|c| c["target"]["path"] == path)
            .unwrap();
        let sampler = &animation["samplers"][channel["sampler"].as_u64().unwrap() as usize];
        floats(&document, &buffer, &sampler["output"])
    };
    let weights = output("weights");
    assert_eq!(weights.len(), 100 * 52);
    assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
    assert_eq!(output("translation").len(), 100 * 3);
    for turn in output("rotation").chunks(4) {
        let length: f32 = turn.iter().map(|part| part * part).sum();
        assert!((length - 1.0).abs() < 1e-5 && turn[3] > 0.9);
    }
    // The weighted targets open the lips of the mesh as far as the rig does.
    let targets: Vec<Vec<f32>> = targets
        .iter()
        .map(|target| floats(&document, &buffer, &target["POSITION"]))
        .collect();
    let gap_mm = |frame: usize| {
        let lip = |vertex: usize| -> f32 {
            let moved = targets.iter().zip(&weights[frame * 52..]);
            moved
                .map(|(target, weight)| weight * target[vertex * 3 + 1])
                .sum()
        };
        // The middle of the upper lip and of the lower one.
        1000.0 * (lip(13) - lip(14))
    };
    assert!((gap_mm(6) - 16.0).abs() < 1.5, "{}", gap_mm(6));
    assert!(gap_mm(18).abs() < 2.0, "{}", gap_mm(18));
}

#[test]
fn a_gltf_without_a_face_is_refused() {
    let path = PathBuf::from("no/such/folder/face.glb");
    let error = curves().write(&path, None, None).unwrap_err();
    assert!(error.to_string().contains("portrait"), "{error}");
}
