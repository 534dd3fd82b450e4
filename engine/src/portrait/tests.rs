//! The analysis against the reference numbers, and its refusals.

use super::*;

#[derive(serde::Deserialize)]
struct Reference {
    box_px: [f32; 4],
    landmarks_px: Vec<[f32; 3]>,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn analyzer() -> Analyzer {
    Analyzer::load(&root().join("models")).unwrap()
}

fn default_portrait() -> Picture {
    load_picture(&root().join("assets/portraits/grace_hopper.jpg")).unwrap()
}

/// A picture of one colour with `picture` put into it at `x`, `y`, or what of it fits.
fn placed(picture: &Picture, width: u32, height: u32, x: i64, y: i64) -> Picture {
    let mut canvas = image::RgbaImage::from_pixel(width, height, image::Rgba([120, 120, 120, 255]));
    let source =
        image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba.clone()).unwrap();
    image::imageops::replace(&mut canvas, &source, x, y);
    Picture {
        width,
        height,
        rgba: canvas.into_raw(),
    }
}

fn scaled(picture: &Picture, width: u32, height: u32) -> Picture {
    let source =
        image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba.clone()).unwrap();
    let filter = image::imageops::FilterType::Triangle;
    Picture {
        width,
        height,
        rgba: image::imageops::resize(&source, width, height, filter).into_raw(),
    }
}

fn refusal(analyzer: &Analyzer, picture: &Picture) -> String {
    analyzer
        .analyze(&picture.rgba, picture.width, picture.height)
        .unwrap_err()
        .to_string()
}

fn mean_distance(a: &[[f32; 3]], b: &[[f32; 3]]) -> f32 {
    let distance = |(p, q): (&[f32; 3], &[f32; 3])| (p[0] - q[0]).hypot(p[1] - q[1]);
    a.iter().zip(b).map(distance).sum::<f32>() / a.len() as f32
}

#[test]
fn landmarks_agree_with_the_reference() {
    let reference: Reference =
        serde_json::from_str(include_str!("landmark_reference.json")).unwrap();
    let (analyzer, portrait) = (analyzer(), default_portrait());
    let picture = RgbPicture::from_rgba(
        &portrait.rgba,
        portrait.width as usize,
        portrait.height as usize,
        1,
    );
    let faces = analyzer.detector.detect(&picture, true).unwrap();
    assert_eq!(faces.len(), 1);
    let face = &faces[0];
    let [x, y, width, height] = reference.box_px;
    for (is, wanted) in [
        (face.centre_px[0], x + width / 2.0),
        (face.centre_px[1], y + height / 2.0),
        (face.size_px[0], width),
        (face.size_px[1], height),
    ] {
        assert!((is - wanted).abs() < 1.0, "box {is} instead of {wanted}");
    }
    let once = analyzer
        .landmarks
        .find_once(&picture, face.landmark_region())
        .unwrap()
        .unwrap();
    let mean = mean_distance(&once, &reference.landmarks_px);
    let worst = once
        .iter()
        .zip(&reference.landmarks_px)
        .map(|(p, q)| (p[0] - q[0]).hypot(p[1] - q[1]))
        .fold(0.0, f32::max);
    println!("one look: mean {mean:.3} px, largest {worst:.3} px");
    // OpenCV interpolates with 5 bits and decodes the JPEG a little differently.
    assert!(
        mean < 0.2 && worst < 1.0,
        "mean {mean} px, largest {worst} px"
    );

    let twice = analyzer
        .landmarks
        .find(&picture, face.landmark_region())
        .unwrap()
        .unwrap();
    let mean = mean_distance(&twice, &reference.landmarks_px);
    println!("second round: mean {mean:.3} px away");
    assert!(
        mean < 1.5,
        "the second round moved the landmarks by {mean} px"
    );
}

