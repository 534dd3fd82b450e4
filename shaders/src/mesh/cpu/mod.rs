//! Drawing without a GPU: the same frame by plain loops, one function beside each pass. Slow; the tests compare the
//! shaders with it.

pub(super) mod raster;

use glam::Vec2;

use super::deform::deform;
use super::group::{Placed, placed};
use super::prepare::PreparedScene;
use super::{eye, fold, mouth, rest, warp};
use crate::error::Result;
use crate::scene::{Background, FaceMotion, PortraitScene};

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
    Ok(draw(&scene, motion))
}

/// Draws one frame of several people of one picture, as [`crate::GroupRenderer`] does. Motions are in the order of the scenes.
///
/// # Errors
/// [`crate::Error::Scene`] if there is nobody, the scenes are not of one picture, or their data does not fit together.
pub fn render_people(
    scenes: &[PortraitScene],
    motions: &[FaceMotion],
    width_px: u32,
    height_px: u32,
) -> Result<Vec<u8>> {
    let mut frame = Vec::new();
    for (position, placed) in placed(scenes, width_px, height_px)?.into_iter().enumerate() {
        let Placed { number, mut scene } = placed;
        if position > 0 {
            rest::put_before(&mut scene.layers, &frame);
        }
        frame = draw(&scene, &motions.get(number).copied().unwrap_or_default());
    }
    Ok(frame)
}

fn draw(scene: &PreparedScene, motion: &FaceMotion) -> Vec<u8> {
    let frame = deform(scene, motion);
    let mut rgba = scene.layers.still.clone();
    warp::draw(scene, &frame, &mut rgba);
    eye::draw(scene, &frame, &mut rgba);
    fold::draw(scene, &frame, &mut rgba);
    if frame.mouth.shows() {
        let inside = match frame.mouth.reveal > 0.0 {
            true => mouth::interior::draw(&scene.mouth, &frame.mouth),
            false => Vec::new(),
        };
        let still = scene.image(&scene.layers.still);
        mouth::draw(scene, &frame.mouth, &inside, &still, &mut rgba);
    }
    rgba
}

/// How many triangles a motion turns over, the mouth's own aside: where that happens, the picture is drawn inside out.
/// Slivers of less than a quarter of a pixel do not count.
///
/// # Errors
/// [`crate::Error::Scene`] if the portrait's data does not fit together.
pub fn folded_triangles(
    scene: &PortraitScene,
    motion: &FaceMotion,
    width_px: u32,
    height_px: u32,
) -> Result<usize> {
    // What lies behind takes long to guess and does not fold.
    let scene = PortraitScene {
        background: Background::Transparent,
        ..scene.clone()
    };
    let scene = PreparedScene::new(&scene, width_px, height_px)?;
    let frame = deform(&scene, motion);
    let folded = scene
        .draw_order
        .triangles
        .iter()
        .enumerate()
        .filter(|(index, triangle)| {
            let corners = triangle.map(|corner| frame.vertices[corner as usize]);
            let now = corners.map(|corner| Vec2::from(corner.position_px));
            let at_rest =
                corners.map(|corner| Vec2::from(corner.position_px) + Vec2::from(corner.offset_px));
            let area = |[a, b, c]: [Vec2; 3]| (b - a).perp_dot(c - a) / 2.0;
            let (now, at_rest) = (area(now), area(at_rest));
            !scene.draw_order.mouth.contains(index)
                && now * at_rest < 0.0
                && now.abs().min(at_rest.abs()) > 0.25
        });
    Ok(folded.count())
}

/// 0–1 to a byte, as a GPU stores it.
pub(super) fn to_byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
