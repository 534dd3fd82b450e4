//! How a motion strains the skin of the face.

use glam::Vec3;

use super::FoldMap;
use super::lip_light::LipLight;
use super::map::RANGE;
use super::skin_light::SkinLight;
use crate::scene::image::Image;

/// How much deeper the picture's folds become where skin loses a part of its area, at least and at most.
const DEEPER: f32 = 2.0;
const DEEPENING: [f32; 2] = [-0.1, 0.8];
/// The most that tilting changes the brightness.
const MAX_TILT: f32 = 0.02;
/// Where nothing adds more, white skin would change by less than a byte.
const LEAST_SEEN: f32 = 1.0 / 255.0;
/// From eyes, lips and outline up to there, in canonical units, skin is shaded less: what is drawn there has shading of its own.
const FROM_EDGES: f32 = 0.12;
/// The same from the lips, from and up to: skin beside them rolls more than it folds, and filmed lips fit better without.
const FROM_LIPS: [f32; 2] = [0.12, 0.35];

/// What a vertex adds to the shading of the skin; zero at rest.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub(crate) struct Shade {
    /// Part by which it is brighter.
    pub brighter: f32,
    /// How much of the multiplier, halved as it is drawn, the whole range of the map is.
    pub deeper: f32,
}

/// The skin of the face at rest.
#[derive(Clone, Debug)]
pub(crate) struct FoldShape {
    pub map: FoldMap,
    /// Triangles that can be shaded.
    pub triangles: Vec<[u32; 3]>,
    rest_px: Vec<Vec3>,
    normals: Vec<Vec3>,
    /// Area of the triangles around each vertex, twice.
    areas_px2: Vec<f32>,
    /// How much of the shading each vertex takes, 0–1.
    weights: Vec<f32>,
    light: SkinLight,
    lip: LipLight,
}

impl FoldShape {
    /// `edges` are vertices at which nothing is shaded, the second those of the lips; `lower_lip` are vertices of its round and how much
    /// light they take when it comes forward; `scale_px` is a canonical unit in pixels.
    pub fn new(
        picture: &Image,
        face_px: &[Vec3],
        triangles: &[[u32; 3]],
        edges: [&[u32]; 2],
        lower_lip: impl Iterator<Item = (usize, f32)>,
        scale_px: f32,
    ) -> Self {
        let weights: Vec<f32> = face_px
            .iter()
            .map(|&point| {
                let away = |ring: &[u32]| {
                    ring.iter()
                        .map(|&index| face_px[index as usize].distance(point) / scale_px)
                        .fold(f32::INFINITY, f32::min)
                };
                let [edge, lips] = edges.map(away);
                (edge / FROM_EDGES)
                    .min((lips - FROM_LIPS[0]) / (FROM_LIPS[1] - FROM_LIPS[0]))
                    .clamp(0.0, 1.0)
            })
            .collect();
        let lip = LipLight::new(lower_lip, scale_px);
        let triangles: Vec<[u32; 3]> = triangles
            .iter()
            .filter(|corners| {
                let taken = |&corner: &u32| weights[corner as usize] > 0.0 || lip.reaches(corner);
                corners.iter().any(taken)
            })
            .copied()
            .collect();
        let (normals, areas_px2) = surface(face_px, &triangles);
        let lit = face_px.iter().zip(&normals).zip(&weights);
        let light = SkinLight::fit(lit.map(|((point, &normal), &weight)| {
            let seen = picture.sample(point.truncate());
            (normal, seen.dot(Vec3::new(0.299, 0.587, 0.114)), weight)
        }));
        Self {
            map: FoldMap::new(picture, face_px, scale_px),
            triangles,
            rest_px: face_px.to_vec(),
            normals,
            areas_px2,
            weights,
            light,
            lip,
        }
    }

    /// What every vertex of the face adds when the face moves by these pixels, the head's own motion aside. Nothing at rest.
    pub fn shades(&self, shifts_px: &[Vec3]) -> Vec<Shade> {
        if shifts_px.iter().all(|&shift| shift == Vec3::ZERO) {
            return Vec::new();
        }
        let moved: Vec<Vec3> = self
            .rest_px
            .iter()
            .zip(shifts_px)
            .map(|(&rest, &shift)| rest + shift)
            .collect();
        let (normals, areas) = surface(&moved, &self.triangles);
        let mut shades: Vec<Shade> = (0..self.rest_px.len())
            .map(|index| {
                let weight = self.weights[index];
                if weight == 0.0 || self.areas_px2[index] <= 0.0 {
                    return Shade::default();
                }
                let lost = 1.0 - areas[index] / self.areas_px2[index];
                let deeper = (DEEPER * lost).clamp(DEEPENING[0], DEEPENING[1]);
                let brighter = self.light.brighter(self.normals[index], normals[index]);
                Shade {
                    brighter: weight * brighter.clamp(-MAX_TILT, MAX_TILT),
                    deeper: weight * deeper * RANGE,
                }
            })
            .collect();
        for (vertex, brighter) in self.lip.brighter(shifts_px) {
            shades[vertex].brighter += brighter;
        }
        shades
    }

    /// The triangles in which these shades can be seen.
    pub fn shaded(&self, shades: &[Shade]) -> Vec<[u32; 3]> {
        let is_seen = |corner: &u32| {
            let shade = shades[*corner as usize];
            shade.brighter.abs() + shade.deeper.abs() >= LEAST_SEEN
        };
        let triangles = self.triangles.iter();
        match shades.is_empty() {
            true => Vec::new(),
            false => triangles
                .filter(|corners| corners.iter().any(is_seen))
                .copied()
                .collect(),
        }
    }
}

/// The direction that each vertex faces, towards the viewer, and the area of the triangles around it.
fn surface(points: &[Vec3], triangles: &[[u32; 3]]) -> (Vec<Vec3>, Vec<f32>) {
    let mut sums = vec![Vec3::ZERO; points.len()];
    let mut areas = vec![0.0; points.len()];
    for triangle in triangles {
        let [a, b, c] = triangle.map(|corner| points[corner as usize]);
        let normal = (b - a).cross(c - a);
        for &corner in triangle {
            sums[corner as usize] += normal;
            areas[corner as usize] += normal.length();
        }
    }
    let front = -sums.iter().map(|sum| sum.z).sum::<f32>().signum();
    let normals = sums
        .iter()
        .map(|&sum| (front * sum).normalize_or(Vec3::NEG_Z));
    (normals.collect(), areas)
}
