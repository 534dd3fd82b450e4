//! Landmarks of a head that is turned far lie too far out on its hidden side: the nose reaches over the edge of the cheek behind it.
//! Drawn so, it would carry a piece of the background along when the head turns back, which looks like a hole.

use glam::{Vec2, Vec3};

/// How far inside the person a vertex is brought, canonical units: beyond the soft edge of the matte.
const MARGIN: f32 = 0.02;
/// How far it is brought at most; what lies farther out is no mistake of this kind.
const REACH: f32 = 0.18;
/// Coverage of what is nothing but person.
const PERSON: u8 = 230;

/// Brings those of `vertices` that lie on the background towards `inwards` (length 1) onto the person.
pub(super) fn bring_inside(
    face_px: &mut [Vec3],
    vertices: &[u32],
    inwards: Vec2,
    scale_px: f32,
    (matte, width): (&[u8], u32),
) {
    let width = width as usize;
    let is_person = |point: Vec2| {
        let (x, y) = (point.x.max(0.0) as usize, point.y.max(0.0) as usize);
        x < width && matte.get(y * width + x).is_some_and(|&m| m >= PERSON)
    };
    let steps = (REACH * scale_px).ceil() as usize;
    for &vertex in vertices {
        let vertex = &mut face_px[vertex as usize];
        let outer = vertex.truncate() - inwards * (MARGIN * scale_px);
        let step = (0..=steps).find(|&step| is_person(outer + inwards * step as f32));
        *vertex += (inwards * step.unwrap_or(0) as f32).extend(0.0);
    }
}
