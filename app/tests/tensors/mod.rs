//! Seeded numbers as safetensors files, for tests of models that the project does not ship.

#![allow(dead_code, reason = "each test needs a part of it")]

pub mod f5_tts;

use std::path::Path;

use engine::random::Random;
use serde_json::{Map, Value, json};

/// A tensor's name and shape.
pub type Tensor = (String, Vec<usize>);

/// Tensors of a safetensors file.
#[derive(Clone, Default)]
pub struct Tensors(pub Vec<Tensor>);

impl Tensors {
    pub fn add(&mut self, name: &str, shape: &[usize]) {
        self.0.push((name.to_owned(), shape.to_vec()));
    }

    /// A layer with its bias.
    pub fn layer(&mut self, name: &str, shape: &[usize]) {
        self.add(&format!("{name}.weight"), shape);
        self.add(&format!("{name}.bias"), &shape[..1]);
    }

    /// Writes seeded numbers of 32 bits.
    pub fn write(&self, path: &Path) {
        let mut random = Random::new(4);
        self.write_as("F32", path, &mut |spread, data| {
            data.extend(((random.normal() * spread) as f32).to_le_bytes());
        });
    }

    /// Writes seeded numbers of 16 bits.
    pub fn write_halves(&self, path: &Path) {
        let mut state = 4u64;
        self.write_as("F16", path, &mut |spread, data| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            // Sign and mantissa by chance, the exponent of the spread.
            let exponent = (spread.log2().floor() as i32 + 15) as u16;
            let bits = (state >> 48) as u16;
            data.extend((bits & 0x83ff | exponent << 10).to_le_bytes());
        });
    }

    fn write_as(&self, dtype: &str, path: &Path, number: &mut dyn FnMut(f64, &mut Vec<u8>)) {
        let mut header = Map::new();
        let mut data = Vec::new();
        for (name, shape) in &self.0 {
            let begin = data.len();
            let fan_in: usize = shape[1..].iter().product();
            let spread = 0.7 / (fan_in as f64).sqrt();
            for _ in 0..shape.iter().product() {
                number(spread, &mut data);
            }
            header.insert(
                name.clone(),
                json!({"dtype": dtype, "shape": shape, "data_offsets": [begin, data.len()]}),
            );
        }
        let header = Value::Object(header).to_string().into_bytes();
        let bytes = [(header.len() as u64).to_le_bytes().to_vec(), header, data].concat();
        std::fs::write(path, bytes).unwrap();
    }
}
