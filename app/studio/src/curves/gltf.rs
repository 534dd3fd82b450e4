//! A face that moves as binary glTF 2.0: the canonical face with a morph target for each of Apple's blend shapes, their
//! weights as an animation, and the turn of the head.
//!
//! glTF has x to the model's left, y up and z towards the viewer, in metres; the model is half a turn about x away from our
//! axes, so the picture's right is its left hand.

use engine::motion::{FaceRig, HeadPose};
use serde_json::{Value, json};

use super::blend_shapes::{BlendShape, Side};
use super::{CM_PER_UNIT, Curves};

/// Metres in a canonical unit.
const METRES_PER_UNIT: f32 = 0.1;
/// From the middle of the face to one side within which left and right shapes share, canonical units.
const SEAM: f32 = 0.12;
/// Where the head turns: below the chin and behind the ears, in parts of the face's height.
const PIVOT_BELOW: f32 = 0.15;
const PIVOT_BEHIND: f32 = 0.16;

/// Numbers of the glTF specification.
const FLOAT: u32 = 5126;
const UNSIGNED_SHORT: u32 = 5123;
const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// The file.
pub(super) fn bytes(curves: &Curves, rig: &FaceRig, mark: &str) -> Vec<u8> {
    let mut buffer = Buffer::default();
    let rest: Vec<[f32; 3]> = rig.canonical_vertices.iter().map(|&at| place(at)).collect();
    let triangles = facing_out(&rest, &rig.triangles);
    let positions = buffer.vectors(&rest, Some(ARRAY_BUFFER));
    let normals = buffer.vectors(&normals(&rest, &triangles), Some(ARRAY_BUFFER));
    let indices = buffer.indices(&triangles);
    let still = buffer.vectors(&vec![[0.0; 3]; rest.len()], Some(ARRAY_BUFFER));
    let targets = BlendShape::ALL.iter().map(|&shape| {
        let moved = movement(shape, curves, rig);
        let target = moved.map_or(still, |moved| buffer.vectors(&moved, Some(ARRAY_BUFFER)));
        json!({ "POSITION": target })
    });
    let targets: Vec<Value> = targets.collect();

    let frames = curves.frames.iter().enumerate();
    let times: Vec<f32> = frames
        .map(|(number, _)| curves.secs(number) as f32)
        .collect();
    let times = buffer.scalars(&times, true);
    let weights = curves.frames.iter().flat_map(|frame| frame.weights.0);
    let weights = buffer.scalars(&weights.collect::<Vec<f32>>(), false);
    let turns: Vec<[f32; 4]> = curves
        .frames
        .iter()
        .map(|frame| {
            let [pitch, yaw, roll] = frame.turn_degrees.map(f32::to_radians);
            quaternion(HeadPose { pitch, yaw, roll })
        })
        .collect();
    let turns = buffer.quaternions(&turns);
    let pivot = pivot(rig);
    let shifts: Vec<[f32; 3]> = curves
        .frames
        .iter()
        .map(|frame| {
            let metres = frame.shift_cm.map(|cm| cm / CM_PER_UNIT * METRES_PER_UNIT);
            [0, 1, 2].map(|axis| pivot[axis] + metres[axis])
        })
        .collect();
    let shifts = buffer.vectors(&shifts, None);

    let channel = |sampler: u32, node: u32, path: &str| json!({ "sampler": sampler, "target": { "node": node, "path": path } });
    let sampler =
        |output: usize| json!({ "input": times, "output": output, "interpolation": "LINEAR" });
    let document = json!({
        "asset": { "version": "2.0", "generator": "JAM-Flow", "extras": { "comment": mark } },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [
            { "name": "head", "children": [1], "translation": pivot },
            { "name": "face", "mesh": 0, "translation": pivot.map(|side| -side) },
        ],
        "meshes": [{
            "name": "face",
            "primitives": [{
                "attributes": { "POSITION": positions, "NORMAL": normals },
                "indices": indices,
                "material": 0,
                "targets": targets,
            }],
            "weights": vec![0.0; BlendShape::ALL.len()],
            "extras": { "targetNames": BlendShape::names() },
        }],
        "materials": [{
            "name": "skin",
            "doubleSided": true,
            "pbrMetallicRoughness": {
                "baseColorFactor": [0.8, 0.6, 0.5, 1.0],
                "metallicFactor": 0.0,
                "roughnessFactor": 0.7,
            },
        }],
        "animations": [{
            "name": "speech",
            "samplers": [sampler(weights), sampler(turns), sampler(shifts)],
            "channels": [
                channel(0, 1, "weights"),
                channel(1, 0, "rotation"),
                channel(2, 0, "translation"),
            ],
        }],
        "buffers": [{ "byteLength": buffer.bytes.len() }],
        "bufferViews": buffer.views,
        "accessors": buffer.accessors,
    });
    binary(document.to_string().into_bytes(), buffer.bytes)
}

