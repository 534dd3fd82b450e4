//! Drawing without a GPU: the same frame by plain loops, one function beside each shader. Slow; the tests compare the
//! shaders with it.

mod eye;
mod interior;
mod mouth;
mod raster;
mod warp;

use crate::deform::PreparedScene;
use crate::error::Result;
use crate::scene::{FaceMotion, PortraitScene};

/// Draws one frame: RGBA, rows from the top.
///
/// # Errors
/// [`crate::Error::Scene`] if the portrait's data does not fit together.
pub fn render(
    scene: &PortraitScene,
    motion: &FaceMotion,
    width_px: u32,
    height_px: u32,
) -> Result<Vec<u8>> {
    let scene = PreparedScene::new(scene, width_px, height_px)?;
    let frame = scene.deform(motion);
    let mut rgba = scene.picture.clone();
    warp::draw(&scene, &frame, &mut rgba);
    eye::draw(&scene, &frame, &mut rgba);
    if frame.mouth.reveal > 0.0 {
        let inside = interior::draw(&scene.mouth, &frame.mouth);
        mouth::draw(&scene, &frame.mouth, &inside, &mut rgba);
    }
    Ok(rgba)
}

/// 0–1 to a byte, as a GPU stores it.
fn to_byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
