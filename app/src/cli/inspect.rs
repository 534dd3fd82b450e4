//! `jam-flow inspect`: what the portrait analysis sees in a picture.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use engine::atomic_file::write_atomically;
use engine::portrait::{Analyzer, FaceRig, Picture, PortraitMesh};
use image::{Rgba, RgbaImage};
use serde::Serialize;

use crate::cli::options::portrait::face_number;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::output_path;
use studio::resources::Resources;

/// Arguments of `jam-flow inspect`.
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// Picture of one or more faces (PNG, JPEG, WebP, AVIF, TIFF, GIF or BMP)
    #[arg(value_name = "PICTURE")]
    pub portrait: PathBuf,
    /// Which face to measure: they count from the left, 1 is the leftmost; without it the largest
    #[arg(long, value_name = "NUMBER", value_parser = face_number)]
    pub face: Option<usize>,
    /// Also draw the landmarks, the face and the background into a picture (.png)
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print everything that was found as JSON, the landmarks too
    #[arg(long)]
    pub json: bool,
}

/// Colours of the drawing.
const MESH_COLOUR: Rgba<u8> = Rgba([0, 230, 160, 255]);
const LIP_COLOUR: Rgba<u8> = Rgba([255, 90, 110, 255]);
const EYE_COLOUR: Rgba<u8> = Rgba([255, 210, 60, 255]);
const BOX_COLOUR: Rgba<u8> = Rgba([90, 160, 255, 255]);
/// What is not the person is darkened to this share.
const BACKGROUND_SHARE: f32 = 0.35;
/// Above this the matte says "person".
const PERSON: u8 = 128;

/// What was found, in numbers.
#[derive(Debug, Serialize)]
struct Report {
    width_px: u32,
    height_px: u32,
    /// Faces that can be chosen.
    faces_found: usize,
    /// Where they are, the leftmost first: x, y, width, height.
    faces_px: Vec<[f32; 4]>,
    /// Number of the face that the rest is about, counted from the left from 1 on.
    face_number: usize,
    /// x, y, width, height.
    face_box_px: [f32; 4],
    /// Turn of the head.
    pose_degrees: Pose,
    /// Lids apart, picture-left then picture-right, canonical units of 10 cm.
    eye_opening: [f32; 2],
    /// Inner lips apart, the same units.
    lip_opening: f32,
    irises_px: [[f32; 3]; 2],
    iris_radii_px: [f32; 2],
    /// Share of the picture that is the person.
    person_share: f32,
    /// The 21 keypoints of the face at rest, canonical units.
    canonical_keypoints: Vec<[f32; 3]>,
    /// The 468 landmarks of the face.
    landmarks_px: Vec<[f32; 3]>,
}

#[derive(Debug, Serialize)]
struct Pose {
    pitch: f32,
    yaw: f32,
    roll: f32,
}

/// Runs the command.
pub fn run(resources: &Resources, arguments: &InspectArguments) -> anyhow::Result<()> {
    if let Some(output) = &arguments.output {
        output_path::check(output, text!("output-drawing"), &["png"])?;
        output_path::check_distinct(&[output], &[&arguments.portrait])?;
    }
    let picture = engine::portrait::load_picture(&arguments.portrait)?;
    let analyzer = Analyzer::load(&resources.models)?;
    let mesh = analyzer
        .analyze_face(&picture.rgba, picture.width, picture.height, arguments.face)
        .with_context(|| {
            text!(
                "portrait-unusable",
                file = arguments.portrait.display().to_string()
            )
        })?;
    let report = report(&picture, &mesh);
    if let Some(output) = &arguments.output {
        write_drawing(output, &draw(picture, &mesh, analyzer.rig()))?;
    }
    if arguments.json {
        answer(serde_json::to_string_pretty(&report)?)?;
    } else {
        print_table(&report)?;
    }
    Ok(())
}

fn report(picture: &Picture, mesh: &PortraitMesh) -> Report {
    let person = mesh.matte.iter().filter(|&&value| value >= PERSON).count();
    Report {
        width_px: picture.width,
        height_px: picture.height,
        faces_found: mesh.faces_px.len(),
        faces_px: mesh.faces_px.clone(),
        face_number: mesh.face_index + 1,
        face_box_px: mesh.face_box_px,
        pose_degrees: Pose {
            pitch: mesh.pose.pitch.to_degrees(),
            yaw: mesh.pose.yaw.to_degrees(),
            roll: mesh.pose.roll.to_degrees(),
        },
        eye_opening: mesh.eye_opening,
        lip_opening: mesh.lip_opening,
        irises_px: mesh.irises_px,
        iris_radii_px: mesh.iris_radii_px,
        person_share: person as f32 / mesh.matte.len().max(1) as f32,
        canonical_keypoints: mesh.canonical_keypoints.to_vec(),
        landmarks_px: mesh.vertices_px.clone(),
    }
}

fn box_px([x, y, width, height]: [f32; 4]) -> String {
    text!(
        "box-px",
        x = format!("{x:.0}"),
        y = format!("{y:.0}"),
        width = format!("{width:.0}"),
        height = format!("{height:.0}"),
    )
}