#[test]
fn the_default_portrait_is_measured() {
    let (analyzer, portrait) = (analyzer(), default_portrait());
    let start = std::time::Instant::now();
    let mesh = analyzer
        .analyze(&portrait.rgba, portrait.width, portrait.height)
        .unwrap();
    println!("analysed in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    println!(
        "pose {:?}, scale {} px, eyes {:?}, lips {}, iris radii {:?}",
        mesh.pose,
        mesh.picture_from_canonical.scale_px,
        mesh.eye_opening,
        mesh.lip_opening,
        mesh.iris_radii_px
    );
    assert_eq!(mesh.vertices_px.len(), FACE_VERTICES);
    assert_eq!((mesh.faces_px.len(), mesh.face_index), (1, 0));
    assert!(mesh.pose.yaw.abs() < 0.2 && mesh.pose.roll.abs() < 0.2);
    assert!(mesh.lip_opening < 0.02, "her mouth is shut");
    assert!(mesh.eye_opening.iter().all(|&opening| opening > 0.02));
    // Rigid points stand within a few per cent of the face's size of where the canonical face puts them.
    for &vertex in &analyzer.rig().rigid_points {
        let canonical = analyzer.rig().canonical_vertices[vertex as usize];
        let expected = mesh.picture_from_canonical.transform_point(canonical);
        let found = mesh.vertices_px[vertex as usize];
        let away = (found[0] - expected[0]).hypot(found[1] - expected[1]);
        assert!(
            away < 0.06 * mesh.face_box_px[2],
            "vertex {vertex} is {away} px away"
        );
    }
    let matte = |x: usize, y: usize| mesh.matte[y * portrait.width as usize + x];
    assert!(matte(266, 246) > 250, "nose");
    assert!(matte(20, 20) < 30 && matte(500, 60) < 30, "background");
    assert!(
        (140..205).all(|y| matte(142, y) < 40),
        "the cord of the flag, dark like her hat beside it"
    );
}

#[test]
fn a_small_smiling_face_is_measured() {
    let picture = load_picture(&root().join("tests/pictures/eileen_collins.jpg")).unwrap();
    let mesh = analyzer()
        .analyze(&picture.rgba, picture.width, picture.height)
        .unwrap();
    println!(
        "pose {:?}, box {:?}, lips {}",
        mesh.pose, mesh.face_box_px, mesh.lip_opening
    );
    assert!(
        mesh.lip_opening > 0.03,
        "her teeth show: {}",
        mesh.lip_opening
    );
    assert!(
        (70.0..120.0).contains(&mesh.face_box_px[2]),
        "{:?}",
        mesh.face_box_px
    );
    assert!(mesh.pose.yaw.abs() < 0.35, "{:?}", mesh.pose);
}

#[test]
fn size_and_place_in_the_picture_do_not_matter() {
    let (analyzer, portrait) = (analyzer(), default_portrait());
    let plain = analyzer
        .analyze(&portrait.rgba, portrait.width, portrait.height)
        .unwrap();
    // Five times as large, so that it is analysed at a fraction of its size.
    let large = scaled(&portrait, portrait.width * 5, portrait.height * 5);
    let mesh = analyzer
        .analyze(&large.rgba, large.width, large.height)
        .unwrap();
    let back: Vec<[f32; 3]> = mesh
        .vertices_px
        .iter()
        .map(|&[x, y, z]| [(x + 0.5) / 5.0 - 0.5, (y + 0.5) / 5.0 - 0.5, z / 5.0])
        .collect();
    let mean = mean_distance(&back, &plain.vertices_px);
    assert!(mean < 1.5, "{mean} px");
    // Small in a wide picture: found in a part of it.
    let wide = placed(&portrait, 2400, 1400, 1500, 300);
    let mesh = analyzer
        .analyze(&wide.rgba, wide.width, wide.height)
        .unwrap();
    let back: Vec<[f32; 3]> = mesh
        .vertices_px
        .iter()
        .map(|&[x, y, z]| [x - 1500.0, y - 300.0, z])
        .collect();
    let mean = mean_distance(&back, &plain.vertices_px);
    assert!(mean < 2.0, "{mean} px");
}

#[test]
fn unusable_portraits_are_refused_in_words() {
    let (analyzer, portrait) = (analyzer(), default_portrait());
    let empty = placed(&portrait, 300, 300, 1000, 1000);
    assert!(refusal(&analyzer, &empty).contains("no face"));
    let tiny = scaled(&portrait, 128, 150);
    assert!(refusal(&analyzer, &tiny).contains("at least 64"));
    // The picture's border runs through the face.
    let cut = placed(&portrait, 300, 400, -262, -60);
    let message = refusal(&analyzer, &cut);
    assert!(
        message.contains("cut off") || message.contains("no face") || message.contains("turned"),
        "{message}"
    );
}

