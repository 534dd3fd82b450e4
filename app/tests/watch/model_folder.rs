//! `jam-flow watch --model-folder` on a tiny Keye model with random weights, in two files with an index.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::film::clip;
use crate::program::{error_line, names, program, text};
use crate::tensors::Tensors;

/// Words that the model knows; what it says with them is chance.
const WORDS: [&str; 12] = [
    "a", "dog", "runs", "to", "the", "blue", "house", "and", "stops", "there", "then", "sleeps",
];
const VOCABULARY: usize = 21;

fn vision() -> Tensors {
    let mut tensors = Tensors::default();
    let tower = "visual.vision_model";
    tensors.layer(
        &format!("{tower}.embeddings.patch_embedding"),
        &[8, 3, 14, 14],
    );
    tensors.add(
        &format!("{tower}.embeddings.position_embedding.weight"),
        &[4, 8],
    );
    let block = format!("{tower}.encoder.layers.0");
    for norm in ["layer_norm1", "layer_norm2"] {
        tensors.layer(&format!("{block}.{norm}"), &[8]);
    }
    for name in ["q_proj", "k_proj", "v_proj", "out_proj"] {
        tensors.layer(&format!("{block}.self_attn.{name}"), &[8, 8]);
    }
    tensors.layer(&format!("{block}.mlp.fc1"), &[16, 8]);
    tensors.layer(&format!("{block}.mlp.fc2"), &[8, 16]);
    tensors.layer(&format!("{tower}.post_layernorm"), &[8]);
    tensors.layer("mlp_AR.pre_norm", &[32]);
    tensors.layer("mlp_AR.linear_1", &[32, 32]);
    tensors.layer("mlp_AR.linear_2", &[32, 32]);
    tensors
}

fn language() -> Tensors {
    let mut tensors = Tensors::default();
    for name in ["model.embed_tokens", "lm_head"] {
        tensors.add(&format!("{name}.weight"), &[VOCABULARY, 32]);
    }
    tensors.add("model.norm.weight", &[32]);
    for layer in 0..2 {
        let mut add = |name: &str, shape: &[usize]| {
            tensors.add(&format!("model.layers.{layer}.{name}.weight"), shape);
        };
        add("input_layernorm", &[32]);
        add("post_attention_layernorm", &[32]);
        add("self_attn.q_norm", &[16]);
        add("self_attn.k_norm", &[16]);
        add("self_attn.q_proj", &[32, 32]);
        add("self_attn.k_proj", &[16, 32]);
        add("self_attn.v_proj", &[16, 32]);
        add("self_attn.o_proj", &[32, 32]);
        add("mlp.gate_proj", &[32, 32]);
        add("mlp.up_proj", &[32, 32]);
        add("mlp.down_proj", &[32, 32]);
    }
    tensors
}

fn config() -> Value {
    json!({
        "model_type": "KeyeVL1_5",
        "vocab_size": VOCABULARY, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16, "rms_norm_eps": 1e-6, "rope_theta": 1e6,
        "rope_scaling": {"type": "default", "mrope_section": [2, 3, 3]},
        "vision_config": {
            "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1,
            "image_size": 28, "patch_size": 14
        }
    })
}

fn tokenizer() -> Value {
    let special = [
        "<unk>",
        "<|im_start|>",
        "<|im_end|>",
        "<|endoftext|>",
        "<|vision_start|>",
        "<|vision_end|>",
        "<|frame|>",
        "<|fast_start|>",
        "<|fast_end|>",
    ];
    let names = WORDS.iter().chain(&special);
    let vocabulary: serde_json::Map<String, Value> = (0..)
        .zip(names)
        .map(|(id, name)| ((*name).to_owned(), Value::from(id)))
        .collect();
    let added: Vec<Value> = special
        .iter()
        .map(|name| {
            json!({
                "id": vocabulary[*name], "content": name, "special": true, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false
            })
        })
        .collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
        "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"}
    })
}

/// A folder as Hugging Face has them, with a clip beside it.
struct Model {
    folder: tempfile::TempDir,
    clip: PathBuf,
}

