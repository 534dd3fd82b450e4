//! A tiny Keye model against transformers: tower, projectors, language model, and 64 greedy tokens of an answer about two pictures.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::quantized::{GgmlDType, QTensor, gguf_file};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use engine::networks::keye::{
    Cache, Keye, LanguageConfig, LanguageModel, Piece, Positions, Projector, ProjectorKind,
    Stretch, VisionConfig, VisionTower,
};
use serde::Deserialize;

/// Largest difference that is let pass.
const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct Fixture {
    vision: VisionConfig,
    language: LanguageConfig,
    /// Rows and columns of patches.
    pictures: Vec<(usize, usize)>,
    words: Vec<Vec<u32>>,
    answers: HashMap<String, Vec<u32>>,
}

const KINDS: [(&str, ProjectorKind); 2] = [
    ("preview", ProjectorKind::Preview),
    ("v15", ProjectorKind::V15),
];

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("reference")
        .join(name)
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("../../reference/keye.json")).unwrap()
}

fn tensors() -> HashMap<String, Tensor> {
    candle_core::safetensors::load(reference("keye.safetensors"), &Device::Cpu).unwrap()
}

/// The checkpoint of a version: its projector stands where the published ones have theirs.
fn checkpoint(kind: &str) -> VarBuilder<'static> {
    let prefix = format!("{kind}.");
    let named = tensors().into_iter().map(|(name, tensor)| {
        let name = name.strip_prefix(&prefix).unwrap_or(&name).to_owned();
        (name, tensor)
    });
    VarBuilder::from_tensors(named.collect(), DType::F32, &Device::Cpu)
}

fn largest_difference(a: &Tensor, b: &Tensor) -> f32 {
    assert_eq!(a.dims(), b.dims());
    let difference = (a - b).unwrap().abs().unwrap().flatten_all().unwrap();
    difference.max(0).unwrap().to_scalar().unwrap()
}

/// The rows of each picture.
fn by_picture(fixture: &Fixture, rows: &Tensor, patches_per_row: usize) -> Vec<Tensor> {
    let mut begin = 0;
    let pictures = fixture.pictures.iter();
    pictures
        .map(|(height, width)| {
            let count = height * width / patches_per_row;
            begin += count;
            rows.narrow(0, begin - count, count).unwrap()
        })
        .collect()
}

#[test]
fn the_tower_sees_what_the_reference_sees() {
    let (fixture, tensors) = (fixture(), tensors());
    let vb = checkpoint("preview").pp("visual.vision_model");
    let tower = VisionTower::new(&fixture.vision, &vb).unwrap();
    let patches = by_picture(&fixture, &tensors["patches"], 1);
    let wanted = by_picture(&fixture, &tensors["seen"], 1);
    for (((rows, columns), patches), wanted) in fixture.pictures.iter().zip(patches).zip(wanted) {
        let seen = tower.forward(&patches, *rows, *columns).unwrap();
        let off = largest_difference(&seen, &wanted);
        assert!(off < TOLERANCE, "{off}");
    }
    assert!(tower.forward(&tensors["patches"], 3, 3).is_err());
}

#[test]
fn both_projectors_are_the_references() {
    let (fixture, tensors) = (fixture(), tensors());
    for (name, kind) in KINDS {
        let vb = checkpoint(name).pp("mlp_AR");
        let width = fixture.language.hidden_size;
        let projector = Projector::new(kind, &fixture.vision, width, &vb).unwrap();
        let seen = by_picture(&fixture, &tensors["seen"], 1);
        let wanted = by_picture(&fixture, &tensors[&format!("{name}.projected")], 4);
        for (((rows, columns), seen), wanted) in fixture.pictures.iter().zip(seen).zip(wanted) {
            let off =
                largest_difference(&projector.forward(&seen, *rows, *columns).unwrap(), &wanted);
            assert!(off < TOLERANCE, "{name}: {off}");
        }
        assert!(projector.forward(&tensors["seen"], 5, 8).is_err());
    }
}

