//! The window: its state, the panels that draw it, the threads behind it, and opening it.

pub mod app;
pub mod export_choices;
pub mod file_kind;
pub mod frame_times;
pub mod live_view;
pub mod place;
pub mod redraw;
pub mod settings;
mod stage_painter;
pub mod state;
mod texts;
pub mod theme;
pub mod threads;
pub mod ui;
pub mod uses;
pub mod watch_choices;

use std::path::PathBuf;
use std::sync::Arc;

use app::{App, Options};
use settings::{Drawing, Settings};
use state::{Action, CameraAction};
use studio::camera::CameraSource;
use studio::resources::Resources;
use studio::sound::microphone::Microphone;
use studio::sound::playback;
use texts::text;
use threads::Folders;

/// Opens the window with these files in it, and with this camera switched on; returns when the user closes it.
pub fn open(
    resources: Resources,
    files: Vec<PathBuf>,
    camera: Option<CameraSource>,
) -> anyhow::Result<()> {
    let folders = own_folders();
    let (settings, _) = Settings::load(&folders.settings);
    let mut options = eframe::NativeOptions {
        viewport: settings.window.apply(
            egui::ViewportBuilder::default()
                .with_title(text!("product"))
                .with_app_id("jam-flow")
                .with_icon(icon())
                .with_min_inner_size(place::MIN_SIZE_PT)
                .with_drag_and_drop(true),
        ),
        renderer: eframe::Renderer::Wgpu,
        // Flat colours have no bands that noise would hide.
        dithering: false,
        ..eframe::NativeOptions::default()
    };
    if settings.drawing == Drawing::Processor {
        draw_with_the_processor(&mut options.wgpu_options.wgpu_setup);
    }
    eframe::run_native(
        text!("product"),
        options,
        Box::new(move |creation| {
            let mut app = App::new(
                creation,
                Options {
                    resources,
                    open_output: playback::open_device(),
                    open_microphone: Arc::new(Microphone::open),
                    recordings: recordings_folder(),
                    folders,
                    files,
                    is_cleared: true,
                },
            )?;
            if let Some(source) = camera {
                for action in [
                    CameraAction::Open,
                    CameraAction::Choose(source),
                    CameraAction::Start,
                ] {
                    app.act(Action::Camera(action));
                }
            }
            Ok(Box::new(app))
        }),
    )
    .map_err(|error| anyhow::Error::msg(text!("error-window", reason = error.to_string())))
}

/// Takes an adapter without a graphics card if there is one.
fn draw_with_the_processor(setup: &mut egui_wgpu::WgpuSetup) {
    if let egui_wgpu::WgpuSetup::CreateNew(setup) = setup {
        setup.native_adapter_selector = Some(Arc::new(|adapters, surface| {
            let can_show = |adapter: &&wgpu::Adapter| {
                surface.is_none_or(|surface| adapter.is_surface_supported(surface))
            };
            let is_processor =
                |adapter: &&wgpu::Adapter| adapter.get_info().device_type == wgpu::DeviceType::Cpu;
            let mut able = adapters.iter().filter(can_show);
            able.clone()
                .find(is_processor)
                .or_else(|| able.next())
                .cloned()
                .ok_or_else(|| text!("error-no-graphics").to_owned())
        }));
    }
}

/// Whether there is a display to open a window on.
pub fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Where the window keeps its settings and unsaved work.
fn own_folders() -> Folders {
    match directories::ProjectDirs::from("", "", "jam-flow") {
        Some(folders) => Folders {
            settings: folders.config_dir().join("settings.json"),
            recovery: folders.data_local_dir().join("recovery"),
            pasted: folders.data_local_dir().join("pasted"),
        },
        // Without a home there is still the working folder.
        None => Folders {
            settings: PathBuf::from("jam-flow-settings.json"),
            recovery: PathBuf::from("jam-flow-recovery"),
            pasted: PathBuf::from("jam-flow-pasted"),
        },
    }
}

/// The user's folder for videos, else the home folder, else here.
fn recordings_folder() -> PathBuf {
    directories::UserDirs::new()
        .map(|folders| {
            folders
                .video_dir()
                .unwrap_or_else(|| folders.home_dir())
                .join("JAM-Flow")
        })
        .unwrap_or_else(|| PathBuf::from("JAM-Flow"))
}

/// The picture that task bars show.
fn icon() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../../assets/icons/jam-flow.png"))
        .expect("the icon is a PNG")
}