/// A point of the canonical face in the model.
fn place([x, y, z]: [f32; 3]) -> [f32; 3] {
    [x, -y, -z].map(|side| side * METRES_PER_UNIT)
}

/// How the vertices move for a shape at weight 1; none where they do not.
fn movement(shape: BlendShape, curves: &Curves, rig: &FaceRig) -> Option<Vec<[f32; 3]>> {
    let (expression, side) = shape.movement(&curves.portrait)?;
    let moved = rig.displacements(&expression);
    let halves = moved.iter().zip(&rig.canonical_vertices);
    let moved: Vec<[f32; 3]> = halves
        .map(|(&moved, vertex)| {
            // The person's left is the picture's right.
            let left = (0.5 + vertex[0] / (2.0 * SEAM)).clamp(0.0, 1.0);
            let share = match side {
                Side::Both => 1.0,
                Side::Left => left,
                Side::Right => 1.0 - left,
            };
            place(moved.map(|part| part * share))
        })
        .collect();
    let moves = moved.iter().flatten().any(|part| part.abs() > 1e-6);
    moves.then_some(moved)
}

/// The triangles in the order that shows their outer side.
fn facing_out(places: &[[f32; 3]], triangles: &[[u32; 3]]) -> Vec<[u32; 3]> {
    let towards_viewer: f32 = triangles.iter().map(|&three| area(places, three)[2]).sum();
    let turned = towards_viewer < 0.0;
    let order = |&[a, b, c]: &[u32; 3]| if turned { [a, c, b] } else { [a, b, c] };
    triangles.iter().map(order).collect()
}

/// The normal of a triangle, as long as twice its area.
fn area(places: &[[f32; 3]], [a, b, c]: [u32; 3]) -> [f32; 3] {
    let [a, b, c] = [a, b, c].map(|index| places[index as usize]);
    let [u, v] = [b, c].map(|end| [0, 1, 2].map(|axis| end[axis] - a[axis]));
    [
        u[1] * v[2] - u[2] * v[1],
        u[2] * v[0] - u[0] * v[2],
        u[0] * v[1] - u[1] * v[0],
    ]
}

fn normals(places: &[[f32; 3]], triangles: &[[u32; 3]]) -> Vec<[f32; 3]> {
    let mut sums = vec![[0.0_f32; 3]; places.len()];
    for &three in triangles {
        let normal = area(places, three);
        for index in three {
            for (sum, part) in sums[index as usize].iter_mut().zip(normal) {
                *sum += part;
            }
        }
    }
    let unit = |sum: [f32; 3]| {
        let length = sum.iter().map(|part| part * part).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.map(|part| part / length)
        } else {
            [0.0, 0.0, 1.0]
        }
    };
    sums.into_iter().map(unit).collect()
}

/// Where the head turns, in the model.
fn pivot(rig: &FaceRig) -> [f32; 3] {
    let along = |axis: usize| {
        let sides = rig
            .canonical_vertices
            .iter()
            .map(move |vertex| vertex[axis]);
        let low = sides.clone().fold(f32::INFINITY, f32::min);
        [low, sides.fold(f32::NEG_INFINITY, f32::max)]
    };
    let [top, chin] = along(1);
    let [_, back] = along(2);
    let height = chin - top;
    place([
        0.0,
        chin + PIVOT_BELOW * height,
        back + PIVOT_BEHIND * height,
    ])
}

