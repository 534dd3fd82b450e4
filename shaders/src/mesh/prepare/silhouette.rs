//! Which part of the face mesh the picture shows. Of a head that is turned away the far cheek lies behind the face's own outline;
//! drawn with the picture's pixels it would be a second copy of whatever hides it, so it is left out and the mesh ends there.

use std::collections::HashMap;

use glam::Vec3;

/// The part of a face mesh that can be seen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Visible {
    /// In the order in which they were given.
    pub triangles: Vec<[u32; 3]>,
    /// Their outline, a closed ring.
    pub outline: Vec<u32>,
}

impl Visible {
    /// Takes hidden triangles off `triangles` from the outline inwards, so that what stays is always one piece without holes.
    /// `outline` is the ring around all of them; no triangle with a corner in `kept` goes. A mesh whose outline is another one than
    /// said is left whole, and so is every mesh if `min_shown` is 0. A triangle counts as hidden that shows less than `min_shown`
    /// of its area.
    pub fn new(
        vertices_px: &[Vec3],
        triangles: &[[u32; 3]],
        outline: &[u32],
        kept: &[&[u32]],
        min_shown: f32,
    ) -> Self {
        let whole = Self {
            triangles: triangles.to_vec(),
            outline: outline.to_vec(),
        };
        if min_shown <= 0.0 {
            return whole;
        }
        let mut is_kept = vec![false; vertices_px.len()];
        for &vertex in kept.iter().copied().flatten() {
            is_kept[vertex as usize] = true;
        }
        let at = |vertex: u32| vertices_px[vertex as usize];
        let normal = |&[a, b, c]: &[u32; 3]| (at(b) - at(a)).cross(at(c) - at(a));
        let front = triangles.iter().map(|t| normal(t).z).sum::<f32>().signum();
        let hidden = |triangle: &[u32; 3]| {
            let normal = normal(triangle);
            normal.z * front < min_shown * normal.length()
                && !triangle.iter().any(|&corner| is_kept[corner as usize])
        };
        let mut left: Vec<Option<[u32; 3]>> = triangles.iter().copied().map(Some).collect();
        let mut edge = Edge::new(triangles, vertices_px.len());
        if !edge.is_ring(outline) {
            return whole;
        }
        let mut found = true;
        while found {
            found = false;
            for slot in &mut left {
                if let Some(triangle) = slot.filter(|triangle| hidden(triangle))
                    && edge.take_off(&triangle)
                {
                    *slot = None;
                    found = true;
                }
            }
        }
        let triangles: Vec<[u32; 3]> = left.into_iter().flatten().collect();
        match edge.ring(&triangles) {
            Some(outline) if triangles.len() < whole.triangles.len() => Self { triangles, outline },
            _ => whole,
        }
    }

    /// Vertices that do not lie on the outline.
    pub fn inner(&self) -> Vec<u32> {
        let mut vertices: Vec<u32> = self.triangles.iter().flatten().copied().collect();
        vertices.sort_unstable();
        vertices.dedup();
        vertices.retain(|vertex| !self.outline.contains(vertex));
        vertices
    }
}

fn sides([a, b, c]: [u32; 3]) -> [(u32, u32); 3] {
    [(a, b), (b, c), (c, a)]
}

fn undirected((a, b): (u32, u32)) -> (u32, u32) {
    (a.min(b), a.max(b))
}

/// The edge of a mesh that loses triangles.
struct Edge {
    /// How many triangles share a side.
    shared: HashMap<(u32, u32), usize>,
    /// How many sides at the edge each vertex has.
    at_edge: Vec<usize>,
}

impl Edge {
    fn new(triangles: &[[u32; 3]], vertices: usize) -> Self {
        let mut shared = HashMap::new();
        for side in triangles.iter().flat_map(|&triangle| sides(triangle)) {
            *shared.entry(undirected(side)).or_insert(0) += 1;
        }
        let mut at_edge = vec![0; vertices];
        for (&(a, b), &count) in &shared {
            if count == 1 {
                at_edge[a as usize] += 1;
                at_edge[b as usize] += 1;
            }
        }
        Self { shared, at_edge }
    }

    fn is_edge(&self, side: (u32, u32)) -> bool {
        self.shared.get(&undirected(side)) == Some(&1)
    }

    /// Whether the edge is this ring and nothing else.
    fn is_ring(&self, ring: &[u32]) -> bool {
        let count = self.shared.values().filter(|&&count| count == 1).count();
        count == ring.len()
            && (0..ring.len())
                .all(|position| self.is_edge((ring[position], ring[(position + 1) % ring.len()])))
    }

