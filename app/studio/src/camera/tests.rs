//! What cameras send becomes pictures, a video stands in for one, and what is no camera says so. No camera is needed.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use super::format::{Choice, PixelFormat, Sizes, choose};
use super::pixels::Layout;
use super::*;
use crate::media::write::Mp4Writer;

const WIDTH: usize = 16;
const HEIGHT: usize = 8;

/// Patches of colours, each of two by two pixels.
fn colours() -> Vec<u8> {
    let mut rgb = Vec::new();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            rgb.extend([
                (x / 2 * 30) as u8,
                (y / 2 * 60) as u8,
                200 - (x / 2 * 20) as u8,
            ]);
        }
    }
    rgb
}

/// Y, U and V as ITU-R BT.601 has them, in the range of video.
fn yuv(pixel: &[u8]) -> [u8; 3] {
    let [r, g, b] = [0, 1, 2].map(|c| f64::from(pixel[c]));
    let luma = 0.299 * r + 0.587 * g + 0.114 * b;
    [
        16.0 + luma * 219.0 / 255.0,
        128.0 + (b - luma) / 1.772 * 224.0 / 255.0,
        128.0 + (r - luma) / 1.402 * 224.0 / 255.0,
    ]
    .map(|value| value.round() as u8)
}

/// The same picture as a camera would send it, with `gap` bytes after each row of Y.
fn sent(format: PixelFormat, gap: usize) -> Vec<u8> {
    let rgb = colours();
    let rows = || rgb.chunks_exact(3 * WIDTH);
    let fill = vec![7; gap];
    // U or V of each patch.
    let chroma = |component: usize, row: &[u8]| -> Vec<u8> {
        row.chunks_exact(6)
            .map(|pair| yuv(pair)[component])
            .collect()
    };
    let luma = |row: &[u8]| -> Vec<u8> { row.chunks_exact(3).map(|pixel| yuv(pixel)[0]).collect() };
    let packed = |order: fn([u8; 4]) -> [u8; 4]| -> Vec<u8> {
        rows()
            .flat_map(|row| {
                let pairs = row.chunks_exact(6).flat_map(move |pair| {
                    let [y, u, v] = yuv(pair);
                    order([y, u, yuv(&pair[3..])[0], v])
                });
                pairs.chain(fill.clone())
            })
            .collect()
    };
    match format {
        PixelFormat::Rgb => rows().flat_map(|row| [row, &fill].concat()).collect(),
        PixelFormat::Bgr => rows()
            .flat_map(|row| {
                let pixels = row.chunks_exact(3).flat_map(|p| [p[2], p[1], p[0]]);
                pixels.chain(fill.clone())
            })
            .collect(),
        PixelFormat::Yuyv => packed(|bytes| bytes),
        PixelFormat::Uyvy => packed(|[y, u, z, v]| [u, y, v, z]),
        PixelFormat::Nv12 | PixelFormat::I420 => {
            let mut bytes: Vec<u8> = rows()
                .flat_map(|row| [luma(row), fill.clone()].concat())
                .collect();
            let halves: Vec<&[u8]> = rows().step_by(2).collect();
            if format == PixelFormat::Nv12 {
                for row in halves {
                    let pairs = chroma(1, row).into_iter().zip(chroma(2, row));
                    bytes.extend(pairs.flat_map(|(u, v)| [u, v]));
                    bytes.extend(&fill);
                }
            } else {
                for component in [1, 2] {
                    for row in &halves {
                        bytes.extend(chroma(component, row));
                        bytes.extend(&fill[..gap / 2]);
                    }
                }
            }
            bytes
        }
        PixelFormat::Jpeg => {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, 95)
                .write_image(&rgb, WIDTH as u32, HEIGHT as u32, ExtendedColorType::Rgb8)
                .unwrap();
            bytes
        }
    }
}

fn layout(format: PixelFormat, stride: usize) -> Layout {
    Layout {
        format,
        width: WIDTH,
        height: HEIGHT,
        stride,
    }
}

/// How far the farthest value of a picture is from what was sent.
fn difference(picture: Option<(usize, usize, Vec<u8>)>) -> u8 {
    let (width, height, rgb) = picture.expect("a picture");
    assert_eq!(
        (width, height, rgb.len()),
        (WIDTH, HEIGHT, 3 * WIDTH * HEIGHT)
    );
    let pairs = rgb.into_iter().zip(colours());
    pairs.map(|(a, b)| a.abs_diff(b)).max().unwrap()
}

