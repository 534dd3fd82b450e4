//! An F5-TTS with everything that it needs to speak, of seeded numbers.

use std::path::Path;

use super::Tensors;

/// Characters of the generated vocabulary.
const VOCABULARY: &str = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,!?'\"-";

/// Sizes of an F5-TTS.
pub struct Sizes {
    pub dim: usize,
    pub depth: usize,
    /// Width of all heads together.
    pub inner: usize,
    pub ff_mult: usize,
    pub text_dim: usize,
    pub conv_layers: usize,
    pub conv_mult: usize,
}

/// An F5-TTS of other sizes than any published one.
pub fn f5_tts() -> Tensors {
    f5_tts_of(&Sizes {
        dim: 48,
        depth: 2,
        inner: 128,
        ff_mult: 4,
        text_dim: 16,
        conv_layers: 1,
        conv_mult: 3,
    })
}

pub fn f5_tts_of(sizes: &Sizes) -> Tensors {
    let &Sizes {
        dim,
        inner,
        text_dim,
        ..
    } = sizes;
    let mut tensors = Tensors::default();
    let root = "ema_model.transformer";
    let mut layer = |name: &str, shape: &[usize]| tensors.layer(&format!("{root}.{name}"), shape);
    layer("time_embed.time_mlp.0", &[dim, 256]);
    layer("time_embed.time_mlp.2", &[dim, dim]);
    layer("input_embed.proj", &[dim, 200 + text_dim]);
    layer("input_embed.conv_pos_embed.conv1d.0", &[dim, dim / 16, 31]);
    layer("input_embed.conv_pos_embed.conv1d.2", &[dim, dim / 16, 31]);
    let text_inner = sizes.conv_mult * text_dim;
    for i in 0..sizes.conv_layers {
        let block = format!("text_embed.text_blocks.{i}");
        layer(&format!("{block}.dwconv"), &[text_dim, 1, 7]);
        layer(&format!("{block}.norm"), &[text_dim]);
        layer(&format!("{block}.pwconv1"), &[text_inner, text_dim]);
        layer(&format!("{block}.pwconv2"), &[text_dim, text_inner]);
    }
    let ff_inner = sizes.ff_mult * dim;
    for i in 0..sizes.depth {
        let block = format!("transformer_blocks.{i}");
        layer(&format!("{block}.attn_norm.linear"), &[6 * dim, dim]);
        for name in ["to_q", "to_k", "to_v"] {
            layer(&format!("{block}.attn.{name}"), &[inner, dim]);
        }
        layer(&format!("{block}.attn.to_out.0"), &[dim, inner]);
        layer(&format!("{block}.ff.ff.0.0"), &[ff_inner, dim]);
        layer(&format!("{block}.ff.ff.2"), &[dim, ff_inner]);
    }
    layer("norm_out.linear", &[2 * dim, dim]);
    layer("proj_out", &[100, dim]);
    for i in 0..sizes.conv_layers {
        for name in ["gamma", "beta"] {
            let name = format!("{root}.text_embed.text_blocks.{i}.grn.{name}");
            tensors.add(&name, &[1, 1, text_inner]);
        }
    }
    let rows = VOCABULARY.chars().count() + 1;
    tensors.add(
        &format!("{root}.text_embed.text_embed.weight"),
        &[rows, text_dim],
    );
    // What trainers leave in the file.
    tensors.add("ema_model.initted", &[1]);
    tensors.add("ema_model.mel_spec.mel_stft.mel_scale.fb", &[513, 100]);
    tensors
}

pub fn vocos() -> Tensors {
    let (dim, inner) = (16, 24);
    let mut tensors = Tensors::default();
    tensors.layer("backbone.embed", &[dim, 100, 7]);
    tensors.layer("backbone.norm", &[dim]);
    tensors.layer("backbone.convnext.0.dwconv", &[dim, 1, 7]);
    tensors.layer("backbone.convnext.0.norm", &[dim]);
    tensors.layer("backbone.convnext.0.pwconv1", &[inner, dim]);
    tensors.layer("backbone.convnext.0.pwconv2", &[dim, inner]);
    tensors.add("backbone.convnext.0.gamma", &[dim]);
    tensors.layer("backbone.final_layer_norm", &[dim]);
    tensors.layer("head.out", &[1026, dim]);
    tensors
}

/// Writes a checkpoint, its vocabulary, a vocoder and a recording into a folder.
pub fn write_all(folder: &Path) {
    f5_tts().write(&folder.join("F5TTS_v1_Base.safetensors"));
    vocos().write(&folder.join("vocos.safetensors"));
    let lines: String = VOCABULARY.chars().map(|c| format!("{c}\n")).collect();
    std::fs::write(folder.join("vocab.txt"), lines).unwrap();
    let hum = |i: usize| 0.05 * (i as f32 * 0.04).sin() * (i as f32 * 0.0007).sin();
    let samples: Vec<f32> = (0..3 * 24_000).map(hum).collect();
    engine::audio::wav::write_wav(&folder.join("me.wav"), &samples).unwrap();
}
