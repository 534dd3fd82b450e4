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
/// For `tests/tests/translation.rs`, which translates it for the drivers of all systems.
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
