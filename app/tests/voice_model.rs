//! `jam-flow speak --checkpoint` on generated checkpoints, and on files that are something else.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod program;
mod tensors;

use std::path::PathBuf;
use std::process::Output;

use engine::FlowSettings;
use engine::synthesizer::SAMPLES_PER_FRAME;
use engine::voice_model::VoiceModelFiles;
use serde_json::Value;
use studio::cancel::{CancelToken, is_cancelled};
use studio::reference_voice::OwnVoice;
use studio::resources::Resources;
use studio::script::{Script, ScriptVoice};
use studio::sound::microphone::no_microphone;
use studio::speech::{Made, SpeechMaker, SpeechRequest};
use studio::take::Take;
use studio::voice_model::ModelVoiceFiles;

use program::program;
use tensors::Tensor;
use tensors::f5_tts::{self, Sizes, f5_tts, f5_tts_of};

/// A folder with everything that a voice model needs.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        f5_tts::write_all(files.folder.path());
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command with these options in place of its own.
    fn speak(&self, changed: &[(&str, &str)]) -> Output {
        let mut options = vec![
            ("--checkpoint", "F5TTS_v1_Base.safetensors"),
            ("--vocab", "vocab.txt"),
            ("--vocoder", "vocos.safetensors"),
            ("--reference", "me.wav"),
            ("--reference-text", "Some call me nature, others mother."),
            ("--text", "Good evening, everybody."),
            ("--output", "out.wav"),
            ("--steps", "2"),
        ];
        for (name, value) in changed {
            options.retain(|(there, _)| there != name);
            options.push((name, value));
        }
        let mut command = program();
        command
            .current_dir(self.folder.path())
            .args(["speak", "--i-have-permission", "--json"]);
        for (name, value) in options {
            if !value.is_empty() {
                command.args([name, value]);
            }
        }
        command.output().unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[track_caller]
fn duration_secs(result: &Output) -> f64 {
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(result.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&result.stdout).unwrap();
    report["duration_secs"].as_f64().unwrap()
}

#[test]
fn a_checkpoint_speaks_with_our_face() {
    let files = Files::new();
    let result = files.speak(&[
        ("--output", "film.mp4"),
        ("--subtitles", "words.srt"),
        ("--motion-output", "motion.json"),
    ]);
    let secs = duration_secs(&result);
    // The pace of the reference: 37 bytes in 3 s.
    assert!((1.0..4.0).contains(&secs), "{secs}");
    let (film, _) = re_mp4::Mp4::read_file(files.path("film.mp4")).unwrap();
    assert_eq!(film.tracks().len(), 2);
    let words = std::fs::read_to_string(files.path("words.srt")).unwrap();
    assert!(words.contains("evening"), "{words}");
    let motion = engine::motion::motion_file::read(&files.path("motion.json")).unwrap();
    assert!((motion.frames.len() as f64 / 25.0 - secs).abs() < 0.08);
}

#[test]
fn equal_seeds_speak_equally_and_the_built_in_vocoder_serves() {
    let files = Files::new();
    let sound = |output: &str, seed: &str, vocoder: &str| {
        let options = [
            ("--output", output),
            ("--seed", seed),
            ("--vocoder", vocoder),
        ];
        duration_secs(&files.speak(&options));
        engine::audio::decode_file(&files.path(output)).unwrap()
    };
    let first = sound("a.wav", "1", "");
    assert!(first.iter().any(|sample| sample.abs() > 1e-4));
    assert_eq!(first, sound("b.wav", "1", ""));
    assert_ne!(first, sound("c.wav", "2", ""));
    assert_ne!(first, sound("d.wav", "1", "vocos.safetensors"));
}

/// Any adapter will do, a software one included.
#[test]
fn a_checkpoint_speaks_alike_on_the_gpu() {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return;
    }
    let files = Files::new();
    let sound = |output: &str, compute: &str, vocoder: &str| {
        let options = [
            ("--output", output),
            ("--compute", compute),
            ("--vocoder", vocoder),
        ];
        duration_secs(&files.speak(&options));
        engine::audio::decode_file(&files.path(output)).unwrap()
    };
    for vocoder in ["", "vocos.safetensors"] {
        let cpu = sound("cpu.wav", "cpu", vocoder);
        let gpu = sound("gpu.wav", "gpu", vocoder);
        assert_eq!(cpu.len(), gpu.len());
        let product = |a: &[f32], b: &[f32]| -> f64 {
            let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
            products.sum()
        };
        let lengths = product(&cpu, &cpu) * product(&gpu, &gpu);
        let correlation = product(&cpu, &gpu) / lengths.sqrt();
        assert!(correlation >= 0.999, "{vocoder}: {correlation}");
    }
    // The file is at fault, not the adapter.
    let result = files.speak(&[("--compute", "gpu"), ("--checkpoint", "vocos.safetensors")]);
    let said = String::from_utf8_lossy(&result.stderr);
    assert!(said.contains("not an F5-TTS checkpoint"), "{said}");
}

