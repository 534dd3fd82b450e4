//! What the targets begin with: small files by our own writers, one folder a target. A test of the workspace has them, too.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::motion::{Motion, MotionFrame, MouthFrame, Zero, motion_file};
use image::{ImageFormat, RgbImage};
use studio::media::write::{
    FrameRate, Mp4Writer, PictureFolder, SoundCodec, SoundFile, SoundFormat, WavWriter,
};
use studio::project::Project;
use studio::project::document::Document;
use studio::provenance;
use studio::script::Script;
use studio::take::Take;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Stands between the files of a project: no text holds it.
pub const BETWEEN_FILES: u8 = 0xff;
/// Name of the take of a project, without its ending.
pub const TAKE_STEM: &str = "0000000000000001";
/// The smallest that a portrait may be.
const SIDE_PX: u32 = 64;

/// Writes them all.
///
/// # Errors
/// What a writer says.
pub fn write(root: &Path) -> Result<()> {
    let folder = |target: &str| -> Result<PathBuf> {
        let folder = root.join(target);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    };
    // Files of these writers are claimed and signed from here on.
    let keys = tempfile::tempdir()?;
    provenance::sign_with_key_in(keys.path());
    pictures(&folder("pictures")?)?;
    sounds(&folder("sounds")?)?;
    videos(&folder("videos")?, SoundCodec::default())?;
    videos(&folder("videos")?.join("opus"), SoundCodec::Opus)?;
    recovery(&folder("recovery")?)?;
    for target in ["videos", "sounds"] {
        copy_files(&folder(target)?, &folder("claims")?)?;
    }
    motions(&folder("motion")?)?;
    projects(&folder("projects")?)?;
    std::fs::copy(
        folder("motion")?.join("motion.safetensors"),
        folder("weights")?.join("motion.safetensors"),
    )?;
    for (target, text) in TEXTS {
        let name = format!("{}.txt", text.len());
        std::fs::write(folder(target)?.join(name), text)?;
    }
    Ok(())
}

const TEXTS: [(&str, &str); 13] = [
    ("csv", "text,output\n\"Hello, you\",a.mp4\nBye,b.wav\n"),
    (
        "csv",
        "text;voice;output\r\n\"He said \"\"no\"\"\";af_heart;a.mp4\r\n",
    ),
    (
        "dialogue",
        "1 = Nora, af_heart\nNora: Hello.\n[pause 0.5]\n2: Hello, you.\nTogether: Bye.\n",
    ),
    (
        "dialogue",
        "# A comment\nAnna (bf_emma): Good evening!\nBen: *Good* evening.\n",
    ),
    (
        "subtitles",
        "1\n00:00:01,000 --> 00:00:02,500\nA boat comes in.\n\n2\n00:00:03,000 --> 00:00:04,000\nIt lands.\n",
    ),
    ("subtitles", "WEBVTT\n\n00:01.000 --> 00:02.000\nA boat.\n"),
    (
        "subtitles",
        "<think>hm</think>```json\n[{\"start\": 1.5, \"end\": \"00:03\", \"text\": \"A boat.\"}]\n```",
    ),
    (
        "subtitles",
        "[00:01] A boat comes in.\n00:03 - 00:05: It lands.\n",
    ),
    (
        "text",
        "On 3/4/2025 at 5:30 p.m. Dr. Smith paid $1,234.56 (€3) for 2 kg. [pause 0.5] *Really?* Visit example.com/a?b=c.",
    ),
    (
        "text",
        "<speak>Hello <break time=\"500ms\"/><prosody rate=\"slow\">you <sub alias=\"two\">2</sub></prosody>&amp; me</speak>",
    ),
    ("text", "tomato\ttəmˈɑːtO\nJAM = jam\n"),
    (
        "scenes",
        "[film]\ntitle = \"A\"\nvoice = \"af_heart\"\naspect = \"16:9\"\nsize = 720\n[logo]\nfile = \"Cargo.toml\"\ncorner = \"top right\"\n[[scene]]\ntext = \"Hello.\"\nbackground = \"#102030\"\ntransition = \"fade\"\ntransition_secs = 0.5\n[[scene]]\npause_secs = 1.0\ntitle = \"B\"\ntext = \"Bye.\"\n",
    ),
    (
        "scenes",
        "[music]\nfile = \"Cargo.toml\"\nvolume = 0.5\nduck_db = 12\nfade_in_secs = 1\n[[scene]]\ntext_file = \"Cargo.toml\"\n",
    ),
];

