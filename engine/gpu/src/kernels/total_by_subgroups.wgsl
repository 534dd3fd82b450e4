// The sum over a workgroup of THREADS, first within subgroups of whatever size the adapter has.

struct Place {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
    @builtin(subgroup_invocation_id) lane: u32,
}

var<workgroup> partial: array<f32, THREADS>;

/// The sum of everybody's `value`. Its first barrier also separates it from the call before.
fn total(place: Place, value: f32) -> f32 {
    let of_subgroup = subgroupAdd(value);
    workgroupBarrier();
    if place.lane == 0u {
        partial[place.subgroup] = of_subgroup;
    }
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < place.subgroups; i++) {
        sum += partial[i];
    }
    return sum;
}