/// The prompt of the fixture: words and pictures in turn.
fn with_prompt<T>(fixture: &Fixture, use_it: impl FnOnce(&[Piece<'_>]) -> T) -> T {
    let patches = by_picture(fixture, &tensors()["patches"], 1);
    let mut pieces = Vec::new();
    for (index, words) in fixture.words.iter().enumerate() {
        pieces.push(Piece::Tokens(words));
        if let (Some(patches), Some(&(rows, columns))) =
            (patches.get(index), fixture.pictures.get(index))
        {
            pieces.push(Piece::Picture {
                patches,
                rows,
                columns,
            });
        }
    }
    use_it(&pieces)
}

fn greatest(scores: &[f32]) -> u32 {
    let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    best.unwrap() as u32
}

#[test]
fn the_whole_answer_is_the_references_token_by_token() {
    let fixture = fixture();
    for (name, kind) in KINDS {
        let vb = checkpoint(name);
        let keye = Keye::new(&fixture.vision, &fixture.language, kind, &vb).unwrap();
        let mut first_scores = None;
        let answer = with_prompt(&fixture, |pieces| {
            keye.answer(pieces, 64, &mut |scores| {
                first_scores.get_or_insert_with(|| scores.to_vec());
                Ok(Some(greatest(scores)))
            })
            .unwrap()
        });
        let wanted = &tensors()[&format!("{name}.scores")];
        let scores = Tensor::new(first_scores.unwrap(), &Device::Cpu).unwrap();
        let off = largest_difference(&scores, wanted);
        assert!(off < TOLERANCE, "{name}: {off}");
        assert_eq!(answer, fixture.answers[name], "{name}");
    }
}

#[test]
fn a_prompt_may_be_read_in_pieces() {
    let fixture = fixture();
    let keye = Keye::new(
        &fixture.vision,
        &fixture.language,
        ProjectorKind::V15,
        &checkpoint("v15"),
    )
    .unwrap();
    let (embedded, positions) = with_prompt(&fixture, |pieces| keye.prompt(pieces).unwrap());
    let whole = keye
        .language()
        .hidden(&embedded, &positions, &mut Cache::default())
        .unwrap();
    let mut cache = Cache::default();
    let mut parts = Vec::new();
    for (begin, count) in [(0, 5), (5, 1), (6, positions.len() - 6)] {
        let part = positions.part(begin..begin + count);
        let embedded = embedded.narrow(0, begin, count).unwrap();
        parts.push(
            keye.language()
                .hidden(&embedded, &part, &mut cache)
                .unwrap(),
        );
    }
    let off = largest_difference(&Tensor::cat(&parts, 0).unwrap(), &whole);
    assert!(off < TOLERANCE, "{off}");
    // The same by the way that prompts are read.
    let read = |chunk| {
        let reading = with_prompt(&fixture, |pieces| keye.read(pieces, chunk, &|| Ok(())));
        Tensor::new(reading.unwrap().scores, &Device::Cpu).unwrap()
    };
    let off = largest_difference(&read(7), &read(usize::MAX));
    assert!(off < TOLERANCE, "{off}");
    let stopped = with_prompt(&fixture, |pieces| {
        keye.read(pieces, 7, &|| candle_core::bail!("stop"))
    });
    assert!(stopped.is_err());
}

/// Packed while it is read, a model says nearly what it says as it is.
#[test]
fn matrices_can_be_packed_while_they_are_read() {
    let fixture = fixture();
    let checkpoint = checkpoint("v15");
    let plain = LanguageModel::new(&fixture.language, &checkpoint).unwrap();
    let packed = LanguageModel::packed(&fixture.language, &checkpoint, GgmlDType::Q8_0).unwrap();
    let scores = |model: &LanguageModel| {
        let embedded = model.embed(&[1, 2, 3, 4]).unwrap();
        let positions = Positions::of(&[Stretch::Text(4)]);
        let scores = model.forward(&embedded, &positions, &mut Cache::default());
        Tensor::new(scores.unwrap(), &Device::Cpu).unwrap()
    };
    let (plain, packed) = (scores(&plain), scores(&packed));
    let spread = largest_difference(&plain, &plain.zeros_like().unwrap());
    let off = largest_difference(&plain, &packed);
    assert!(off > 0.0 && off < 0.05 * spread, "{off} of {spread}");
}

/// Writes the language half as a GGUF file of this kind of blocks; vectors and the embedding stay as they are.
fn write_gguf(path: &Path, blocks: GgmlDType) {
    let renamed = [
        ("model.embed_tokens", "token_embd"),
        ("model.norm", "output_norm"),
        ("lm_head", "output"),
        ("model.layers.", "blk."),
        ("self_attn.q_proj", "attn_q"),
        ("self_attn.k_proj", "attn_k"),
        ("self_attn.v_proj", "attn_v"),
        ("self_attn.o_proj", "attn_output"),
        ("self_attn.q_norm", "attn_q_norm"),
        ("self_attn.k_norm", "attn_k_norm"),
        ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"),
        ("mlp.down_proj", "ffn_down"),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
    ];
    let mut packed = Vec::new();
    for (name, tensor) in tensors() {
        if !name.starts_with("model.") && !name.starts_with("lm_head") {
            continue;
        }
        let is_packed = tensor.rank() == 2 && !name.contains("embed");
        let kind = if is_packed { blocks } else { GgmlDType::F32 };
        // A name that holds another comes later.
        let name = renamed
            .iter()
            .fold(name, |name, (from, to)| name.replace(from, to));
        packed.push((name, QTensor::quantize(&tensor, kind).unwrap()));
    }
    let packed: Vec<(&str, &QTensor)> = packed
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor))
        .collect();
    let mut file = std::fs::File::create(path).unwrap();
    gguf_file::write(&mut file, &[], &packed).unwrap();
}