const RAW: [(PixelFormat, usize); 6] = [
    (PixelFormat::Rgb, 3),
    (PixelFormat::Bgr, 3),
    (PixelFormat::Yuyv, 2),
    (PixelFormat::Uyvy, 2),
    (PixelFormat::Nv12, 1),
    (PixelFormat::I420, 1),
];

#[test]
fn every_format_gives_the_colours_that_were_sent() {
    for (format, pixel_bytes) in RAW {
        for gap in [0, 8] {
            let stride = WIDTH * pixel_bytes + gap;
            let bytes = sent(format, gap);
            let found = difference(layout(format, stride).picture(&bytes));
            assert!(found <= 4, "{format:?}, {gap} bytes between rows: {found}");
            if gap == 0 {
                // Some drivers do not say how long a row is.
                assert!(difference(layout(format, 0).picture(&bytes)) <= 4);
            }
        }
    }
    // Patches of one colour lose little, though their edges do.
    assert!(difference(layout(PixelFormat::Jpeg, 0).picture(&sent(PixelFormat::Jpeg, 0))) < 60);
}

#[test]
fn motion_jpegs_may_leave_their_huffman_tables_out() {
    let whole = sent(PixelFormat::Jpeg, 0);
    let mut bare = whole[..2].to_vec();
    let mut at = 2;
    let mut tables = 0;
    while whole[at + 1] != 0xDA {
        let end = at + 2 + usize::from(u16::from_be_bytes([whole[at + 2], whole[at + 3]]));
        match whole[at + 1] {
            0xC4 => tables += 1,
            _ => bare.extend(&whole[at..end]),
        }
        at = end;
    }
    bare.extend(&whole[at..]);
    assert!(tables > 0);
    let layout = layout(PixelFormat::Jpeg, 0);
    assert_eq!(layout.picture(&bare), layout.picture(&whole));
    assert!(layout.picture(&whole).is_some());
}

#[test]
fn what_is_cut_off_or_damaged_is_no_picture() {
    for (format, pixel_bytes) in RAW {
        let bytes = sent(format, 0);
        let layout = layout(format, WIDTH * pixel_bytes);
        for length in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(
                layout.picture(&bytes[..length]),
                None,
                "{format:?} {length}"
            );
        }
    }
    let jpeg = layout(PixelFormat::Jpeg, 0);
    for bytes in [
        &b""[..],
        &[0xFF, 0xD8],
        &[0xFF, 0xD8, 0xFF, 0xDB, 0, 0],
        &[9; 400],
    ] {
        assert_eq!(jpeg.picture(bytes), None);
    }
    let nothing = Layout {
        height: 0,
        ..layout(PixelFormat::Rgb, 0)
    };
    assert_eq!(nothing.picture(&[0; 99]), None);
}

#[test]
fn odd_sizes_are_pictures_however_a_driver_rounds_them() {
    // The last column of a picture left out, of every format.
    for (format, pixel_bytes) in RAW {
        let odd = Layout {
            width: WIDTH - 1,
            ..layout(format, WIDTH * pixel_bytes)
        };
        let (width, height, rgb) = odd.picture(&sent(format, 0)).expect("a picture");
        assert_eq!((width, height), (WIDTH - 1, HEIGHT));
        let rows = rgb.chunks_exact(3 * width);
        for (row, wanted) in rows.zip(colours().chunks_exact(3 * WIDTH)) {
            for (a, b) in row[..3 * (width - 1)].iter().zip(wanted) {
                assert!(a.abs_diff(*b) <= 4, "{format:?}: {row:?}");
            }
        }
    }
    // As the kernel's test driver rounds down: no more than one pair and one row of U and V in 3 by 3 pixels.
    for (format, stride, bytes) in [
        (PixelFormat::Yuyv, 6, [126, 90, 126, 160, 126, 90].repeat(3)),
        (PixelFormat::Uyvy, 6, [90, 126, 160, 126, 90, 126].repeat(3)),
        (PixelFormat::Nv12, 3, [&[126; 9][..], &[90, 160]].concat()),
        (PixelFormat::I420, 3, [&[126; 9][..], &[90, 160]].concat()),
    ] {
        let odd = Layout {
            format,
            width: 3,
            height: 3,
            stride,
        };
        let (_, _, rgb) = odd.picture(&bytes).expect("a picture");
        assert_eq!(rgb.len(), 27);
        assert!(
            rgb.chunks_exact(3).all(|pixel| pixel == &rgb[..3]),
            "{format:?}: {rgb:?}"
        );
        assert!(rgb[0] > rgb[1] && rgb[1] > rgb[2], "{format:?}: {rgb:?}");
    }
}

