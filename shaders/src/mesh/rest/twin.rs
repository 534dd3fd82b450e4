//! Twin of `wgsl/mesh/rest.wgsl`.

use crate::mesh::cpu::to_byte;
use crate::scene::layers::{Layers, composed, vector};

/// Puts the layers in front of `backdrop`, a frame with straight alpha: the background behind becomes that frame, and the picture at
/// rest the person over it.
pub(crate) fn put_before(layers: &mut Layers, backdrop: &[u8]) {
    let person = layers.person.chunks_exact(4);
    let plate = layers.plate.chunks_exact_mut(4);
    let still = layers.still.chunks_exact_mut(4);
    for ((person, plate), (still, shown)) in
        person.zip(plate).zip(still.zip(backdrop.chunks_exact(4)))
    {
        let shown = vector(shown);
        let behind = (shown.truncate() * shown.w).extend(shown.w);
        let before = vector(plate);
        if behind != before {
            let layer = vector(person);
            let moved = composed(layer, behind) + vector(still) - composed(layer, before);
            still.copy_from_slice(&moved.to_array().map(to_byte));
        }
        plate.copy_from_slice(&behind.to_array().map(to_byte));
    }
}
