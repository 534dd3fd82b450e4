//! What the debug view shows: how long work takes, and the mesh of the frame on the stage.

/// The debug view while it is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DebugView {
    /// Whether the mesh is drawn over the portrait.
    pub shows_mesh: bool,
    /// Lines of the mesh, each from and to, as shares of the frame's width and height.
    pub mesh: Vec<[[f32; 2]; 2]>,
    /// The measurements.
    pub measured: Measured,
}

/// Measurements of the last seconds; none where nothing was measured yet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// How long the window's thread was busy with a frame of the window, the median.
    pub window_ms: f64,
    /// The same, one in a hundred was slower.
    pub window_slowest_ms: f64,
    /// How long it took to hand a frame of the portrait to the graphics adapter.
    pub draw_ms: Option<f64>,
    /// Frames of the portrait.
    pub frames_per_sec: Option<f64>,
    /// Width and height of a frame of the portrait.
    pub frame_px: Option<[u32; 2]>,
    /// How far the sound is ahead of the frame on the stage; up to one frame, 40 ms, is in time.
    pub drift_ms: Option<f64>,
    /// From a picture of the camera's to the frame of the portrait that it moved.
    pub camera_ms: Option<f64>,
    /// Seconds of work for one second of the last speech.
    pub real_time_factor: Option<f64>,
    /// From the start of the last speech to its first samples.
    pub first_samples_ms: Option<f64>,
}