#[test]
fn the_nearest_size_is_taken_in_the_cheapest_format() {
    let one = |code: &[u8; 4], width, height| (*code, Sizes::One([width, height]));
    let chosen = |offered: &[([u8; 4], Sizes)]| {
        choose(offered).map(|Choice { code, size_px }| (code, size_px))
    };
    assert_eq!(
        chosen(&[
            one(b"MJPG", 1920, 1080),
            one(b"MJPG", 640, 480),
            one(b"YUYV", 1280, 720),
            one(b"YUYV", 640, 480),
            one(b"H264", 640, 480),
        ]),
        Some((*b"YUYV", [640, 480]))
    );
    // Raw pictures of many pixels do not pass through a USB 2 cable; those that do are too small.
    assert_eq!(
        chosen(&[one(b"YUYV", 160, 120), one(b"MJPG", 1280, 720)]),
        Some((*b"MJPG", [1280, 720]))
    );
    let range = Sizes::Range {
        least: [48, 32],
        largest: [1920, 1080],
        step: [16, 2],
    };
    assert_eq!(chosen(&[(*b"NV12", range)]), Some((*b"NV12", [640, 480])));
    let odd = Sizes::Range {
        least: [800, 600],
        largest: [0, 0],
        step: [0, 0],
    };
    assert_eq!(chosen(&[(*b"YUYV", odd)]), Some((*b"YUYV", [800, 600])));
    assert_eq!(chosen(&[one(b"H264", 640, 480), one(b"YUYV", 0, 0)]), None);
    assert_eq!(chosen(&[]), None);
}

/// A film whose pictures get brighter from one to the next.
fn film(folder: &std::path::Path, frames: u32) -> PathBuf {
    let path = folder.join("film.mp4");
    let mut writer = Mp4Writer::create(&path, 64, 48).unwrap();
    for frame in 0..frames {
        let value = (40 + frame * 20) as u8;
        let picture = [value, value, value, 255].repeat(64 * 48);
        writer.write_frame(&picture).unwrap();
    }
    writer.finish().unwrap();
    path
}

#[test]
fn a_video_stands_in_for_a_camera_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path(), 5);
    let stop = CancelToken::new();
    let mut pictures: Vec<CameraPicture> = Vec::new();
    let began = Instant::now();
    looped_file::play(&path, &stop, &mut |picture| {
        pictures.push(picture);
        if pictures.len() == 12 {
            stop.cancel();
        }
    })
    .unwrap();
    assert_eq!(pictures.len(), 12);
    let brightness = |index: usize| pictures[index].rgb[0];
    assert!(brightness(4) > brightness(0) + 60);
    assert_eq!(
        [brightness(0), brightness(4)],
        [brightness(5), brightness(9)]
    );
    // It keeps the video's pace, 25 pictures a second: none comes before its time, however late others are.
    for (number, picture) in pictures[..5].iter().enumerate() {
        let due = began + Duration::from_millis(40) * number as u32;
        assert!(picture.captured >= due, "{number}");
    }
}

#[test]
fn who_opens_a_camera_gets_its_newest_picture_and_its_errors() {
    let folder = tempfile::tempdir().unwrap();
    let source = CameraSource::named(film(folder.path(), 3).to_str().unwrap()).unwrap();
    assert_eq!(source.name(), "film.mp4");
    let camera = Camera::open(source).unwrap();
    let patient = Duration::from_secs(60);
    let picture = camera.next(patient).unwrap().unwrap();
    assert_eq!((picture.width, picture.height), (64, 48));
    assert_eq!(picture.rgb.len(), 3 * 64 * 48);
    drop(camera);

    let broken = folder.path().join("broken.mp4");
    std::fs::write(&broken, b"this is no film").unwrap();
    let camera = Camera::open(CameraSource::File(broken)).unwrap();
    let error = camera.next(patient).unwrap_err();
    assert!(matches!(&error, CameraError::File(line) if line.contains("broken.mp4")));
    assert_eq!(camera.next(Duration::ZERO), Ok(None));
    assert_eq!(
        CameraSource::named("no such camera"),
        Err(CameraError::Gone("no such camera".into()))
    );
}

