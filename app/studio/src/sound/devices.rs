//! What can be said of loudspeakers and microphones alike: whether there can be any, and what they are called.

use std::collections::HashSet;
use std::path::Path;

use cpal::traits::{DeviceTrait as _, HostTrait as _};

use crate::texts::text;

/// The name that people know the device by.
pub fn name_of(device: &cpal::Device) -> Option<String> {
    Some(device.description().ok()?.name().to_owned())
}

/// The names of these devices, each once.
pub fn distinct_names(devices: impl Iterator<Item = cpal::Device>) -> Vec<String> {
    let mut seen = HashSet::new();
    devices
        .filter_map(|device| name_of(&device))
        .filter(|name| seen.insert(name.clone()))
        .collect()
}

/// The output device with this name, the system's default for none.
///
/// # Errors
/// One line for the user: why there is no sound.
pub fn output_device(name: Option<&str>) -> Result<cpal::Device, String> {
    // Asking libasound on a machine without sound prints two dozen lines to the terminal.
    if has_no_sound_system() {
        return Err(text!("output-device-none").to_owned());
    }
    let host = cpal::default_host();
    match name {
        None => host
            .default_output_device()
            .ok_or_else(|| text!("output-device-none").to_owned()),
        Some(name) => host
            .output_devices()
            .map_err(|e| text!("output-devices-unlisted", reason = e.to_string()))?
            .find(|device| name_of(device).as_deref() == Some(name))
            .ok_or_else(|| text!("output-device-gone").to_owned()),
    }
}

/// True where even asking for devices is in vain.
pub fn has_no_sound_system() -> bool {
    cfg!(target_os = "linux") && !has_linux_sound_system()
}

/// Whether libasound has anything to talk to.
fn has_linux_sound_system() -> bool {
    let in_folder = |variable: &str, name: &str| {
        std::env::var_os(variable).is_some_and(|folder| Path::new(&folder).join(name).exists())
    };
    Path::new("/proc/asound/pcm").exists()
        || std::env::var_os("PULSE_SERVER").is_some()
        || in_folder("XDG_RUNTIME_DIR", "pulse/native")
        || in_folder("XDG_RUNTIME_DIR", "pipewire-0")
        || in_folder("HOME", ".asoundrc")
        || Path::new("/etc/asound.conf").exists()
}