impl Model {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        std::fs::create_dir(&path).unwrap();
        let mut map = serde_json::Map::new();
        for (file, tensors) in [
            ("model-00001.safetensors", vision()),
            ("model-00002.safetensors", language()),
        ] {
            tensors.write(&path.join(file));
            map.extend(tensors.0.into_iter().map(|(name, _)| (name, file.into())));
        }
        let write =
            |name: &str, value: Value| std::fs::write(path.join(name), value.to_string()).unwrap();
        write("model.safetensors.index.json", json!({"weight_map": map}));
        write("config.json", config());
        write("tokenizer.json", tokenizer());
        write(
            "generation_config.json",
            json!({"temperature": 1.0, "top_k": 50, "eos_token_id": [14]}),
        );
        let clip = clip(folder.path());
        Self { folder, clip }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    fn told(&self) -> PathBuf {
        self.folder.path().join("told.txt")
    }

    fn watch(&self, more: &[&str]) -> Output {
        program()
            .args([
                "watch",
                text(&self.clip),
                "--model-folder",
                text(&self.path()),
            ])
            .args(["--answer-output", text(&self.told()), "--max-tokens", "400"])
            .args(more)
            .output()
            .unwrap()
    }
}

#[test]
fn a_model_in_a_folder_says_the_words_that_it_knows() {
    let model = Model::new();
    let told = |seed: u32| {
        let result = model.watch(&["--seed", &seed.to_string()]);
        let said = String::from_utf8_lossy(&result.stderr);
        assert!(said.contains("GB of memory"), "{said}");
        // By chance it may end before its first word.
        match result.status.success() {
            true => Some(std::fs::read_to_string(model.told()).unwrap()),
            false => {
                assert!(error_line(&result).contains("no words"), "{said}");
                None
            }
        }
    };
    let mut answers = (1..20).filter_map(|seed| Some((seed, told(seed)?)));
    let (first, other) = (answers.next().unwrap(), answers.next().unwrap());
    assert_ne!(first.1, other.1);
    for (_, answer) in [&first, &other] {
        let is_known = |word: &str| WORDS.contains(&word) || word.starts_with('[');
        assert!(answer.split_whitespace().all(is_known), "{answer}");
    }
    // The same seed says the same.
    assert_eq!(told(first.0), Some(first.1));
}

#[test]
fn a_folder_that_is_no_model_is_refused_in_one_line() {
    let model = Model::new();
    let before = names(model.folder.path());
    let refused = |file: &str, content: Option<&[u8]>, expected: &str| {
        let path = model.path().join(file);
        let whole = std::fs::read(&path).unwrap();
        match content {
            Some(content) => std::fs::write(&path, content).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let line = error_line(&model.watch(&[]));
        assert!(line.contains(expected), "{file}: {line}");
        std::fs::write(&path, whole).unwrap();
    };
    refused("config.json", None, "is missing");
    refused("config.json", Some(b"{}"), "vision_config");
    refused("config.json", Some(b"{"), "config.json");
    refused("tokenizer.json", Some(b"{}"), "tokenizer.json");
    refused("model-00002.safetensors", None, "model-00002.safetensors");
    refused(
        "model-00001.safetensors",
        Some(b"PK\x03\x04"),
        "model-00001.safetensors",
    );
    let mut other = config();
    other["hidden_size"] = 64.into();
    refused(
        "config.json",
        Some(other.to_string().as_bytes()),
        "no folder of a Keye-VL model",
    );
    // What would not fit is refused before any weight is read.
    other["hidden_size"] = 200_000.into();
    other["num_hidden_layers"] = 10_000.into();
    refused(
        "config.json",
        Some(other.to_string().as_bytes()),
        "GB of memory",
    );
    assert_eq!(names(model.folder.path()), before);
    let none = Path::new("no/such/folder");
    let line = error_line(
        &program()
            .args(["watch", text(&model.clip), "--model-folder", text(none)])
            .args(["--answer-output", text(&model.told())])
            .output()
            .unwrap(),
    );
    assert!(line.contains("config.json"), "{line}");
}
