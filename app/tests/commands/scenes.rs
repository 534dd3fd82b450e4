//! Films of several scenes, made by the program and looked at and listened to.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use studio::media::read::{read_frames, sound_of};
use studio::media::write::{Mp4Writer, WavWriter};

use crate::program::{assert_success, error_line, json, names, program, text};

const RATE_HZ: f32 = 24_000.0;
/// Music: where speech has little.
const TONE_HZ: f32 = 6000.0;
const TONE_LEVEL: f32 = 0.2;

/// Writes a film's file and makes it.
fn made(folder: &Path, film: &str) -> Output {
    std::fs::write(folder.join("film.toml"), film).unwrap();
    let arguments = ["scenes", text(&folder.join("film.toml")), "--json"].map(str::to_owned);
    program().args(arguments).output().unwrap()
}

#[track_caller]
fn summary(result: &Output) -> serde_json::Value {
    assert_success(result);
    json(result)
}

/// Half a second of a tone, in whole periods.
fn write_tone(path: &Path) {
    let mut wav = WavWriter::create(path).unwrap();
    let tone = |index: u32| TONE_LEVEL * (index as f32 * tone_step()).sin();
    wav.write(&(0..12_000).map(tone).collect::<Vec<f32>>())
        .unwrap();
    wav.finish().unwrap();
}

fn tone_step() -> f32 {
    std::f32::consts::TAU * TONE_HZ / RATE_HZ
}

/// How loud the tone is for a fifth of a second.
fn tone_level(sound: &[f32], secs: f64) -> f32 {
    let at = (secs * f64::from(RATE_HZ)) as usize;
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (index, sample) in sound[at..at + 4800].iter().enumerate() {
        let phase = index as f32 * tone_step();
        sine += sample * phase.sin();
        cosine += sample * phase.cos();
    }
    2.0 * f32::hypot(sine, cosine) / 4800.0
}

/// The pixels of every picture that somebody asks for: x, y in parts of the sides.
fn seen(path: &Path, places: &[[f64; 2]]) -> Vec<Vec<[u8; 3]>> {
    let mut pictures = Vec::new();
    read_frames(path, &|| false, &mut |frame, _| {
        let pixels = places.iter().map(|[x, y]| {
            let [x, y] = [x * frame.width as f64, y * frame.height as f64].map(|at| at as usize);
            frame.rgb[(y * frame.width + x) * 3..][..3]
                .try_into()
                .unwrap()
        });
        pictures.push(pixels.collect());
        Ok(())
    })
    .unwrap();
    pictures
}

fn is_near(pixel: [u8; 3], wanted: [u8; 3]) -> bool {
    pixel.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 25)
}

const RED: [u8; 3] = [190, 20, 20];
const BLUE: [u8; 3] = [20, 20, 190];
/// The same whatever matrix a decoder takes for colours.
const LIGHT: [u8; 3] = [225, 225, 225];

const TWO_SCENES: &str = r##"
[film]
output = "film.mp4"
subtitles = "film.srt"
aspect = "1:1"
size = 512
captions = "boxed"
seed = 3

[music]
file = "tone.wav"
volume = 1
duck_db = 12
attack_secs = 0.2
release_secs = 0.4
fade_in_secs = 0
fade_out_secs = 0

[logo]
file = "logo.png"
corner = "top-left"
width = 0.2
margin = 0.05

[[scene]]
title = "Good morning"
text = "Hello there, everybody."
background = "#be1414"
pause_secs = 3
transition = "crossfade"
transition_secs = 1

[[scene]]
title = "Good night"
text = "Good night to all of you."
voice = "am_michael"
mood = "happy"
background = "#1414be"
"##;

fn write_inputs(folder: &Path) {
    write_tone(&folder.join("tone.wav"));
    let [red, green, blue] = LIGHT;
    let logo = image::RgbaImage::from_fn(60, 60, |x, y| match (x, y) {
        (20..40, 20..40) => image::Rgba([0; 4]),
        _ => image::Rgba([red, green, blue, 255]),
    });
    logo.save(folder.join("logo.png")).unwrap();
}

