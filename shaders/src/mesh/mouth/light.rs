//! The portrait's light, as the skin around its mouth and the whites of its eyes show it. Colours are linear.

use glam::{Vec2, Vec3};

use crate::scene::image::Image;
use crate::smooth_step::smooth_step;

/// Teeth against the whites of the eyes, luminance: both are white, but lids shade the eyes. Measured in films of twelve people.
const TEETH_OF_EYES: f32 = 1.4;
/// The same against lit skin, at least and at most: what else looks like the white of an eye is a lens or a shadow.
const TEETH_OF_SKIN: [f32; 2] = [1.35, 2.0];
/// Hue of enamel at luminance 1, and how much of the skin's it takes on inside the mouth: filmed teeth of forty people have 0.84, 1.08 and
/// 1.3 of the red, green and blue of their skin at the same luminance.
const ENAMEL: Vec3 = Vec3::new(1.08, 0.99, 0.92);
const ENAMEL_TAKES_ON: f32 = 0.3;
/// What is darker than this part of the least is no white of an eye at all but a lens or a shadow; teeth against lit skin then.
const NO_WHITE: f32 = 0.5;
const TEETH_WITHOUT_EYES: f32 = 1.75;
/// Red of skin at luminance 1 from which on and up to which it is of strong colour, and how much more enamel takes on of it then.
const STRONG_RED: [f32; 2] = [1.85, 2.1];
const WARMER: f32 = 0.2;
/// Hue of typical skin at luminance 1; what skin shows beyond it is the light's.
const SKIN: Vec3 = Vec3::new(1.38, 0.93, 0.70);

/// What the inside of a mouth gives back under a portrait's light.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Light {
    /// Luminance of lit skin.
    pub skin: f32,
    /// Front teeth that nothing shades.
    pub teeth: Vec3,
    /// The light's hue at luminance 1.
    cast: Vec3,
    /// 0 for a grey picture, 1 for one in full colour.
    saturation: f32,
    /// How much brighter half the mouth's width to the picture's right is than the middle, as a part of that.
    pub sideways: f32,
}

impl Light {
    /// Reads it around the outer edge of the lips and in the whites of the eyes, colours as the picture has them.
    pub fn read(lips_outer_px: &[Vec3], eye_whites: [Option<Vec3>; 2], picture: &Image) -> Self {
        let centre = lips_outer_px.iter().map(|lip| lip.truncate()).sum::<Vec2>()
            / lips_outer_px.len().max(1) as f32;
        let around: Vec<(f32, Vec3)> = lips_outer_px
            .iter()
            .flat_map(|lip| {
                let away = lip.truncate() - centre;
                [1.25, 1.4, 1.55].map(|factor| {
                    let colour = picture.sample(centre + away * factor);
                    (away.x * factor, linear_from_srgb(colour))
                })
            })
            .collect();
        let mut skin: Vec<Vec3> = around.iter().map(|&(_, colour)| colour).collect();
        skin.sort_by(|a, b| luminance(*a).total_cmp(&luminance(*b)));
        let upper = &skin[skin.len() / 3..skin.len() * 9 / 10];
        let skin = upper.iter().sum::<Vec3>() / upper.len().max(1) as f32;
        let bright = luminance(skin).max(0.01);
        let saturation =
            ((skin.max_element() - skin.min_element()) / skin.max_element().max(0.01) / 0.35)
                .min(1.0);
        let whites = eye_whites
            .into_iter()
            .flatten()
            .map(|white| luminance(linear_from_srgb(white)))
            .fold(0.0, f32::max);
        let [least, most] = TEETH_OF_SKIN.map(|part| part * bright);
        let teeth = TEETH_OF_EYES * whites;
        let teeth = if teeth < NO_WHITE * least {
            TEETH_WITHOUT_EYES * bright
        } else {
            teeth.clamp(least, most)
        };
        let teeth = teeth.min(0.9);
        // Beside skin of strong colour enamel looks grey and cold, though it is lit as it should be.
        let warm = smooth_step(STRONG_RED[0], STRONG_RED[1], skin.x / bright);
        let hue = ENAMEL.lerp(skin / bright, ENAMEL_TAKES_ON + WARMER * warm);
        let cast = (skin / bright / SKIN).clamp(Vec3::splat(0.6), Vec3::splat(1.6));
        let mut light = Self {
            skin: bright,
            teeth: Vec3::ZERO,
            cast: Vec3::ONE.lerp(cast, 0.5 * saturation),
            saturation,
            sideways: sideways(&around),
        };
        light.teeth = light.coloured(hue / luminance(hue)) * teeth;
        light
    }

    /// The same where the teeth are known.
    pub fn with_teeth(&self, teeth: Vec3) -> Self {
        Self { teeth, ..*self }
    }

    /// A surface of this hue that gives back `part` of what lit skin does, luminance.
    pub fn on(&self, hue: Vec3, part: f32) -> Vec3 {
        self.coloured(hue / luminance(hue)) * self.cast * (part * self.skin)
    }

    fn coloured(&self, hue: Vec3) -> Vec3 {
        Vec3::ONE.lerp(hue, self.saturation)
    }
}

/// The slope of the skin's brightness across the face; samples of (pixels to the right, colour).
fn sideways(around: &[(f32, Vec3)]) -> f32 {
    let reach = around
        .iter()
        .map(|sample| sample.0.abs())
        .fold(1.0, f32::max);
    let (mut slope, mut spread, mut mean) = (0.0, 1e-6, 1e-6);
    for &(x, colour) in around {
        // Bounded, so that no shadow's edge or stubble decides.
        let (x, bright) = (x / reach, luminance(colour));
        slope += x * bright;
        spread += x * x;
        mean += bright;
    }
    let mean = mean / around.len().max(1) as f32;
    (slope / spread / mean).clamp(-0.35, 0.35)
}

pub(super) fn luminance(linear: Vec3) -> f32 {
    linear.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

pub(super) fn linear_from_srgb(colour: Vec3) -> Vec3 {
    Vec3::from(colour.to_array().map(|value| {
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    }))
}

/// The coding that the picture and the frames use.
pub(in crate::mesh) fn srgb_from_linear(linear: Vec3) -> Vec3 {
    Vec3::from(linear.to_array().map(|value| {
        if value <= 0.003_130_8 {
            value * 12.92
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        }
    }))
}
