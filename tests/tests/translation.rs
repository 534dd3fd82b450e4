//! Every kernel and every shader translates to what the drivers of all systems take: SPIR-V, MSL and HLSL.

use std::path::Path;

use flow_gpu::{Extras, sources};
use naga::ShaderStage;
use naga::back::{hlsl, msl, spv};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};

/// Shared memory of a workgroup by WebGPU's default limits.
const MAX_SHARED_BYTES: u32 = 16 << 10;

fn parsed(name: &str, source: &str) -> (naga::Module, ModuleInfo) {
    let module = naga::front::wgsl::parse_str(source)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(source)));
    let mut validator = Validator::new(
        ValidationFlags::all(),
        Capabilities::SHADER_FLOAT16_IN_FLOAT32
            | Capabilities::SHADER_FLOAT16
            | Capabilities::SUBGROUP,
    );
    let info = validator.validate(&module);
    let info = info.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    (module, info)
}

/// Translates a module for Vulkan, Metal and DirectX, and looks for each of its entry points.
fn translate(name: &str, source: &str) -> naga::Module {
    let (module, info) = parsed(name, source);
    let said = |error: &dyn std::fmt::Display| -> ! { panic!("{name}: {error}") };

    let options = spv::Options {
        lang_version: (1, 3),
        ..Default::default()
    };
    let words = spv::write_vec(&module, &info, &options, None);
    let words = words.unwrap_or_else(|error| said(&error));
    assert!(words.len() > 100, "{name}");

    let options = msl::Options {
        // Subgroups and half precision are older.
        lang_version: (2, 4),
        ..Default::default()
    };
    let (text, made) =
        msl::write_string(&module, &info, &options, &msl::PipelineOptions::default())
            .unwrap_or_else(|error| said(&error));
    assert_eq!(made.entry_point_names.len(), module.entry_points.len());
    for (point, made) in module.entry_points.iter().zip(made.entry_point_names) {
        let stage = match point.stage {
            ShaderStage::Vertex => "vertex",
            ShaderStage::Fragment => "fragment",
            _ => "kernel",
        };
        let made = made.unwrap_or_else(|error| said(&error));
        let (stage_of, named) = (format!("{stage} "), format!(" {made}("));
        let is_there = |line: &str| line.contains(&stage_of) && line.contains(&named);
        assert!(text.lines().any(is_there), "{name}: {stage} {made}");
    }

    let mut text = String::new();
    let options = hlsl::Options {
        shader_model: hlsl::ShaderModel::V6_2,
        ..Default::default()
    };
    let made = hlsl::Writer::new(&mut text, &options, &hlsl::PipelineOptions::default())
        .write(&module, &info, None)
        .unwrap_or_else(|error| said(&error));
    assert_eq!(made.entry_point_names.len(), module.entry_points.len());
    for made in made.entry_point_names {
        let made = made.unwrap_or_else(|error| said(&error));
        assert!(text.contains(&format!(" {made}(")), "{name}: {made}");
    }
    module
}

/// Every kernel, for the heads and convolution groups of the models that ship and of the published ones, with and without what some
/// adapters have.
#[test]
fn kernels_of_speech_translate() {
    let mut translated = 0;
    let sizes = [(64, 8), (64, 16), (64, 40), (64, 64), (32, 3)];
    let extras = [false, true].map(|has| Extras {
        has_f16: has,
        has_subgroups: has,
    });
    let all = |extras| sizes.map(|(head, group)| sources(head, group, extras));
    for (name, source) in extras.into_iter().flat_map(all).flatten() {
        let module = translate(name, &source);
        let variables = module.global_variables.iter();
        let shared: u32 = variables
            .filter(|(_, variable)| variable.space == naga::AddressSpace::WorkGroup)
            .map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx()))
            .sum();
        assert!(
            shared <= MAX_SHARED_BYTES,
            "{name} shares {shared} bytes in a workgroup"
        );
        translated += 1;
    }
    assert_eq!(translated, 2 * 5 * 14);
}

/// The renderer's passes, each behind what they share.
#[test]
fn shaders_of_the_renderer_translate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shaders/wgsl");
    let shared = std::fs::read_to_string(folder.join("common.wgsl")).unwrap();
    let mut entry_points = 0;
    for entry in std::fs::read_dir(folder.join("mesh")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = shared.clone() + &std::fs::read_to_string(path).unwrap();
        entry_points += translate(&name, &source).entry_points.len();
    }
    assert!(entry_points >= 10, "{entry_points}");
}
