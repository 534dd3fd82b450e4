//! Which voice is meant.

use crate::speech::SpeechError;

/// `af_heart`, or a mix `0.6*af_heart+0.4*af_bella`, as weights of the voices that sum to 1.
pub fn voice_weights(voices: &[String], request: &str) -> Result<Vec<f32>, SpeechError> {
    let mut weights = vec![0.0; voices.len()];
    for part in request.split('+') {
        let (weight, name) = part.split_once('*').unwrap_or(("1", part));
        let name = name.trim();
        let weight: f32 = match weight.trim().parse() {
            Ok(weight) if weight > 0.0 && weight <= 1000.0 => weight,
            _ => {
                return Err(SpeechError::VoiceWeight {
                    weight: weight.trim().to_owned(),
                    known: voices.to_vec(),
                });
            }
        };
        let Some(at) = voices.iter().position(|voice| voice == name) else {
            return Err(SpeechError::UnknownVoice {
                name: name.to_owned(),
                known: voices.to_vec(),
            });
        };
        weights[at] += weight;
    }
    let total: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_and_mixes() {
        let voices = ["a", "b", "c"].map(String::from);
        let weights = |request| voice_weights(&voices, request).unwrap();
        assert_eq!(weights("b"), [0.0, 1.0, 0.0]);
        assert_eq!(weights("3*a + 1*c"), [0.75, 0.0, 0.25]);
        for wrong in ["d", "", "0*a", "-1*a", "x*a", "nan*a", "a+"] {
            let error = voice_weights(&voices, wrong).unwrap_err().to_string();
            assert!(error.contains("a, b, c"), "{wrong}: {error}");
        }
    }
}