fn pictures(folder: &Path) -> Result<()> {
    let picture = RgbImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        image::Rgb([(x * 3) as u8, (y * 3) as u8, (x ^ y) as u8])
    });
    for (name, format) in [
        ("a.png", ImageFormat::Png),
        ("a.jpg", ImageFormat::Jpeg),
        ("a.webp", ImageFormat::WebP),
        ("a.bmp", ImageFormat::Bmp),
        ("a.gif", ImageFormat::Gif),
        ("a.tiff", ImageFormat::Tiff),
    ] {
        picture.save_with_format(folder.join(name), format)?;
    }
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src/portrait/avif");
    for entry in std::fs::read_dir(stored)? {
        let path = entry?.path();
        if let (Some("avif"), Some(name)) = (
            path.extension().and_then(|ending| ending.to_str()),
            path.file_name(),
        ) {
            std::fs::copy(&path, folder.join(name))?;
        }
    }
    Ok(())
}

fn tone(samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|i| (i as f32 * 0.05).sin() * 0.3)
        .collect()
}

fn sounds(folder: &Path) -> Result<()> {
    for name in ["a.wav", "a.flac", "a.m4a", "a.opus"] {
        let path = folder.join(name);
        let format = SoundFormat::of(&path).ok_or("a sound by its name")?;
        let mut file = SoundFile::create(&path, format, Some("a remark"))?;
        file.write(&tone(1500))?;
        file.finish()?;
    }
    engine::audio::wav::write_float_wav(&folder.join("float.wav"), &tone(500))?;
    std::fs::write(folder.join("a.aiff"), aiff())?;
    Ok(())
}

/// 16 bits, mono, 8 kHz.
fn aiff() -> Vec<u8> {
    let sound: Vec<u8> = (0..100_i16).flat_map(|i| (i * 200).to_be_bytes()).collect();
    let mut common = vec![0, 1, 0, 0, 0, 100, 0, 16];
    common.extend([0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0]);
    let mut bytes = b"AIFF".to_vec();
    for (name, content) in [
        (b"COMM", common),
        (b"SSND", [&[0; 8], sound.as_slice()].concat()),
    ] {
        bytes.extend(name);
        bytes.extend((content.len() as u32).to_be_bytes());
        bytes.extend(content);
    }
    [b"FORM", &(bytes.len() as u32).to_be_bytes()[..], &bytes].concat()
}

fn film(path: &Path, codec: SoundCodec, frames: u32) -> Result<Mp4Writer> {
    let size_px = (SIDE_PX, SIDE_PX);
    let mut film = Mp4Writer::create_with(path, size_px, FrameRate::Fps25, codec)?;
    film.write_sound(&tone(960 * frames as usize))?;
    for frame in 0..frames {
        let rgba: Vec<u8> = (0..SIDE_PX * SIDE_PX * 4)
            .map(|i| ((i * (frame + 7)) >> 6) as u8)
            .collect();
        film.write_frame(&rgba)?;
    }
    Ok(film)
}

fn videos(folder: &Path, codec: SoundCodec) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    film(&folder.join("a.mp4"), codec, 3)?.finish()?;
    Ok(())
}

/// As a killed program leaves them: copied while they are being written.
fn recovery(folder: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let _film = film(&work.path().join("a.mp4"), SoundCodec::default(), 27)?;
    let mut wav = WavWriter::create_with_remark(&work.path().join("a.wav"), None)?;
    wav.write(&tone(6000))?;
    let mut images = PictureFolder::create(&work.path().join("images"), SIDE_PX, SIDE_PX)?;
    images.write_frame(&[90; (SIDE_PX * SIDE_PX * 4) as usize])?;
    copy_files(work.path(), folder)
}

/// Those of a folder itself, with a name that is not hidden.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            let name = name.to_string_lossy();
            std::fs::copy(&path, to.join(name.trim_start_matches('.')))?;
        }
    }
    Ok(())
}

fn motions(folder: &Path) -> Result<()> {
    let mut frame = MotionFrame::default();
    frame.pose.yaw = -0.2;
    frame.expression[3] = [0.01, -0.02, 0.3];
    let motion = Motion {
        zero: Zero::FacingCamera,
        frames: vec![frame; 2],
    };
    for ending in motion_file::EXTENSIONS {
        motion_file::write(&motion, &folder.join("motion").with_extension(ending))?;
    }
    Ok(())
}

fn projects(folder: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let id = u64::from_str_radix(TAKE_STEM, 16)?;
    let mut take = Take::new(id, Script::AudioFile("me.wav".into()), 5);
    take.add_samples(&tone(200));
    take.mouth = vec![MouthFrame::from([[0.01, 0.02, -0.03]; 4]); 2];
    take.is_complete = true;
    let project = Project {
        document: Document {
            words: "Hello — world".into(),
            speed: 1.25,
            face: Some(2),
            ..Document::default()
        },
        takes: vec![Arc::new(take)],
        folder: None,
    };
    project.save(work.path())?;
    let mut bytes = std::fs::read(work.path().join("project.json"))?;
    for ending in ["json", "wav"] {
        let file = work.path().join("takes").join(TAKE_STEM);
        bytes.push(BETWEEN_FILES);
        bytes.extend(std::fs::read(file.with_extension(ending))?);
    }
    std::fs::write(folder.join("project"), bytes)?;
    Ok(())
}
