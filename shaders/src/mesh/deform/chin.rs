//! The outline of a chin that moves stays as round as it is.

use glam::Vec3;

use crate::mesh::prepare::PreparedScene;
use crate::smooth_step::smooth_step;

/// Where the outline counts as the chin's: from its middle down, parts of its height, from and up to.
const CHIN: [f32; 2] = [0.25, 0.4];
/// How much the ways of a vertex and of its neighbours on the outline count, outwards.
const WEIGHTS: [f32; 3] = [3.0, 2.0, 1.0];

/// Evens the ways of the chin's vertices: of their own the middle one goes farthest, and a round chin would become a pointed one.
pub(super) fn keep_round(scene: &PreparedScene, shifts: &mut [Vec3]) {
    let outline = &scene.outline;
    let count = outline.len();
    let way = |position: usize| shifts[outline[position % count] as usize];
    let even = |position: usize| {
        let sum = way(position) * WEIGHTS[0]
            + (1..WEIGHTS.len())
                .map(|step| (way(position + step) + way(position + count - step)) * WEIGHTS[step])
                .sum::<Vec3>();
        sum / (2.0 * WEIGHTS.iter().sum::<f32>() - WEIGHTS[0])
    };
    let evened: Vec<(usize, Vec3)> = (0..count)
        .filter_map(|position| {
            let vertex = outline[position] as usize;
            let below = (scene.rest_px[vertex] - scene.frame.centre_px).dot(scene.frame.down);
            let part = smooth_step(CHIN[0], CHIN[1], below / scene.frame.height_px);
            (part > 0.0).then(|| (vertex, way(position).lerp(even(position), part)))
        })
        .collect();
    for (vertex, shift) in evened {
        shifts[vertex] = shift;
    }
}