#[test]
fn two_scenes_become_a_film_with_music_logo_captions_and_chapters() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_inputs(folder);
    let report = summary(&made(folder, TWO_SCENES));
    let film = folder.join("film.mp4");
    let at = |scene: usize, field: &str| report["scenes"][scene][field].as_f64().unwrap();
    let duration_secs = report["duration_secs"].as_f64().unwrap();

    // Every picture, and sound as long as they are.
    let places = [[0.95, 0.05], [0.07, 0.07], [0.15, 0.15]];
    let pictures = seen(&film, &places);
    assert_eq!(pictures.len(), (duration_secs * 25.0).round() as usize);
    let sound = sound_of(&film, &|| false).unwrap().unwrap();
    let sound_secs = sound.len() as f64 / f64::from(RATE_HZ);
    assert!(
        (sound_secs - duration_secs).abs() <= 0.04,
        "{sound_secs} {duration_secs}"
    );

    // One background fades into the other; the logo stays, and what is behind it shows in its middle.
    let picture = |secs: f64| &pictures[(secs * 25.0) as usize];
    let change_secs = at(1, "start_secs");
    assert!((at(1, "speech_secs") - change_secs - 0.5).abs() < 0.05);
    assert!((at(1, "speech_secs") - at(0, "speech_end_secs") - 3.0).abs() < 0.05);
    for (secs, background) in [
        (0.2, RED),
        (change_secs - 0.6, RED),
        (change_secs, [105, 20, 105]),
        (change_secs + 0.6, BLUE),
        (duration_secs - 0.1, BLUE),
    ] {
        let [corner, logo, middle] = picture(secs)[..] else {
            panic!("three pixels");
        };
        assert!(is_near(corner, background), "{secs}: {corner:?}");
        assert!(is_near(logo, LIGHT), "{secs}: {logo:?}");
        assert!(is_near(middle, background), "{secs}: {middle:?}");
    }

    // The tone is as loud as it is, and 12 dB quieter while somebody speaks.
    let pause_secs = f64::midpoint(at(0, "speech_end_secs"), at(1, "speech_secs"));
    let loud = tone_level(&sound, pause_secs);
    assert!((loud / TONE_LEVEL - 1.0).abs() < 0.1, "{loud}");
    for scene in 0..2 {
        let middle_secs = f64::midpoint(at(scene, "speech_secs"), at(scene, "speech_end_secs"));
        let ducked_db = 20.0 * (tone_level(&sound, middle_secs) / loud).log10();
        assert!((ducked_db + 12.0).abs() < 1.5, "{ducked_db}");
    }

    // Titles and words at their times.
    let chapters = std::fs::read_to_string(folder.join("film.chapters.txt")).unwrap();
    let second = format!("0:{:02} Good night\n", change_secs as u64);
    assert_eq!(chapters, format!("0:00 Good morning\n{second}"));
    let bytes = std::fs::read(&film).unwrap();
    let begins = bytes.windows(4).position(|bytes| bytes == b"chpl").unwrap();
    let chapters = &bytes[begins + 4..];
    assert_eq!(chapters[8], 2);
    let begins = 9 + 9 + "Good morning".len();
    let units = u64::from_be_bytes(chapters[begins..begins + 8].try_into().unwrap());
    assert!((units as f64 / 1e7 - change_secs).abs() < 1e-6);
    let subtitles = std::fs::read_to_string(folder.join("film.srt")).unwrap();
    let cues: Vec<&str> = subtitles.trim().split("\n\n").collect();
    assert!(
        cues.len() == 2 && cues[0].contains("Hello there, everybody."),
        "{subtitles}"
    );
    let start_ms = |cue: &str| -> f64 {
        let time = cue.lines().nth(1).unwrap();
        let secs: f64 = time[6..8].parse().unwrap();
        secs + time[9..12].parse::<f64>().unwrap() / 1000.0
    };
    let spoken_secs = start_ms(cues[1]) - at(1, "speech_secs");
    assert!((0.0..0.6).contains(&spoken_secs), "{spoken_secs}");
    assert_eq!(
        names(folder),
        [
            "film.chapters.txt",
            "film.mp4",
            "film.srt",
            "film.toml",
            "logo.png",
            "tone.wav"
        ]
    );

    // The same film again, to the byte.
    let again = TWO_SCENES.replace("film.mp4", "again.mp4");
    summary(&made(folder, &again));
    assert!(std::fs::read(folder.join("again.mp4")).unwrap() == bytes);
}