fn print_table(report: &Report) -> std::io::Result<()> {
    let faces = text!("inspect-faces");
    let pose = &report.pose_degrees;
    for (name, value) in [
        (
            text!("inspect-picture"),
            text!(
                "size-px",
                width = report.width_px,
                height = report.height_px,
            ),
        ),
        (
            faces,
            match report.faces_found {
                1 => "1".to_owned(),
                count => text!(
                    "inspect-faces-several",
                    count = count,
                    number = report.face_number,
                ),
            },
        ),
        (text!("inspect-face"), box_px(report.face_box_px)),
        (
            text!("inspect-head"),
            text!(
                "inspect-head-angles",
                pitch = format!("{:.1}", pose.pitch),
                yaw = format!("{:.1}", pose.yaw),
                roll = format!("{:.1}", pose.roll),
            ),
        ),
        // Canonical units are of 10 cm.
        (
            text!("inspect-eyes"),
            text!(
                "inspect-eyes-mm",
                left = format!("{:.1}", report.eye_opening[0] * 100.0),
                right = format!("{:.1}", report.eye_opening[1] * 100.0),
            ),
        ),
        (
            text!("inspect-lips"),
            text!(
                "inspect-lips-mm",
                opening = format!("{:.1}", report.lip_opening * 100.0)
            ),
        ),
        (
            text!("inspect-person"),
            text!(
                "inspect-person-share",
                percent = format!("{:.0}", report.person_share * 100.0)
            ),
        ),
    ] {
        answer(format_args!("{name:<12}{value}"))?;
        if name == faces && report.faces_found > 1 {
            for (index, face_px) in report.faces_px.iter().enumerate() {
                let row = text!("inspect-face-row", number = index + 1);
                answer(format_args!("  {row:<10}{}", box_px(*face_px)))?;
            }
        }
    }
    Ok(())
}

/// The picture with its background darkened and the landmarks, lips, eyes and face box on it.
fn draw(picture: Picture, mesh: &PortraitMesh, rig: &FaceRig) -> RgbaImage {
    let mut drawing = RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .expect("a picture holds four bytes for each pixel");
    for (pixel, &person) in drawing.pixels_mut().zip(&mesh.matte) {
        let share = BACKGROUND_SHARE + (1.0 - BACKGROUND_SHARE) * f32::from(person) / 255.0;
        for channel in &mut pixel.0[..3] {
            *channel = (f32::from(*channel) * share) as u8;
        }
    }
    let [_, _, width, height] = mesh.face_box_px;
    // Thin enough not to hide a small face, thick enough to be seen in a large picture.
    let radius_px = (width.max(height) / 250.0).max(0.8);
    let others = mesh.faces_px.iter().enumerate();
    let others = others.filter(|&(index, _)| index != mesh.face_index);
    for &[x, y, width, height] in others.map(|(_, face)| face).chain([&mesh.face_box_px]) {
        let corners = [
            [x, y],
            [x + width, y],
            [x + width, y + height],
            [x, y + height],
        ];
        for (corner, next) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            line(&mut drawing, *corner, *next, radius_px, BOX_COLOUR);
        }
    }
    let flat = |vertex: [f32; 3]| [vertex[0], vertex[1]];
    for &vertex in &mesh.vertices_px {
        disc(&mut drawing, flat(vertex), radius_px, MESH_COLOUR);
    }
    for (ring, colour) in [
        (&rig.lips_outer, LIP_COLOUR),
        (&rig.lips_inner, LIP_COLOUR),
        (&rig.left_eye, EYE_COLOUR),
        (&rig.right_eye, EYE_COLOUR),
    ] {
        for (&from, &to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let [from, to] = [from, to].map(|vertex| flat(mesh.vertices_px[vertex as usize]));
            line(&mut drawing, from, to, radius_px * 0.7, colour);
        }
    }
    for (iris, &iris_radius_px) in mesh.irises_px.iter().zip(&mesh.iris_radii_px) {
        let rim = |step: u8| {
            let (sin, cos) = (f32::from(step) * std::f32::consts::TAU / 32.0).sin_cos();
            [
                iris[0] + iris_radius_px * cos,
                iris[1] + iris_radius_px * sin,
            ]
        };
        for step in 0..32 {
            line(
                &mut drawing,
                rim(step),
                rim(step + 1),
                radius_px * 0.7,
                EYE_COLOUR,
            );
        }
    }
    drawing
}

fn line(drawing: &mut RgbaImage, from: [f32; 2], to: [f32; 2], radius_px: f32, colour: Rgba<u8>) {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let steps = (dx.hypot(dy) / radius_px.max(0.5)).ceil().max(1.0);
    for step in 0..=steps as u32 {
        let t = step as f32 / steps;
        disc(
            drawing,
            [from[0] + t * dx, from[1] + t * dy],
            radius_px,
            colour,
        );
    }
}

/// A filled circle with soft edges; what lies outside the picture is left out.
fn disc(drawing: &mut RgbaImage, [x, y]: [f32; 2], radius_px: f32, colour: Rgba<u8>) {
    let reach = radius_px + 1.0;
    let range = |middle: f32, side: u32| {
        let first = (middle - reach).floor().max(0.0) as u32;
        let last = (middle + reach).ceil().clamp(0.0, side as f32 - 1.0) as u32;
        first..last.saturating_add(1)
    };
    for row in range(y, drawing.height()) {
        for column in range(x, drawing.width()) {
            let distance_px = (column as f32 - x).hypot(row as f32 - y);
            let cover = (radius_px + 0.5 - distance_px).clamp(0.0, 1.0);
            let pixel = drawing.get_pixel_mut(column, row);
            for channel in 0..3 {
                let [below, above] = [pixel.0[channel], colour.0[channel]].map(f32::from);
                pixel.0[channel] = (below + cover * (above - below)).round() as u8;
            }
        }
    }
}

fn write_drawing(path: &Path, drawing: &RgbaImage) -> anyhow::Result<()> {
    write_atomically(path, |file| {
        let mut png = io::Cursor::new(Vec::new());
        drawing
            .write_to(&mut png, image::ImageFormat::Png)
            .map_err(io::Error::other)?;
        file.write_all(png.get_ref())
    })
    .with_context(|| text!("drawing-unwritable", file = path.display().to_string()))
}
