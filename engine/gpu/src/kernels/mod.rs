//! The kernels: one file of WGSL each, and beside it the Rust that knows its parameters and the size of its grid.
//!
//! What a kernel must know when it is compiled stands in front of its source as constants. Everything else are parameters, so that
//! one pipeline serves all layers.

mod attention;
mod conv_norm;
mod euler;
mod linear;
mod norm;
mod position_conv;
mod response_norm;
#[cfg(test)]
mod testing;
mod tuning;

use crate::device::ComputeDevice;

pub use attention::{Asked, Attention};
pub use conv_norm::{CONV_TAPS, ConvNorm};
pub use euler::{Euler, Step};
pub use linear::{Activation, Epilogue, Linear, Product};
pub use norm::Norm;
pub use position_conv::{PositionConv, TAPS};
pub use response_norm::ResponseNorm;

/// What an adapter has beyond what every kernel needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Numbers of half precision in shaders.
    pub has_f16: bool,
    /// Sums over the threads of a subgroup.
    pub has_subgroups: bool,
}

/// The kernels that do not depend on a model's sizes.
#[derive(Debug)]
pub struct Kernels {
    pub linear: Linear,
    pub norm: Norm,
    pub euler: Euler,
    pub conv_norm: ConvNorm,
    pub response_norm: ResponseNorm,
}

impl Kernels {
    pub fn new(device: &ComputeDevice) -> Self {
        let extras = device.extras;
        Self {
            linear: Linear::new(device, extras),
            norm: Norm::new(device, extras),
            euler: Euler::new(device),
            conv_norm: ConvNorm::new(device, extras),
            response_norm: ResponseNorm::new(device, extras),
        }
    }
}

/// A compiled kernel.
#[derive(Clone, Debug)]
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

/// Threads of a workgroup that makes one row.
const ROW_THREADS: usize = 64;

/// A kernel that makes one row in a workgroup, behind what sums over it.
fn with_total(source: &str, extras: Extras) -> String {
    let total = match extras.has_subgroups {
        true => include_str!("total_by_subgroups.wgsl"),
        false => include_str!("total_by_barriers.wgsl"),
    };
    with_constants(
        &[total, source].concat(),
        &[("THREADS", Constant::Count(ROW_THREADS))],
    )
}

/// The WGSL of every kernel as it is compiled, with its name, for models with heads and convolution groups of these widths and for
/// adapters with these extras.
///
/// For checks that it translates to what other drivers take.
#[must_use]
pub fn sources(
    head_width: usize,
    group_width: usize,
    extras: Extras,
) -> Vec<(&'static str, String)> {
    let mut all = linear::sources(extras);
    all.push(("norm", norm::source(extras)));
    all.push(("attention", attention::source(head_width)));
    all.push(("position convolution", position_conv::source(group_width)));
    all.push(("euler", euler::SOURCE.to_owned()));
    all.extend(conv_norm::sources(extras));
    all.extend(response_norm::sources(extras));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu::naga;

    /// Every kernel, for the heads and convolution groups of the models that ship and of the published ones, with and without what
    /// some adapters have.
    #[test]
    fn kernels_translate_for_vulkan_and_direct_x() {
        let mut translated = 0;
        let sizes = [(64, 8), (64, 16), (64, 40), (64, 64), (32, 3)];
        let extras = [false, true].map(|has| Extras {
            has_f16: has,
            has_subgroups: has,
        });
        let all = |extras| sizes.map(|(head, group)| sources(head, group, extras));
        for (name, source) in extras.into_iter().flat_map(all).flatten() {
            let module = naga::front::wgsl::parse_str(&source)
                .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&source)));
            let mut validator = naga::valid::Validator::new(
                naga::valid::ValidationFlags::all(),
                naga::valid::Capabilities::SHADER_FLOAT16_IN_FLOAT32
                    | naga::valid::Capabilities::SHADER_FLOAT16
                    | naga::valid::Capabilities::SUBGROUP,
            );
            let info = validator.validate(&module);
            let info = info.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let options = naga::back::spv::Options {
                lang_version: (1, 3),
                ..Default::default()
            };
            let words = naga::back::spv::write_vec(&module, &info, &options, None);
            assert!(words.is_ok_and(|words| words.len() > 100), "{name}");
            let mut text = String::new();
            let options = naga::back::hlsl::Options {
                shader_model: naga::back::hlsl::ShaderModel::V6_2,
                ..Default::default()
            };
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
        assert_eq!(translated, 2 * 5 * 14);
    }
}