#[test]
fn a_head_turned_half_way_is_measured_and_a_profile_refused() {
    let analyzer = analyzer();
    let picture = |name: &str| load_picture(&root().join("tests/pictures").join(name)).unwrap();
    let turned = picture("three_quarter.jpg");
    let mesh = analyzer
        .analyze(&turned.rgba, turned.width, turned.height)
        .unwrap();
    let yaw = mesh.pose.yaw.to_degrees();
    assert!((-38.0..-32.0).contains(&yaw), "rendered at 35°: {yaw}");
    let message = refusal(&analyzer, &picture("profile.jpg"));
    assert!(message.contains("to the side"), "{message}");
}

/// The default portrait as it is and twice as large beside it.
fn two_sizes(portrait: &Picture) -> Picture {
    let canvas = placed(portrait, 1600, 1300, 20, 500);
    let mut canvas = image::RgbaImage::from_raw(1600, 1300, canvas.rgba).unwrap();
    let large = scaled(portrait, portrait.width * 2, portrait.height * 2);
    let large = image::RgbaImage::from_raw(large.width, large.height, large.rgba).unwrap();
    image::imageops::replace(&mut canvas, &large, 560, 60);
    Picture {
        width: 1600,
        height: 1300,
        rgba: canvas.into_raw(),
    }
}

#[test]
fn each_of_two_faces_can_be_chosen() {
    let (analyzer, portrait) = (analyzer(), default_portrait());
    let plain = analyzer
        .analyze(&portrait.rgba, portrait.width, portrait.height)
        .unwrap();
    let two = two_sizes(&portrait);
    let face = |number| analyzer.analyze_face(&two.rgba, two.width, two.height, number);
    let [left, right, largest] = [Some(1), Some(2), None].map(|number| face(number).unwrap());
    assert_eq!((left.face_index, right.face_index), (0, 1));
    assert_eq!((largest.face_index, largest.faces_px.len()), (1, 2));
    assert_eq!(largest.vertices_px, right.vertices_px);
    // Each is where its portrait was put, and of its person alone.
    for (mesh, scale, corner) in [(&left, 1.0, [20.0, 500.0]), (&right, 2.0, [560.0, 60.0])] {
        let back: Vec<[f32; 3]> = mesh
            .vertices_px
            .iter()
            .map(|&[x, y, z]| [(x - corner[0]) / scale, (y - corner[1]) / scale, z / scale])
            .collect();
        let mean = mean_distance(&back, &plain.vertices_px);
        assert!(mean < 2.0, "{mean} px");
        for (index, [x, y, width, height]) in mesh.faces_px.iter().copied().enumerate() {
            let (column, row) = ((x + width / 2.0) as usize, (y + height / 2.0) as usize);
            let person = mesh.matte[row * two.width as usize + column];
            assert_eq!(
                person > 128,
                index == mesh.face_index,
                "face {index}: {person}"
            );
        }
    }
    let line = face(Some(3)).unwrap_err().to_string();
    assert!(
        line.contains("no face 3") && line.contains("2 faces"),
        "{line}"
    );
    let alone = analyzer.analyze_face(&portrait.rgba, portrait.width, portrait.height, Some(2));
    let line = alone.unwrap_err().to_string();
    assert!(
        line.contains("no face 2") && line.contains("one face"),
        "{line}"
    );
}

#[test]
fn a_small_face_beside_a_large_one_is_found() {
    let (analyzer, portrait) = (analyzer(), default_portrait());
    let large = scaled(&portrait, 1024, 1200);
    let canvas = placed(&large, 2800, 1300, 0, 60);
    let mut canvas = image::RgbaImage::from_raw(2800, 1300, canvas.rgba).unwrap();
    let small = image::RgbaImage::from_raw(portrait.width, portrait.height, portrait.rgba.clone());
    image::imageops::replace(&mut canvas, &small.unwrap(), 2200, 500);
    let mesh = analyzer.analyze_face(&canvas, 2800, 1300, Some(2)).unwrap();
    assert_eq!(mesh.faces_px.len(), 2);
    assert!(mesh.face_box_px[0] > 2200.0, "{:?}", mesh.face_box_px);
}
