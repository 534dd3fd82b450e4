//! A picture of two people who speak in turn.

use std::path::{Path, PathBuf};

use crate::program::{run, text};

/// Two of the cast beside each other, 512 pixels each; an empty stripe lies between them.
fn two_people(folder: &Path) -> (PathBuf, image::RgbImage) {
    let portraits = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/portraits");
    let mut two = image::RgbImage::from_pixel(1064, 512, image::Rgb([90, 110, 100]));
    for (left, name) in [(0, "nora.jpg"), (552, "mateo.jpg")] {
        let portrait = image::open(portraits.join(name)).unwrap().to_rgb8();
        let side = portrait.width().min(portrait.height());
        let square = image::imageops::crop_imm(&portrait, 0, 0, side, side).to_image();
        let filter = image::imageops::FilterType::Triangle;
        let square = image::imageops::resize(&square, 512, 512, filter);
        image::imageops::replace(&mut two, &square, left, 0);
    }
    let path = folder.join("two.png");
    two.save(&path).unwrap();
    (path, two)
}

/// Where a mouth is: x, y, width and height.
type Mouth = [u32; 4];

/// The mouths as `inspect` finds them, from the left.
fn mouths(picture: &Path) -> Vec<Mouth> {
    let mouth = |face: &str| {
        let said = run(&["inspect", text(picture), "--face", face, "--json"]);
        assert!(said.status.success());
        let json: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
        // Corners of the lips, and their upper and lower edge.
        let points = [61, 291, 0, 17].map(|landmark| {
            [0, 1].map(|axis| json["landmarks_px"][landmark][axis].as_f64().unwrap())
        });
        let low = [0, 1].map(|axis| points.iter().map(|p| p[axis]).fold(f64::MAX, f64::min) as u32);
        let high = [0, 1].map(|axis| points.iter().map(|p| p[axis]).fold(0.0, f64::max) as u32);
        [low[0], low[1], high[0] - low[0], high[1] - low[1]]
    };
    vec![mouth("1"), mouth("2")]
}

/// How dark the darkest tenth of a mouth is: an open one shows its inside.
fn darkness(frame: &image::RgbImage, [x, y, width, height]: Mouth) -> u32 {
    let mut values: Vec<u32> = (y..y + height)
        .flat_map(|row| (x..x + width).map(move |column| (column, row)))
        .map(|(column, row)| {
            frame
                .get_pixel(column, row)
                .0
                .iter()
                .map(|&v| u32::from(v))
                .sum()
        })
        .collect();
    values.sort_unstable();
    765 - values[values.len() / 10]
}

#[test]
fn two_people_speak_in_turn_and_nothing_else_moves() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (picture, source) = two_people(folder.path());
    let script = folder.path().join("script.txt");
    std::fs::write(
        &script,
        "1 = Nora (af_heart)\nNora: Now father's far.\n2: Far, far away.\n",
    )
    .unwrap();
    let film = folder.path().join("film");
    let subtitles = folder.path().join("film.srt");
    let said = run(&[
        "speak",
        "--dialogue",
        text(&script),
        "--portrait",
        text(&picture),
        "--size",
        "picture",
        "--subtitles",
        text(&subtitles),
        "--output",
        text(&film),
    ]);
    let errors = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success(), "{errors}");
    assert!(errors.contains("2 as am_michael"), "{errors}");
    let words = std::fs::read_to_string(&subtitles).unwrap();
    assert!(
        words.contains("Nora: Now") && words.contains("2: Far,"),
        "{words}"
    );
    let times: Vec<&str> = words.lines().filter(|line| line.contains("-->")).collect();
    let secs = |time: &str| -> f64 {
        let parts: Vec<f64> = time
            .replace(',', ".")
            .split(':')
            .map(|part| part.trim().parse().unwrap())
            .collect();
        parts[0] * 3600.0 + parts[1] * 60.0 + parts[2]
    };
    let second_begins = secs(times[1].split("-->").next().unwrap());

    let mouths = mouths(&picture);
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(&film)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    pictures.sort();
    // How much darker each mouth gets while the first speaks, and while the second does.
    let mut widest = [[0_u32; 2]; 2];
    let mut moved = [0_usize; 2];
    for (index, path) in pictures.iter().enumerate() {
        let frame = image::open(path).unwrap().to_rgb8();
        assert_eq!(frame.dimensions(), source.dimensions());
        for (x, y, pixel) in frame.enumerate_pixels() {
            let is_same = pixel == source.get_pixel(x, y);
            // The upper corners show the wall, and between the two is nothing.
            let is_nobody = y < 20 || (524..540).contains(&x);
            assert!(is_same || !is_nobody, "frame {index}: {x}, {y}");
            moved[usize::from(x > 532)] += usize::from(!is_same);
        }
        let now_secs = index as f64 / 25.0;
        let turn = usize::from(now_secs > second_begins);
        // As one turn ends and the next begins, both may be on their way.
        if (now_secs - second_begins).abs() > 0.4 {
            for (person, mouth) in mouths.iter().enumerate() {
                let rest = darkness(&source, *mouth);
                let darker = darkness(&frame, *mouth).saturating_sub(rest);
                widest[turn][person] = widest[turn][person].max(darker);
            }
        }
    }
    assert!(moved.iter().all(|&count| count > 10_000), "{moved:?}");
    for turn in 0..2 {
        let (speaks, listens) = (widest[turn][turn], widest[turn][1 - turn]);
        assert!(speaks > 40 && speaks > 3 * listens, "{turn}: {widest:?}");
    }
}

#[test]
fn what_is_wrong_with_a_dialogue_is_said_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let (picture, _) = two_people(folder.path());
    let script = folder.path().join("script.txt");
    let film = folder.path().join("film.mp4");
    for (words, line, what) in [
        ("1: Hello.\n3: Hello.\n", "line 2", "shows 2"),
        ("1: Hello.\n\n2:\n", "line 3", "nothing to say"),
        (
            "1: Hi.\n2 (nobody): Hello.\n",
            "line 2",
            "no voice \"nobody\"",
        ),
        ("Hello.\n", "line 1", "no speaker"),
    ] {
        std::fs::write(&script, words).unwrap();
        let said = run(&[
            "speak",
            "--dialogue",
            text(&script),
            "--portrait",
            text(&picture),
            "--output",
            text(&film),
        ]);
        let errors = String::from_utf8_lossy(&said.stderr).into_owned();
        let last = errors.lines().last().unwrap();
        assert!(
            !said.status.success() && last.starts_with("error: "),
            "{errors}"
        );
        assert!(last.contains(line) && last.contains(what), "{last}");
        assert!(!film.exists());
    }
}