/// 158 million weights of 16 bits; by hand: `cargo test … --test voice_model -- --ignored`.
#[test]
#[ignore = "writes 300 MB and takes the better part of a minute"]
fn a_checkpoint_of_the_small_size_speaks() {
    let files = Files::new();
    let small = f5_tts_of(&Sizes {
        dim: 768,
        depth: 18,
        inner: 768,
        ff_mult: 2,
        text_dim: 512,
        conv_layers: 4,
        conv_mult: 2,
    });
    small.write_halves(&files.path("F5TTS_v1_Small.safetensors"));
    let began = std::time::Instant::now();
    let result = files.speak(&[
        ("--checkpoint", "F5TTS_v1_Small.safetensors"),
        ("--compute", "cpu"),
        ("--steps", "1"),
    ]);
    let secs = duration_secs(&result);
    println!("{secs} s of speech in {:?}", began.elapsed());
    assert!((1.0..4.0).contains(&secs), "{secs}");
    let sound = engine::audio::decode_file(&files.path("out.wav")).unwrap();
    assert!(sound.iter().any(|sample| sample.abs() > 1e-4));
}

#[test]
fn faster_speech_is_shorter_and_long_texts_are_cut() {
    let files = Files::new();
    let secs = |changed: &[(&str, &str)]| duration_secs(&files.speak(changed));
    let (slow, fast) = (secs(&[("--speed", "0.8")]), secs(&[("--speed", "1.6")]));
    assert!((slow / fast - 2.0).abs() < 0.1, "{slow} {fast}");
    let long = "Words, and more words, and some more of them. ".repeat(12);
    let secs = secs(&[("--text", &long), ("--steps", "1")]);
    // Three chunks of up to 19 s.
    assert!(secs > 35.0, "{secs}");
}

#[test]
fn who_listens_hears_the_first_chunk_before_the_last_is_made() {
    let files = Files::new();
    let voice = OwnVoice {
        recording: files.path("me.wav"),
        words: "Some call me nature, others mother.".to_owned(),
        is_permitted: true,
    };
    let model = VoiceModelFiles {
        checkpoint: files.path("F5TTS_v1_Base.safetensors"),
        vocabulary: files.path("vocab.txt"),
        vocoder: Some(files.path("vocos.safetensors")),
        version: None,
    };
    let text = "Good evening, everybody. ".repeat(20);
    let script = Script::Words {
        text: text.clone(),
        voice: ScriptVoice::Model(Box::new(ModelVoiceFiles { model, voice })),
        speed: 1.0,
    };
    let models = Resources::find(None).models;
    let maker = SpeechMaker::load(&models, no_microphone()).unwrap();
    let request = |flow| SpeechRequest {
        flow,
        ..SpeechRequest::for_file(script.clone(), 1)
    };
    let whole = maker
        .take(&request(FlowSettings::for_files()), &CancelToken::new())
        .unwrap();

    let (mut take, mut shares) = (Take::new(0, script.clone(), 1), Vec::new());
    let live = request(FlowSettings::default());
    let cancel = CancelToken::new();
    maker
        .make_telling(&live, &CancelToken::new(), &cancel, &mut |made| {
            if let Made::Chunk(chunk) = made {
                assert_eq!(chunk.samples.len(), chunk.mouth.len() * SAMPLES_PER_FRAME);
                shares.push(chunk.fraction_done);
                take.add(&chunk);
            }
            Ok(())
        })
        .unwrap();
    assert!(shares.len() > 3 && shares.is_sorted(), "{shares:?}");
    assert!(shares[0] < 1.0 && shares.last() == Some(&1.0), "{shares:?}");
    // Other chunks, and so other cross-fades, but the same words at the same pace.
    let (live_secs, whole_secs) = (take.duration_secs(), whole.duration_secs());
    assert!(
        (live_secs / whole_secs - 1.0).abs() < 0.1,
        "{live_secs} {whole_secs}"
    );
    let words = |take: &Take| {
        take.words
            .iter()
            .map(|w| w.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&take), words(&whole));
    assert!(take.words.is_sorted_by_key(|word| word.start_secs));

    // Whoever stops is heard at the next step.
    let stopped = maker.make_telling(&live, &CancelToken::new(), &cancel, &mut |_| {
        Err(engine::Error::Cancelled)
    });
    assert!(is_cancelled(&stopped.unwrap_err()));
}