#[test]
fn the_dictionary_of_a_film_is_for_all_its_scenes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("names.txt"), "Moe = a friend of mine\n").unwrap();
    let film = r#"
[film]
output = "film.mp4"
subtitles = "film.srt"
dictionary = "names.txt"
aspect = "1:1"
size = 512
pause_secs = 0

[[scene]]
text = "This is Moe."

[[scene]]
text = "This is a friend of mine."
"#;
    let report = summary(&made(folder, film));
    let length_secs = |scene: usize| {
        let at = |field: &str| report["scenes"][scene][field].as_f64().unwrap();
        at("speech_end_secs") - at("speech_secs")
    };
    assert!((length_secs(0) - length_secs(1)).abs() < 1e-6);
    // Said so, but written as before.
    let subtitles = std::fs::read_to_string(folder.join("film.srt")).unwrap();
    assert!(subtitles.contains("This is Moe."), "{subtitles}");
    // A film does not replace what it is made with.
    std::fs::rename(folder.join("names.txt"), folder.join("names.srt")).unwrap();
    let film = film
        .replace("names.txt", "names.srt")
        .replace("film.srt", "names.srt");
    let said = error_line(&made(folder, &film));
    assert!(said.contains("names.srt"), "{said}");
}

#[test]
fn pictures_videos_and_the_portraits_own_background_are_behind_the_person() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plain = |[red, green, blue]: [u8; 3]| {
        image::RgbImage::from_pixel(90, 70, image::Rgb([red, green, blue]))
    };
    plain(RED).save(folder.join("red.png")).unwrap();
    let mut video = Mp4Writer::create(&folder.join("blue.mp4"), 96, 64).unwrap();
    for number in 0..10 {
        let [red, green, blue] = if number < 5 { BLUE } else { LIGHT };
        video
            .write_frame(&[red, green, blue, 255].repeat(96 * 64))
            .unwrap();
    }
    video.finish().unwrap();
    let spoken = program()
        .args(["speak", "--text", "Five words are spoken here.", "--output"])
        .arg(folder.join("voice.wav"))
        .output()
        .unwrap();
    assert!(spoken.status.success());
    let report = summary(&made(
        folder,
        r##"
[film]
output = "film.mp4"
subtitles = "film.vtt"
aspect = "9:16"
size = 512
fps = 50
captions = "highlight"
pause_secs = 0

[[scene]]
text = "Red."
background = "red.png"
blur = 0.4
transition = "black"
transition_secs = 0.4

[[scene]]
text = "Blue, and green."
background = "blue.mp4"

[[scene]]
audio = "voice.wav"
transcript = "Five words are spoken here."
blur = 1
transition = "black"
transition_secs = 0.4
"##,
    ));
    let at = |scene: usize, field: &str| report["scenes"][scene][field].as_f64().unwrap();
    let pictures = seen(&folder.join("film.mp4"), &[[0.03, 0.03], [0.5, 0.5]]);
    let duration_secs = report["duration_secs"].as_f64().unwrap();
    assert_eq!(pictures.len(), (duration_secs * 50.0).round() as usize);
    let picture = |secs: f64| &pictures[(secs * 50.0) as usize];
    // Nobody has a face as red or as blue as that.
    let [corner, face] = picture(0.1)[..] else {
        panic!("two pixels")
    };
    assert!(
        is_near(corner, RED) && !is_near(face, RED),
        "{corner:?} {face:?}"
    );
    let black = picture(at(1, "start_secs"))[1];
    assert!(black.iter().all(|channel| *channel < 40), "{black:?}");
    // The video begins with its scene, before the transition's end, and begins again after 0.4 s.
    let begins_secs = at(1, "start_secs") - 0.2;
    let shown = pictures
        .iter()
        .skip((begins_secs * 50.0) as usize + 22)
        .take(38);
    let colours: Vec<[u8; 3]> = shown.map(|picture| picture[0]).collect();
    for (number, colour) in (22..).zip(&colours) {
        let wanted = if number / 2 % 10 < 5 { BLUE } else { LIGHT };
        assert!(is_near(*colour, wanted), "{number}: {colour:?}");
    }
    let last = pictures.last().unwrap();
    assert!(
        last.iter().flatten().all(|channel| *channel < 40),
        "{last:?}"
    );
    let subtitles = std::fs::read_to_string(folder.join("film.vtt")).unwrap();
    assert!(
        subtitles.contains("Five words are spoken here."),
        "{subtitles}"
    );
    // No scene has a title.
    assert!(!folder.join("film.chapters.txt").exists());
}

