//! The graphics device: the window's own, or one without a window.

use crate::error::{ADAPTER_VARIABLE, Error, Result};

/// A device and its queue, with the adapter and the instance that they came from. Cloning shares all four.
#[derive(Clone, Debug)]
pub struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    adapter: wgpu::Adapter,
    instance: wgpu::Instance,
}

impl Gpu {
    /// Takes a device that already exists, such as the window's, so that its textures can be shown there.
    #[must_use]
    pub fn from_device(
        instance: wgpu::Instance,
        adapter: wgpu::Adapter,
        device: wgpu::Device,
        queue: wgpu::Queue,
    ) -> Self {
        Self {
            device,
            queue,
            adapter,
            instance,
        }
    }

    /// Opens a device without a window on [`Self::headless_adapter`].
    ///
    /// # Errors
    /// [`Error::NoAdapter`] and [`Error::Device`].
    pub fn headless() -> Result<Self> {
        let (instance, adapter) = Self::headless_adapter()?;
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("portrait device"),
            required_limits: adapter.limits(),
            ..Default::default()
        }))
        .map_err(|source| Error::Device {
            adapter: adapter.get_info().name,
            reason: source.to_string(),
        })?;
        tracing::debug!(
            adapter = adapter.get_info().name,
            "opened a graphics device"
        );
        Ok(Self {
            device,
            queue,
            adapter,
            instance,
        })
    }

    /// The adapter for work without a window: a graphics card if there is one, else a software adapter.
    /// The variable `JAM_FLOW_ADAPTER` (part of a name) or wgpu's own `WGPU_BACKEND` narrow the choice.
    ///
    /// # Errors
    /// [`Error::NoAdapter`].
    pub fn headless_adapter() -> Result<(wgpu::Instance, wgpu::Adapter)> {
        let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        let backends = descriptor.backends;
        let instance = wgpu::Instance::new(descriptor);
        let name_part = std::env::var(ADAPTER_VARIABLE)
            .ok()
            .filter(|part| !part.is_empty());
        let adapter = pollster::block_on(instance.enumerate_adapters(backends))
            .into_iter()
            .filter(|adapter| {
                name_part.as_ref().is_none_or(|part| {
                    let name = adapter.get_info().name.to_lowercase();
                    name.contains(&part.to_lowercase())
                })
            })
            .min_by_key(|adapter| preference(&adapter.get_info()))
            .ok_or_else(|| Error::NoAdapter {
                wanted: name_part.map_or_else(
                    || "was found".to_owned(),
                    |part| format!("has \"{part}\" in its name"),
                ),
            })?;
        Ok((instance, adapter))
    }

    /// The adapter's name, for logs and the about box.
    #[must_use]
    pub fn adapter_name(&self) -> String {
        self.adapter.get_info().name
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// The adapter that the device belongs to.
    #[must_use]
    pub fn adapter(&self) -> &wgpu::Adapter {
        &self.adapter
    }

    /// The instance that the adapter belongs to.
    #[must_use]
    pub fn instance(&self) -> &wgpu::Instance {
        &self.instance
    }

    /// The device's queue.
    #[must_use]
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }
}

/// Order of choice: a card before the processor's graphics before software, and OpenGL last of equals because its
/// drivers differ most.
fn preference(info: &wgpu::AdapterInfo) -> (u8, bool) {
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    };
    (kind, info.backend == wgpu::Backend::Gl)
}