#[test]
fn what_is_something_else_is_refused_in_one_line() {
    let files = Files::new();
    let whole = std::fs::read(files.path("F5TTS_v1_Base.safetensors")).unwrap();
    std::fs::write(files.path("cut.safetensors"), &whole[..whole.len() - 9]).unwrap();
    std::fs::write(files.path("text.safetensors"), "no tensors in here").unwrap();
    std::fs::write(
        files.path("model.pt"),
        b"PK\x03\x04\x00\x00\x08\x08 and more",
    )
    .unwrap();
    std::fs::write(files.path("short.txt"), " \na\nb\n").unwrap();
    std::fs::write(files.path("binary.txt"), [0xff, 0xfe, 0x00]).unwrap();
    let changed = |name: &str, change: &dyn Fn(&mut Vec<Tensor>)| {
        let mut tensors = f5_tts();
        change(&mut tensors.0);
        tensors.write(&files.path(name));
    };
    changed("wide.safetensors", &|tensors| {
        let wide = tensors
            .iter_mut()
            .find(|(name, _)| name.ends_with("blocks.1.attn.to_k.weight"));
        wide.unwrap().1 = vec![128, 32];
    });
    changed("lacking.safetensors", &|tensors| {
        tensors.retain(|(name, _)| !name.ends_with("norm_out.linear.bias"));
    });
    changed("normed.safetensors", &|tensors| {
        let name = "ema_model.transformer.transformer_blocks.0.attn.q_norm.weight";
        tensors.push((name.to_owned(), vec![64]));
    });
    changed("F5TTS_Base_bigvgan.safetensors", &|_| {});
    let silence = vec![0.0; 3 * 24_000];
    engine::audio::wav::write_wav(&files.path("silence.wav"), &silence).unwrap();
    let before = files.names();
    for (option, value, expected) in [
        (
            "--checkpoint",
            "no.safetensors",
            "no such file: no.safetensors",
        ),
        (
            "--checkpoint",
            "model.pt",
            "models/recipe/voice_model/convert.py: model.pt",
        ),
        (
            "--checkpoint",
            "cut.safetensors",
            "download or convert it again: cut",
        ),
        ("--checkpoint", "text.safetensors", "not a safetensors file"),
        (
            "--checkpoint",
            "vocos.safetensors",
            "not an F5-TTS checkpoint",
        ),
        ("--checkpoint", "wide.safetensors", "to_k.weight"),
        (
            "--checkpoint",
            "lacking.safetensors",
            "norm_out.linear.bias",
        ),
        (
            "--checkpoint",
            "normed.safetensors",
            "normalises queries and keys",
        ),
        ("--checkpoint", "F5TTS_Base_bigvgan.safetensors", "BigVGAN"),
        ("--vocab", "no.txt", "no such file: no.txt"),
        (
            "--vocab",
            "short.txt",
            "has 3 entries and the checkpoint 60",
        ),
        ("--vocab", "binary.txt", "this is no vocabulary"),
        (
            "--vocoder",
            "model.pt",
            "models/recipe/voice_model/convert.py: model.pt",
        ),
        (
            "--vocoder",
            "F5TTS_v1_Base.safetensors",
            "not a Vocos checkpoint",
        ),
        ("--reference", "silence.wav", "0.0 s of speech"),
        ("--reference-text", "Yes", "do not fit its 3.0 s"),
        ("--text", "你好", "without Chinese characters"),
    ] {
        let result = files.speak(&[(option, value)]);
        let said = String::from_utf8_lossy(&result.stderr);
        assert!(!result.status.success(), "{option} {value}");
        assert!(!said.contains("panicked"), "{said}");
        let last = said.lines().last().unwrap();
        assert!(
            last.starts_with("error: ") && last.contains(expected),
            "{said}"
        );
    }
    assert_eq!(files.names(), before, "nothing is left of a failure");
}
