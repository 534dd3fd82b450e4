//! Networks of random weights, and plans for them, for the tests of the flow on a graphics adapter.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use engine::backend::{FlowPlan, Start, StreamPlan};
use engine::networks::jam_flow::schedule::{sway, uniform};
use engine::networks::jam_flow::{Checkpoint, Config, Exchange, Noise};
use flow_gpu::ComputeDevice;

/// None if the machine has said that it has no adapter.
pub fn device() -> Option<ComputeDevice> {
    if std::env::var_os("SKIP_GPU_TESTS").is_some() {
        return None;
    }
    let (_, adapter) = shaders::Gpu::headless_adapter()
        .expect("a graphics adapter; set SKIP_GPU_TESTS=1 to do without");
    Some(ComputeDevice::open(&adapter).unwrap())
}

/// A checkpoint of random weights in memory.
pub fn random(config: &Config) -> Checkpoint {
    random_within(config, 0.1)
}

/// The same, with weights of this deviation.
pub fn random_within(config: &Config, deviation: f64) -> Checkpoint {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    // Asking for all networks once says which tensors there are.
    let joint = Checkpoint::new(config.clone(), vb).joint_model();
    joint.unwrap();
    let named = randomised(&variables, deviation);
    let vb = VarBuilder::from_tensors(named, DType::F32, &Device::Cpu);
    Checkpoint::new(config.clone(), vb)
}

/// Noise of this deviation in place of each tensor.
pub fn randomised(variables: &VarMap, deviation: f64) -> HashMap<String, Tensor> {
    let variables = variables.data().lock().unwrap();
    let noise = |variable: &candle_core::Var| variable.as_tensor().randn_like(0.0, deviation);
    variables
        .iter()
        .map(|(name, variable)| (name.clone(), noise(variable).unwrap()))
        .collect()
}

/// Two streams that do not line up with any tile, with heads narrower than a cache line and only the first of them turned.
pub fn odd() -> Config {
    Config {
        mel_bins: 27,
        dim: 48,
        depth: 3,
        joint_depth: 2,
        heads: 3,
        dim_head: 20,
        motion_dim: 32,
        motion_depth: 4,
        motion_channels: 7,
        rest_channels: 5,
        text_dim: 10,
        pe_attn_head: Some(1),
        ..Config::f5_v0_base()
    }
}

/// Noise under a condition of noise.
pub fn plan(config: &Config, tokens: usize, steps: usize) -> FlowPlan {
    let mut noise = Noise::new(3, 0);
    let mut stream = |count: usize, noisy_dim: usize, condition_dim: usize| StreamPlan {
        count,
        start: Start::Noise(noise.take(count * noisy_dim)),
        condition: noise.take(count * condition_dim),
        guidance: None,
    };
    let frames = config.motion_frames(tokens);
    let audio = stream(tokens, config.token_dim(), config.audio_condition_dim());
    let motion = stream(
        frames,
        config.motion_channels,
        config.motion_condition_dim(),
    );
    FlowPlan {
        times: sway(&uniform(steps), -1.0),
        exchange: Exchange::BOTH,
        audio,
        motion: (config.motion_depth > 0).then_some(motion),
    }
}
