//! The kernels: one file of WGSL each, and beside it the Rust that knows its parameters and the size of its grid.
//!
//! What a kernel must know when it is compiled stands in front of its source as constants. Everything else are parameters, so that
//! one pipeline serves all layers.

mod attention;
mod euler;
mod linear;
mod norm;
mod position_conv;
#[cfg(test)]
mod testing;

use crate::device::ComputeDevice;

pub use attention::{Asked, Attention};
pub use euler::{Euler, Step};
pub use linear::{Activation, Epilogue, Linear, Product};
pub use norm::Norm;
pub use position_conv::{PositionConv, TAPS};

/// A compiled kernel.
#[derive(Debug)]
pub struct Kernel {
    pub label: &'static str,
    pub pipeline: wgpu::ComputePipeline,
    /// Whether the number of the step is its second binding.
    pub takes_step: bool,
}

impl Kernel {
    fn new(
        device: &ComputeDevice,
        label: &'static str,
        source: &str,
        constants: &[(&str, Constant)],
        takes_step: bool,
    ) -> Self {
        let device = &device.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(label),
            source: wgpu::ShaderSource::Wgsl(with_constants(source, constants).into()),
        });
        Self {
            label,
            pipeline: device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(label),
                layout: None,
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    // Every kernel fills its tiles before it reads them.
                    zero_initialize_workgroup_memory: false,
                    ..Default::default()
                },
                cache: None,
            }),
            takes_step,
        }
    }
}

/// A constant in front of a kernel's source.
#[derive(Clone, Copy)]
enum Constant {
    Count(usize),
    Switch(bool),
}

fn with_constants(source: &str, constants: &[(&str, Constant)]) -> String {
    let lines = constants.iter().map(|(name, value)| match value {
        Constant::Count(value) => format!("const {name}: u32 = {value}u;\n"),
        Constant::Switch(value) => format!("const {name}: bool = {value};\n"),
    });
    lines.chain([source.to_owned()]).collect()
}

/// The WGSL of every kernel as it is compiled, with its name, for models with heads and convolution groups of these widths.
///
/// For checks that it translates to what other drivers take.
#[must_use]
pub fn sources(head_width: usize, group_width: usize) -> Vec<(&'static str, String)> {
    let mut all = linear::sources();
    all.push(("norm", norm::SOURCE.to_owned()));
    all.push(("attention", attention::source(head_width)));
    all.push(("position convolution", position_conv::source(group_width)));
    all.push(("euler", euler::SOURCE.to_owned()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu::naga;

    /// Every kernel, for the heads and convolution groups of the model that ships and of the published ones.
    #[test]
    fn kernels_translate_for_vulkan_and_direct_x() {
        let mut translated = 0;
        for (head_width, group_width) in [(64, 8), (64, 16), (64, 40), (64, 64), (32, 3)] {
            for (name, source) in sources(head_width, group_width) {
                let module = naga::front::wgsl::parse_str(&source)
                    .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
                let mut validator = naga::valid::Validator::new(
                    naga::valid::ValidationFlags::all(),
                    naga::valid::Capabilities::SHADER_FLOAT16_IN_FLOAT32,
                );
                let info = validator.validate(&module);
                let info = info.unwrap_or_else(|error| panic!("{name}: {error:?}"));
                let words = naga::back::spv::write_vec(&module, &info, &Default::default(), None);
                assert!(words.is_ok_and(|words| words.len() > 100), "{name}");
                let mut text = String::new();
                let options = naga::back::hlsl::Options::default();
                let pipeline = naga::back::hlsl::PipelineOptions::default();
                naga::back::hlsl::Writer::new(&mut text, &options, &pipeline)
                    .write(&module, &info, None)
                    .unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(text.contains("numthreads"), "{name}");
                let shared: u32 = module
                    .global_variables
                    .iter()
                    .filter(|(_, variable)| variable.space == naga::AddressSpace::WorkGroup)
                    .map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx()))
                    .sum();
                assert!(
                    shared <= 16 << 10,
                    "{name} shares {shared} bytes in a workgroup"
                );
                translated += 1;
            }
        }
        assert_eq!(translated, 5 * 8);
    }
}