#[test]
fn the_language_half_loads_from_gguf_files() {
    let fixture = fixture();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("language.gguf");
    let vb = checkpoint("v15");
    let answer = |model: LanguageModel| {
        let keye = Keye::with_language_model(
            &fixture.vision,
            &fixture.language,
            ProjectorKind::V15,
            &vb,
            model,
        )
        .unwrap();
        let mut first_scores = None;
        let answer = with_prompt(&fixture, |pieces| {
            keye.answer(pieces, 64, &mut |scores| {
                first_scores.get_or_insert_with(|| scores.to_vec());
                Ok(Some(greatest(scores)))
            })
            .unwrap()
        });
        (answer, first_scores.unwrap())
    };
    write_gguf(&path, GgmlDType::F32);
    let (exact, scores) = answer(LanguageModel::from_gguf(&fixture.language, &path).unwrap());
    assert_eq!(exact, fixture.answers["v15"]);
    // Packed to eight bits the scores stay nearly the same.
    write_gguf(&path, GgmlDType::Q8_0);
    let (_, packed) = answer(LanguageModel::from_gguf(&fixture.language, &path).unwrap());
    let cosine = |a: &[f32], b: &[f32]| {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    assert!(
        cosine(&scores, &packed) > 0.99,
        "{}",
        cosine(&scores, &packed)
    );
    assert_ne!(scores, packed);

    let mut wrong = fixture.language.clone();
    wrong.intermediate_size *= 2;
    assert!(LanguageModel::from_gguf(&wrong, &path).is_err());
    std::fs::write(&path, b"GGUF, or so it says").unwrap();
    assert!(LanguageModel::from_gguf(&fixture.language, &path).is_err());
}

#[test]
fn configurations_that_make_no_sense_are_refused() {
    let fixture = fixture();
    let vb = checkpoint("v15");
    let mut vision = fixture.vision.clone();
    vision.num_attention_heads = 5;
    assert!(VisionTower::new(&vision, &vb.pp("visual.vision_model")).is_err());
    let mut language = fixture.language.clone();
    language.rope_scaling.mrope_section = [1, 1, 1];
    assert!(LanguageModel::new(&language, &vb).is_err());
    let keye = LanguageModel::new(&fixture.language, &vb).unwrap();
    assert!(keye.embed(&[96]).is_err());
}
