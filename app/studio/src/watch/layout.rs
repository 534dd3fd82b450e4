//! Where the clip and the person stand in the film.

use serde::{Deserialize, Serialize};

use crate::avatar::Avatar;

/// How clip and person share the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// The person in a corner of the clip.
    #[default]
    Corner,
    /// Clip and person beside each other, both whole.
    Side,
    /// The picture in two halves of the clip's shape.
    Split,
    /// The clip above the person.
    Above,
}

/// Longest and shortest side that a clip has in the film, pixels.
const CLIP_LONG_SIDE_PX: f64 = 1280.0;
const CLIP_SHORT_SIDE_PX: f64 = 480.0;
/// Most pixels of a side of the film.
const FILM_SIDE_PX: f64 = 1920.0;
/// Side of the corner in the clip's shorter side, and its distance from the edges.
const CORNER_SHARE: f64 = 0.4;
const CORNER_MARGIN_SHARE: f64 = 0.035;
/// Width of a person beside a clip, in its height.
const SIDE_SHAPE: f64 = 0.75;
/// Height that is shown of a person, in heights of the face's box, and how much of it is above the middle of the face.
const PERSON_FACES: f64 = 2.4;
const ABOVE_MIDDLE: f64 = 0.46;

/// A rectangle, pixels or parts of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    const WHOLE: Self = Self {
        x: 0.0,
        y: 0.0,
        width: 1.0,
        height: 1.0,
    };

    fn shape(self) -> f64 {
        self.width / self.height
    }
}

/// A picture in the film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pane {
    /// Where it stands, whole pixels of the film.
    pub place_px: Rect,
    /// Which part of the source it shows, in parts of the source.
    pub source: Rect,
}

/// The places of a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// Size of the film, even.
    pub size_px: (u32, u32),
    /// The clip.
    pub clip: Pane,
    /// The person.
    pub person: Pane,
    /// Whether the person stands on the clip, with round corners.
    pub is_inset: bool,
}

/// A person's picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// Size of the picture.
    pub size_px: (u32, u32),
    /// Box of the face, in parts of the picture.
    pub face: Rect,
}

impl Layout {
    /// The places for a clip of this size and a person.
    pub fn places(self, clip_px: (u32, u32), person: &Person) -> Places {
        let (width, height) = (f64::from(clip_px.0), f64::from(clip_px.1));
        let scale = (CLIP_SHORT_SIDE_PX / width.min(height))
            .max(1.0)
            .min(CLIP_LONG_SIDE_PX / width.max(height));
        let (width, height) = (even(width * scale), even(height * scale));
        let whole_clip = Pane {
            place_px: Rect {
                x: 0.0,
                y: 0.0,
                width,
                height,
            },
            source: Rect::WHOLE,
        };
        match self {
            Self::Corner => {
                let short = width.min(height);
                let side = even(short * CORNER_SHARE);
                let margin = (short * CORNER_MARGIN_SHARE).round();
                let place_px = Rect {
                    x: width - side - margin,
                    y: height - side - margin,
                    width: side,
                    height: side,
                };
                Places {
                    size_px: size(width, height),
                    clip: whole_clip,
                    person: person.pane(place_px),
                    is_inset: true,
                }
            }
            Self::Side => {
                let shrink = (FILM_SIDE_PX / (width + height * SIDE_SHAPE)).min(1.0);
                let (width, height) = (even(width * shrink), even(height * shrink));
                let own = even(height * SIDE_SHAPE);
                Places {
                    size_px: size(own + width, height),
                    clip: Pane {
                        place_px: Rect {
                            x: own,
                            y: 0.0,
                            width,
                            height,
                        },
                        source: Rect::WHOLE,
                    },
                    person: person.pane(Rect {
                        x: 0.0,
                        y: 0.0,
                        width: own,
                        height,
                    }),
                    is_inset: false,
                }
            }
            Self::Split => {
                // A tall clip is halved across.
                let half = match width >= height {
                    true => (even(width / 2.0), height),
                    false => (width, even(height / 2.0)),
                };
                let person_px = Rect {
                    x: 0.0,
                    y: 0.0,
                    width: half.0,
                    height: half.1,
                };
                let clip_px = match width >= height {
                    true => Rect {
                        x: half.0,
                        ..person_px
                    },
                    false => Rect {
                        y: half.1,
                        ..person_px
                    },
                };
                Places {
                    size_px: size(clip_px.x + clip_px.width, clip_px.y + clip_px.height),
                    clip: Pane {
                        place_px: clip_px,
                        source: covering(width / height, clip_px.shape()),
                    },
                    person: person.pane(person_px),
                    is_inset: false,
                }
            }
            Self::Above => {
                let own = even(width.min(height).min(width * SIDE_SHAPE));
                let shrink = (FILM_SIDE_PX / (height + own)).min(1.0);
                let (width, height) = (even(width * shrink), even(height * shrink));
                let own = even(own * shrink);
                Places {
                    size_px: size(width, height + own),
                    clip: Pane {
                        place_px: Rect {
                            x: 0.0,
                            y: 0.0,
                            width,
                            height,
                        },
                        source: Rect::WHOLE,
                    },
                    person: person.pane(Rect {
                        x: 0.0,
                        y: height,
                        width,
                        height: own,
                    }),
                    is_inset: false,
                }
            }
        }
    }
}

