//! What the inside of the mouth looks like under the portrait's light: enamel, gums, tongue, cavity.

use glam::Vec3;

use super::light::{Light, luminance};
use crate::smooth_step::smooth_step;

/// Kinds of surface, as [`crate::MouthInterior::parts`] numbers them.
pub(super) const UPPER_TEETH: u8 = 0;
pub(super) const UPPER_GUM: u8 = 1;
const LOWER_TEETH: u8 = 2;
const LOWER_GUM: u8 = 3;
pub(super) const TONGUE: u8 = 4;

/// Height of a crown, canonical units: from its edge on enamel gets warmer towards the gum.
const CROWN: f32 = 0.095;
/// Lower teeth stand in the shade of the upper ones.
const LOWER_ROW: f32 = 0.82;
/// Light that reaches a surface which is turned away: teeth, and flesh, which lights itself from all around.
const AMBIENT: f32 = 0.25;
const FLESH_AMBIENT: f32 = 0.6;
/// How much faster than the mouth is wide it gets dark inwards: on teeth, and on flesh, which they and the lips shade.
const DARKENING: f32 = 1.5;
const FLESH_DARKENING: f32 = 1.7;
/// Hue of wet flesh.
const GUM: Vec3 = Vec3::new(1.62, 0.82, 0.76);
const FLESH: Vec3 = Vec3::new(1.75, 0.79, 0.70);
const DEEP: Vec3 = Vec3::new(1.95, 0.70, 0.58);

/// The rows of teeth of a rig: where their edges are, canonical.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    upper_edge_y: f32,
    lower_edge_y: f32,
    /// Depth of what is nearest to the viewer.
    front_z: f32,
    width: f32,
}

impl Rows {
    /// `width` is that of the mouth, canonical units.
    pub fn new(positions: &[[f32; 3]], parts: &[u8], width: f32) -> Self {
        let of = |wanted: u8| {
            positions
                .iter()
                .zip(parts)
                .filter(move |&(_, &part)| part == wanted)
                .map(|(position, _)| position[1])
        };
        Self {
            upper_edge_y: of(UPPER_TEETH).fold(f32::NEG_INFINITY, f32::max),
            lower_edge_y: of(LOWER_TEETH).fold(f32::INFINITY, f32::min),
            front_z: positions.iter().map(|p| p[2]).fold(f32::INFINITY, f32::min),
            width,
        }
    }

    /// Linear colour of a place on a surface and the strength of its wet highlight. `normal` is the surface's as the viewer sees it.
    pub fn paint(&self, light: &Light, part: u8, place: [f32; 3], normal: Vec3) -> (Vec3, f32) {
        let behind = (place[2] - self.front_z) / self.width;
        let darkening = match part {
            UPPER_TEETH | LOWER_TEETH | UPPER_GUM => DARKENING,
            _ => FLESH_DARKENING,
        };
        let ambient = match part {
            UPPER_TEETH | LOWER_TEETH => AMBIENT,
            _ => FLESH_AMBIENT,
        };
        let reach = (-darkening * behind.max(0.0)).exp();
        let from = Vec3::new(light.sideways, -0.35, -0.94).normalize_or(Vec3::NEG_Z);
        let lit = ambient + (1.0 - ambient) * normal.dot(from).max(0.0);
        let aside = 1.0 + light.sideways * (place[0] / (0.5 * self.width)).clamp(-1.0, 1.0);
        let bright = luminance(light.teeth);
        let (colour, gloss) = match part {
            UPPER_TEETH => {
                let up = (self.upper_edge_y - place[1]) / CROWN;
                (light.teeth * enamel(up), 0.30 * bright)
            }
            LOWER_TEETH => {
                let down = (place[1] - self.lower_edge_y) / CROWN;
                (light.teeth * (enamel(down) * LOWER_ROW), 0.18 * bright)
            }
            UPPER_GUM | LOWER_GUM => (light.on(GUM, 0.60), 0.16 * light.skin),
            TONGUE => (light.on(FLESH, 0.70), 0.10 * light.skin),
            _ => (light.on(DEEP, 0.56), 0.0),
        };
        (colour * (reach * lit * aside), gloss * reach)
    }

    /// What is seen where there is nothing.
    pub fn background(light: &Light) -> Vec3 {
        light.on(DEEP, 0.12)
    }
}

/// Enamel at a part of the crown's height from its edge: greyer where it is thin enough to shine through, warmer at the gum.
fn enamel(from_edge: f32) -> Vec3 {
    let thin = 1.0 - smooth_step(0.0, 0.22, from_edge);
    let neck = smooth_step(0.45, 1.0, from_edge);
    Vec3::ONE - Vec3::new(0.14, 0.12, 0.10) * thin - Vec3::new(0.08, 0.17, 0.32) * neck
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::image::Image;

    #[test]
    fn flesh_that_is_turned_away_is_lit_by_what_is_around_it() {
        const SIDE: usize = 64;
        let bytes = [205, 160, 135, 255].repeat(SIDE * SIDE);
        let picture = Image {
            bytes: &bytes,
            width: SIDE,
            height: SIDE,
        };
        let corners = [(22.0, 32.0), (32.0, 28.0), (42.0, 32.0), (32.0, 36.0)];
        let lips = corners.map(|(x, y)| Vec3::new(x, y, 0.0));
        let light = Light::read(&lips, [None; 2], &picture);
        let rows = Rows::new(&[[0.0; 3]], &[UPPER_TEETH], 0.5);
        let away_of_facing = |part: u8| {
            let bright = |normal| luminance(rows.paint(&light, part, [0.0; 3], normal).0);
            bright(Vec3::Y) / bright(Vec3::NEG_Z)
        };
        assert!(away_of_facing(TONGUE) > 2.0 * away_of_facing(UPPER_TEETH));
    }
}
