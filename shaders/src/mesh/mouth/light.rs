//! The portrait's light, as the skin around its mouth shows it.

use glam::{Vec2, Vec3};

use crate::scene::image::Image;

/// The portrait's light as its skin around the mouth shows it.
pub(super) struct Light {
    pub colour: Vec3,
    /// 0 for a grey picture, 1 for one in full colour.
    saturation: f32,
    pub strength: f32,
}

impl Light {
    /// Reads it around the outer edge of the lips.
    pub fn read(lips_outer_px: &[Vec3], picture: &Image) -> Self {
        let centre = lips_outer_px.iter().map(|lip| lip.truncate()).sum::<Vec2>()
            / lips_outer_px.len().max(1) as f32;
        let mut skin: Vec<Vec3> = lips_outer_px
            .iter()
            .flat_map(|lip| {
                [1.25, 1.4, 1.55]
                    .map(|factor| picture.sample(centre + (lip.truncate() - centre) * factor))
            })
            .map(linear_from_srgb)
            .collect();
        skin.sort_by(|a, b| luminance(*a).total_cmp(&luminance(*b)));
        let upper = &skin[skin.len() / 3..skin.len() * 9 / 10];
        let skin = upper.iter().sum::<Vec3>() / upper.len().max(1) as f32;
        let bright = luminance(skin).max(0.01);
        let saturation =
            ((skin.max_element() - skin.min_element()) / skin.max_element().max(0.01) / 0.35)
                .min(1.0);
        // Lit skin gives back about 0.36 of the light; much darker or lighter skin, not light, explains the rest.
        let strength = (bright / 0.36).clamp(0.4, 1.25);
        let typical = Vec3::new(1.38, 0.93, 0.70);
        let cast = (skin / bright / typical).clamp(Vec3::splat(0.6), Vec3::splat(1.6));
        Self {
            colour: Vec3::ONE.lerp(cast, 0.5 * saturation) * strength,
            saturation,
            strength,
        }
    }

    /// What a surface that gives back `albedo` (linear) looks like in it.
    pub fn on(&self, albedo: Vec3) -> Vec3 {
        Vec3::splat(luminance(albedo)).lerp(albedo, self.saturation) * self.colour
    }
}

fn luminance(linear: Vec3) -> f32 {
    linear.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

fn linear_from_srgb(colour: Vec3) -> Vec3 {
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
