//! How clients say what a face does.

use engine::motion::Mood;

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::texts::text;

/// A mood by its name.
///
/// # Errors
/// If there is no such mood.
pub fn mood(name: &str) -> ApiResult<Mood> {
    let names = ["neutral", "happy", "concerned", "surprised"];
    let place = names.iter().position(|other| *other == name);
    place.map(|place| Mood::ALL[place]).ok_or_else(|| {
        ApiError::invalid(text!(
            "mood",
            name = format!("{name:?}"),
            names = names.join(", ")
        ))
        .param("mood")
    })
}

/// A direction of the eyes: to the picture's right, then down.
///
/// # Errors
/// If eyes cannot look there.
pub fn gaze(direction: [f32; 2]) -> ApiResult<[f32; 2]> {
    let is_possible = direction.iter().all(|value| (-1.0..=1.0).contains(value));
    match is_possible {
        true => Ok(direction),
        false => Err(ApiError::invalid(text!("gaze")).param("gaze")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moods_have_their_names() {
        assert_eq!(mood("neutral"), Ok(Mood::Neutral));
        assert_eq!(mood("happy"), Ok(Mood::Happy));
        assert_eq!(mood("concerned"), Ok(Mood::Concerned));
        assert_eq!(mood("surprised"), Ok(Mood::Surprised));
        assert!(mood("bored").is_err());
        assert!(gaze([1.0, -1.0]).is_ok() && gaze([f32::NAN, 0.0]).is_err());
    }
}