impl Places {
    /// Where captions stand: beside a person who stands on the clip.
    pub fn captions_px(&self) -> Rect {
        let (width, height) = self.size_px;
        Rect {
            width: match self.is_inset {
                true => self.person.place_px.x,
                false => f64::from(width),
            },
            height: f64::from(height),
            x: 0.0,
            y: 0.0,
        }
    }
}

impl Person {
    /// Who speaks in a portrait.
    pub fn of(avatar: &Avatar) -> Self {
        let face = avatar.face_boxes().nth(avatar.face_number() - 1);
        let [x, y, width, height] = face.unwrap_or([0.25, 0.25, 0.5, 0.5]).map(f64::from);
        Self {
            size_px: avatar.picture_size_px(),
            face: Rect {
                x,
                y,
                width,
                height,
            },
        }
    }

    /// The head and shoulders in a place; a place that is too wide for the picture is filled in its middle.
    fn pane(&self, place_px: Rect) -> Pane {
        let (picture_width, picture_height) =
            (f64::from(self.size_px.0), f64::from(self.size_px.1));
        let face = Rect {
            x: self.face.x * picture_width,
            y: self.face.y * picture_height,
            width: self.face.width * picture_width,
            height: self.face.height * picture_height,
        };
        let wanted = (face.height * PERSON_FACES).clamp(1.0, picture_height);
        let width = (wanted * place_px.shape()).min(picture_width);
        // Where the picture is too narrow for the place, less of its height is shown, but never less than the face with its hair.
        let height = (width / place_px.shape())
            .max((face.height * 1.5).min(picture_height))
            .min(wanted);
        let within =
            |position: f64, length: f64, whole: f64| position.clamp(0.0, (whole - length).max(0.0));
        let x = within(
            face.x + face.width / 2.0 - width / 2.0,
            width,
            picture_width,
        );
        let y = within(
            face.y + face.height / 2.0 - height * ABOVE_MIDDLE,
            height,
            picture_height,
        );
        let shape = width / height;
        let place_px = match shape < place_px.shape() {
            true => {
                let width = even(place_px.height * shape);
                Rect {
                    x: place_px.x + ((place_px.width - width) / 2.0).floor(),
                    width,
                    ..place_px
                }
            }
            false => place_px,
        };
        Pane {
            place_px,
            source: Rect {
                x: x / picture_width,
                y: y / picture_height,
                width: width / picture_width,
                height: height / picture_height,
            },
        }
    }
}

/// The middle part of a picture of one shape that fills a place of another, in parts of the picture.
fn covering(shape: f64, place_shape: f64) -> Rect {
    let width = (place_shape / shape).min(1.0);
    let height = (shape / place_shape).min(1.0);
    Rect {
        x: (1.0 - width) / 2.0,
        y: (1.0 - height) / 2.0,
        width,
        height,
    }
}

/// The nearest even number, at least 16, which the encoder wants.
fn even(length: f64) -> f64 {
    (length / 2.0).round().max(8.0) * 2.0
}

fn size(width: f64, height: f64) -> (u32, u32) {
    (width as u32, height as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: Person = Person {
        size_px: (1000, 1200),
        face: Rect {
            x: 0.35,
            y: 0.2,
            width: 0.3,
            height: 0.3,
        },
    };

    #[test]
    fn everything_lies_in_the_film_and_shows_what_it_should() {
        for layout in [Layout::Corner, Layout::Side, Layout::Split, Layout::Above] {
            for clip_px in [(1920, 1080), (320, 240), (720, 1280), (500, 40), (37, 53)] {
                let places = layout.places(clip_px, &PERSON);
                let (width, height) = places.size_px;
                assert!(width % 2 == 0 && height % 2 == 0 && width.max(height) <= 1930);
                for pane in [places.clip, places.person] {
                    let place = pane.place_px;
                    let numbers = [place.x, place.y, place.width, place.height];
                    assert!(numbers.iter().all(|n| n.fract() == 0.0 && *n >= 0.0));
                    assert!(
                        place.x + place.width <= f64::from(width),
                        "{layout:?} {clip_px:?}"
                    );
                    assert!(place.y + place.height <= f64::from(height));
                    let source = pane.source;
                    assert!(source.x >= 0.0 && source.x + source.width <= 1.0 + 1e-9);
                    assert!(source.y >= 0.0 && source.y + source.height <= 1.0 + 1e-9);
                }
                // The whole face, undistorted.
                let shown = places.person.source;
                assert!(shown.y <= PERSON.face.y);
                assert!(shown.y + shown.height >= PERSON.face.y + PERSON.face.height);
                let shape = shown.shape() * 1000.0 / 1200.0;
                let place = places.person.place_px;
                assert!(
                    (shape / place.shape() - 1.0).abs() < 0.15,
                    "{layout:?} {clip_px:?}"
                );
            }
        }
    }

    #[test]
    fn clip_and_person_overlap_in_the_corner_alone() {
        for layout in [Layout::Corner, Layout::Side, Layout::Split, Layout::Above] {
            let places = layout.places((1280, 720), &PERSON);
            let (a, b) = (places.clip.place_px, places.person.place_px);
            let apart = a.x >= b.x + b.width
                || b.x >= a.x + a.width
                || a.y >= b.y + b.height
                || b.y >= a.y + a.height;
            assert_eq!(apart, layout != Layout::Corner, "{layout:?}");
            assert_eq!(places.is_inset, layout == Layout::Corner);
        }
    }
}
