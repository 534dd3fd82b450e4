// The sum over a workgroup of THREADS, over shared memory.

struct Place {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
}

var<workgroup> partial: array<f32, THREADS>;

/// The sum of everybody's `value`. Its first barrier also separates it from the call before.
fn total(place: Place, value: f32) -> f32 {
    workgroupBarrier();
    partial[place.index] = value;
    for (var half = THREADS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if place.index < half {
            partial[place.index] += partial[place.index + half];
        }
    }
    workgroupBarrier();
    return partial[0];
}