#[test]
fn a_cut_between_scenes_of_one_portrait_does_not_move_the_head() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let report = summary(&made(
        folder,
        "[film]\noutput = \"film.mp4\"\naspect = \"1:1\"\nsize = 512\npause_secs = 0.6\n\
         [[scene]]\ntext = \"Red.\"\n[[scene]]\ntext = \"Blue.\"\nseed = 9\n",
    ));
    let cut = (report["scenes"][1]["start_secs"].as_f64().unwrap() * 25.0).round() as usize;
    let grid = (0..48 * 48).map(|at| {
        [
            0.25 + (at % 48) as f64 / 96.0,
            0.25 + (at / 48) as f64 / 96.0,
        ]
    });
    let pictures = seen(&folder.join("film.mp4"), &grid.collect::<Vec<_>>());
    let change = |frame: usize| -> f64 {
        let pixels = pictures[frame - 1].as_flattened().iter();
        let apart = pixels.zip(pictures[frame].as_flattened());
        apart.map(|(a, b)| f64::from(a.abs_diff(*b))).sum()
    };
    // Before the cut nobody speaks, and behind it not yet.
    let usual = (cut - 10..cut).map(change).fold(1.0, f64::max);
    assert!(change(cut) < 2.0 * usual, "{} {usual}", change(cut));
}

#[test]
fn mistakes_are_found_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let films = [
        ("[[scene]]\ntext = \"a\"", "error: the film has no output"),
        (
            "[film]\noutput = \"a.txt\"\n[[scene]]\ntext = \"a\"",
            "error: name the video *.mp4",
        ),
        (
            "[film]\noutput = \"a.mp4\"\n[[scene]]\ntxt = \"a\"",
            "error: scene 1: txt: unknown field",
        ),
        (
            "[film]\noutput = \"a.mp4\"\n[[scene]]\ntext = \"a\"\n[[scene]]\ntext = \"b\"\nvoice = \"nobody\"",
            "error: scene 2: voice: ",
        ),
        (
            "[film]\noutput = \"a.mp4\"\n[[scene]]\ntext = \"a\"\n[[scene]]\ntext = \"b\"\nportrait = \"film.toml\"",
            "error: scene 2: portrait: ",
        ),
        (
            "[film]\noutput = \"a.mp4\"\n[music]\nfile = \"film.toml\"\n[[scene]]\ntext = \"a\"",
            "error: music: file: ",
        ),
        (
            "[film]\noutput = \"a.mp4\"\n[logo]\nfile = \"film.toml\"\n[[scene]]\ntext = \"a\"",
            "error: logo: file: ",
        ),
    ];
    for (film, wanted) in films {
        let line = error_line(&made(folder, film));
        assert!(line.starts_with(wanted), "{film}: {line}");
        assert!(!wanted.ends_with(": ") || line.contains("(line "), "{line}");
        assert_eq!(names(folder), ["film.toml"]);
    }
}

#[test]
#[cfg(unix)]
fn a_film_that_is_stopped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let film = folder.join("film.toml");
    let words = "This goes on and on, and nobody will hear the end of it. ".repeat(20);
    let scene = format!("[[scene]]\ntitle = \"a\"\ntext = \"{words}\"\n");
    let head = "[film]\nsize = 512\naspect = \"1:1\"\noutput = \"a.mp4\"\nsubtitles = \"a.srt\"\n";
    std::fs::write(&film, format!("{head}{}", scene.repeat(3))).unwrap();
    let mut child = program()
        .args(["scenes", text(&film)])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().contains("Scene 1 of 3") {}
    // In the middle of it: the pictures have begun.
    while names(folder).len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = child.wait().unwrap();
    assert!(!status.success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(rest.last().unwrap().contains("cancelled"), "{rest:?}");
    assert_eq!(names(folder), ["film.toml"]);
}