/// The turn in the model's axes, x, y, z, w.
fn quaternion(pose: HeadPose) -> [f32; 4] {
    // Half a turn about x on both sides: what turns about y and z turns the other way.
    let r = pose.rotation();
    let sign = [1.0, -1.0, -1.0];
    let m = |row: usize, column: usize| sign[row] * sign[column] * r[row][column];
    // Heads turn by far less than half a turn, where w would vanish.
    let w = (1.0 + m(0, 0) + m(1, 1) + m(2, 2)).max(1e-6).sqrt() / 2.0;
    let part = |a: (usize, usize), b: (usize, usize)| (m(a.0, a.1) - m(b.0, b.1)) / (4.0 * w);
    let [x, y, z] = [
        part((2, 1), (1, 2)),
        part((0, 2), (2, 0)),
        part((1, 0), (0, 1)),
    ];
    let length = (x * x + y * y + z * z + w * w).sqrt();
    [x, y, z, w].map(|part| part / length)
}

/// The bytes of all numbers, and what they are.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
}

impl Buffer {
    fn vectors(&mut self, vectors: &[[f32; 3]], target: Option<u32>) -> usize {
        self.floats(vectors.as_flattened(), "VEC3", 3, target, true)
    }

    fn quaternions(&mut self, turns: &[[f32; 4]]) -> usize {
        self.floats(turns.as_flattened(), "VEC4", 4, None, false)
    }

    fn scalars(&mut self, scalars: &[f32], has_range: bool) -> usize {
        self.floats(scalars, "SCALAR", 1, None, has_range)
    }

    fn floats(
        &mut self,
        values: &[f32],
        kind: &str,
        width: usize,
        target: Option<u32>,
        has_range: bool,
    ) -> usize {
        let view = self.view(values.iter().flat_map(|value| value.to_le_bytes()), target);
        let mut accessor = json!({
            "bufferView": view,
            "componentType": FLOAT,
            "count": values.len() / width,
            "type": kind,
        });
        if has_range && !values.is_empty() {
            let along = |pick: fn(f32, f32) -> f32, start: f32| {
                let side = |axis: usize| {
                    let values = values.iter().skip(axis).step_by(width);
                    values.copied().fold(start, pick)
                };
                (0..width).map(side).collect::<Vec<f32>>()
            };
            accessor["min"] = json!(along(f32::min, f32::INFINITY));
            accessor["max"] = json!(along(f32::max, f32::NEG_INFINITY));
        }
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }

    fn indices(&mut self, triangles: &[[u32; 3]]) -> usize {
        let corners = triangles.as_flattened();
        let bytes = corners
            .iter()
            .flat_map(|&corner| (corner as u16).to_le_bytes());
        let view = self.view(bytes, Some(ELEMENT_ARRAY_BUFFER));
        self.accessors.push(json!({
            "bufferView": view,
            "componentType": UNSIGNED_SHORT,
            "count": corners.len(),
            "type": "SCALAR",
        }));
        self.accessors.len() - 1
    }

    fn view(&mut self, bytes: impl Iterator<Item = u8>, target: Option<u32>) -> usize {
        // Numbers begin at a multiple of their own length.
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let offset = self.bytes.len();
        self.bytes.extend(bytes);
        let mut view = json!({
            "buffer": 0,
            "byteOffset": offset,
            "byteLength": self.bytes.len() - offset,
        });
        if let Some(target) = target {
            view["target"] = json!(target);
        }
        self.views.push(view);
        self.views.len() - 1
    }
}

/// Header, document and buffer in one file.
fn binary(mut document: Vec<u8>, mut buffer: Vec<u8>) -> Vec<u8> {
    document.resize(document.len().next_multiple_of(4), b' ');
    buffer.resize(buffer.len().next_multiple_of(4), 0);
    let length = 12 + 8 + document.len() + 8 + buffer.len();
    let mut file = Vec::with_capacity(length);
    file.extend(b"glTF");
    file.extend(2_u32.to_le_bytes());
    file.extend((length as u32).to_le_bytes());
    for (kind, chunk) in [(b"JSON", document), (b"BIN\0", buffer)] {
        file.extend((chunk.len() as u32).to_le_bytes());
        file.extend(kind);
        file.extend(chunk);
    }
    file
}