    /// Takes a triangle off if the rest stays one piece with one ring around it.
    fn take_off(&mut self, triangle: &[u32; 3]) -> bool {
        let at_edge = sides(*triangle).map(|side| self.is_edge(side));
        let may_go = match at_edge.iter().filter(|&&is| is).count() {
            1 => {
                // The corner that comes to lie at the edge must not lie there already.
                let position = at_edge.iter().position(|&is| is).unwrap_or(0);
                self.at_edge[triangle[(position + 2) % 3] as usize] == 0
            }
            2 => true,
            _ => false,
        };
        if may_go {
            for (side, was_edge) in sides(*triangle).into_iter().zip(at_edge) {
                let side = undirected(side);
                for corner in [side.0, side.1] {
                    let count = &mut self.at_edge[corner as usize];
                    *count = if was_edge { *count - 1 } else { *count + 1 };
                }
                match self.shared.get_mut(&side) {
                    Some(count) if *count > 1 => *count -= 1,
                    _ => drop(self.shared.remove(&side)),
                }
            }
        }
        may_go
    }

    /// The edge in order.
    fn ring(&self, triangles: &[[u32; 3]]) -> Option<Vec<u32>> {
        let next: HashMap<u32, u32> = triangles
            .iter()
            .flat_map(|&triangle| sides(triangle))
            .filter(|&side| self.is_edge(side))
            .collect();
        let first = *next.keys().min()?;
        let mut ring = vec![first];
        let mut vertex = *next.get(&first)?;
        while vertex != first && ring.len() <= next.len() {
            ring.push(vertex);
            vertex = *next.get(&vertex)?;
        }
        (ring.len() == next.len()).then_some(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: u32 = 9;
    const ROWS: u32 = 6;

    /// Half a pipe that stands upright, turned about its axis by `turn` radians, its middle column first seen from the front.
    fn pipe(turn: f32) -> (Vec<Vec3>, Vec<[u32; 3]>, Vec<u32>) {
        let vertex = |column: u32, row: u32| row * COLUMNS + column;
        let points = (0..ROWS * COLUMNS)
            .map(|index| {
                let part = (index % COLUMNS) as f32 / (COLUMNS - 1) as f32;
                let angle = (part - 0.5) * 2.4 + turn;
                Vec3::new(
                    50.0 * angle.sin(),
                    (index / COLUMNS) as f32 * 15.0,
                    -50.0 * angle.cos(),
                )
            })
            .collect();
        let mut triangles = Vec::new();
        for row in 0..ROWS - 1 {
            for column in 0..COLUMNS - 1 {
                let [a, b] = [vertex(column, row), vertex(column + 1, row)];
                let [c, d] = [vertex(column, row + 1), vertex(column + 1, row + 1)];
                triangles.extend([[a, b, c], [b, d, c]]);
            }
        }
        let top = (0..COLUMNS).map(|column| vertex(column, 0));
        let right = (1..ROWS).map(|row| vertex(COLUMNS - 1, row));
        let bottom = (0..COLUMNS - 1)
            .rev()
            .map(|column| vertex(column, ROWS - 1));
        let left = (1..ROWS - 1).rev().map(|row| vertex(0, row));
        let outline = top.chain(right).chain(bottom).chain(left).collect();
        (points, triangles, outline)
    }

    #[test]
    fn what_faces_the_viewer_stays() {
        let (points, triangles, outline) = pipe(0.0);
        let seen = Visible::new(&points, &triangles, &outline, &[], 0.2);
        assert_eq!(seen.triangles, triangles);
        assert_eq!(seen.outline.len(), outline.len());
    }

    #[test]
    fn the_far_side_goes_and_the_rest_is_a_ring() {
        let (points, triangles, outline) = pipe(0.8);
        let seen = Visible::new(&points, &triangles, &outline, &[], 0.2);
        let width = seen.triangles.len() / ((ROWS as usize - 1) * 2);
        assert!((4..8).contains(&width), "{width} columns");
        let columns: Vec<u32> = seen.outline.iter().map(|v| v % COLUMNS).collect();
        assert_eq!(columns.iter().max().copied(), Some(width as u32));
        assert_eq!(seen.outline.len(), 2 * (width + ROWS as usize - 1));
    }

    #[test]
    fn what_is_to_be_kept_is_kept() {
        let (points, triangles, outline) = pipe(0.8);
        let corner = COLUMNS * 3 - 1;
        let seen = Visible::new(&points, &triangles, &outline, &[&[corner]], 0.2);
        assert!(seen.triangles.iter().flatten().any(|&v| v == corner));
        // Still one ring: each vertex of it once.
        let mut ring = seen.outline.clone();
        ring.sort_unstable();
        ring.dedup();
        assert_eq!(ring.len(), seen.outline.len());
    }
}
