//! How often the portrait is drawn while nobody speaks or drives it live.

use super::App;

/// Of so many frames, 25 a second, one is drawn in a window that has the focus, and in one that has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RestStrides {
    focused: usize,
    background: usize,
}

impl RestStrides {
    /// Those of an adapter: without a graphics card the processor draws, and is to stay cool.
    pub(super) fn of(device_type: wgpu::DeviceType) -> Self {
        match device_type {
            wgpu::DeviceType::Cpu => Self {
                focused: 5,
                background: 10,
            },
            _ => Self {
                focused: 1,
                background: 2,
            },
        }
    }

    fn stride(self, has_focus: bool) -> usize {
        match has_focus {
            true => self.focused,
            false => self.background,
        }
    }
}

impl App {
    /// The one for now.
    pub(super) fn rest_stride(&self, context: &egui::Context) -> usize {
        if self.state().is_speaking() || self.state().camera.is_on() {
            return 1;
        }
        let has_focus = context.input(|input| {
            let is_covered = input.viewport().occluded == Some(true);
            input.focused && !is_covered
        });
        // Who opens the other window has somebody look at it.
        self.rest_strides
            .stride(has_focus || self.state().is_stage_window_open)
    }
}