#[test]
fn a_mirror_swaps_left_and_right() {
    let mut picture = CameraPicture {
        width: 2,
        height: 2,
        rgb: vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        captured: Instant::now(),
    };
    picture.mirror();
    assert_eq!(picture.rgb, [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
}

#[test]
fn every_error_says_what_to_do_in_one_line() {
    let name = || "Webcam".to_owned();
    for error in [
        CameraError::Gone(name()),
        CameraError::Denied(name()),
        CameraError::Busy(name()),
        CameraError::Unplugged(name()),
        CameraError::NoBandwidth(name()),
        CameraError::Silent(name()),
        CameraError::UnknownFormat {
            name: name(),
            offered: "H264, Y16 ".into(),
        },
        CameraError::NoCamera(name()),
    ] {
        let line = error.to_string();
        assert!(line.contains("Webcam") && line.contains(": "), "{line}");
        assert!(!line.contains('\n') && !line.contains("camera-"), "{line}");
    }
    assert!(!CameraError::NotHere.to_string().contains("camera-"));
    assert!(
        CameraError::System("odd".into())
            .to_string()
            .contains("odd")
    );
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use std::io::Error;
    use std::path::Path;

    fn opened(path: &Path) -> CameraError {
        let camera = CameraDevice {
            name: "Webcam".into(),
            path: path.to_owned(),
        };
        device::capture(&camera, &CancelToken::new(), &mut |_| ()).unwrap_err()
    }

    #[test]
    fn what_is_no_camera_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("video0");
        assert_eq!(opened(&file), CameraError::Gone("Webcam".into()));
        std::fs::write(&file, b"no device").unwrap();
        assert_eq!(opened(&file), CameraError::NoCamera("Webcam".into()));
        assert_eq!(
            opened(Path::new("/dev/null")),
            CameraError::NoCamera("Webcam".into())
        );
    }

    #[test]
    fn a_camera_is_known_by_name_by_node_and_by_links_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("video0");
        std::fs::write(&path, b"stands for a node").unwrap();
        let link = folder.path().join("usb-Webcam-index0");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let camera = CameraDevice {
            name: "Webcam".into(),
            path: path.clone(),
        };
        let named = |name: &str| CameraSource::named_among(vec![camera.clone()], name);
        for name in ["Webcam", path.to_str().unwrap(), link.to_str().unwrap()] {
            assert_eq!(named(name), Ok(CameraSource::Device(camera.clone())));
        }
        // A node that is in no list says what is wrong with it when it is switched on.
        let node = named("/dev/null").unwrap();
        assert_eq!(node.name(), "/dev/null");
        assert!(matches!(node, CameraSource::Device(_)));
        let folder = folder.path().to_str().unwrap();
        assert_eq!(named(folder), Err(CameraError::Gone(folder.into())));
    }

    #[test]
    fn what_the_system_says_becomes_a_reason() {
        let name = || "Webcam".to_owned();
        let at_open = |code| CameraError::at_open("Webcam", &Error::from_raw_os_error(code));
        let while_on = |code| CameraError::while_on("Webcam", &Error::from_raw_os_error(code));
        // EBUSY, EACCES, ENODEV, ENOTTY and EIO.
        assert_eq!(at_open(16), CameraError::Busy(name()));
        assert_eq!(at_open(13), CameraError::Denied(name()));
        assert_eq!(at_open(19), CameraError::Gone(name()));
        assert_eq!(at_open(25), CameraError::NoCamera(name()));
        assert_eq!(while_on(19), CameraError::Unplugged(name()));
        // ENOSPC: USB has no room for a second camera.
        assert_eq!(while_on(28), CameraError::NoBandwidth(name()));
        assert!(matches!(while_on(5), CameraError::System(_)));
        assert!(matches!(while_on(22), CameraError::System(_)));
    }

    #[test]
    fn cameras_are_listed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for (node, name) in [
            ("video10", "Webcam\n"),
            ("video2", "Webcam\n"),
            ("video0", "HD Camera: HD Camera\n"),
            ("video1", "HD Camera: HD Camera\n"),
            ("video3", "\n"),
            ("vbi0", "Tuner\n"),
            ("video-dec", "Decoder\n"),
        ] {
            std::fs::create_dir(folder.path().join(node)).unwrap();
            std::fs::write(folder.path().join(node).join("name"), name).unwrap();
        }
        // A driver cuts names after 31 bytes, here in the middle of the last letter.
        std::fs::create_dir(folder.path().join("video11")).unwrap();
        let cut = b"Kamera hinten rechts im B\xC3\xBCro \xC3\n";
        std::fs::write(folder.path().join("video11/name"), cut).unwrap();
        // The second node of a camera tells about pictures and sends none.
        let sends = |path: &Path| path != Path::new("/dev/video1");
        let listed = device::list_in(folder.path(), Path::new("/dev"), &sends);
        let names: Vec<&str> = listed.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "HD Camera: HD Camera",
                "Webcam (video2)",
                "video3",
                "Webcam (video10)",
                "Kamera hinten rechts im Büro"
            ]
        );
        assert_eq!(listed[1].path, Path::new("/dev/video2"));
        assert!(
            device::list_in(Path::new("/no/such/folder"), Path::new("/dev"), &sends).is_empty()
        );
    }
}
