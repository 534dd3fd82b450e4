//! The description of every address, for programs: `GET /openapi.json`.

use crate::server::reply::{Route, with_type};

/// OpenAPI 3.1. A test compares it with what is answered.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// Its address.
pub fn routes() -> Vec<Route> {
    vec![Route::fixed("/openapi.json", || with_type("application/json", DOCUMENT)).public()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use studio::look::LIVELINESS_RANGE;
    use studio::media::write::SoundFormat;
    use studio::script::SPEED_RANGE;

    use super::*;
    use crate::server::speech::MAX_CHARACTERS;

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    /// Every value in it, with the names that lead there.
    fn walk<'a>(value: &'a Value, name: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
        visit(name, value);
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| walk(value, name, visit)),
            Value::Array(values) => values.iter().for_each(|value| walk(value, name, visit)),
            _ => {}
        }
    }

    #[test]
    fn references_lead_somewhere_and_nothing_is_left_over() {
        let document = document();
        let mut used = BTreeSet::new();
        walk(&document, "", &mut |name, value| {
            if name == "$ref" {
                let target = value.as_str().and_then(|target| target.strip_prefix('#'));
                let target = target.expect("a reference within the document");
                assert!(document.pointer(target).is_some(), "{target}");
                used.insert(target.to_owned());
            }
        });
        for kind in ["schemas", "responses"] {
            for name in document["components"][kind].as_object().unwrap().keys() {
                assert!(
                    used.contains(&format!("/components/{kind}/{name}")),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn operations_have_names_of_their_own_and_say_what_can_go_wrong() {
        let document = document();
        let mut names = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let parameters = item.get("parameters").and_then(Value::as_array);
            let has_id = parameters.is_some_and(|list| list[0]["name"] == "id");
            assert_eq!(path.contains("{id}"), has_id, "{path}");
            let operations = item.as_object().unwrap().iter();
            for (method, operation) in operations.filter(|(name, _)| *name != "parameters") {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name), "{name} is there twice");
                assert!(operation["summary"].is_string() || operation["description"].is_string());
                let responses = operation["responses"].as_object().unwrap();
                assert!(
                    responses
                        .keys()
                        .any(|status| status.starts_with(['1', '2']))
                );
                let is_open = operation["security"] == serde_json::json!([{}]);
                for status in ["401", "429"] {
                    assert!(is_open || responses.contains_key(status), "{method} {path}");
                }
                if operation["requestBody"].is_object() {
                    assert!(responses.contains_key("400") && responses.contains_key("413"));
                }
            }
        }
    }

    #[test]
    fn formats_and_limits_are_those_of_the_server() {
        let document = document();
        let schemas = &document["components"]["schemas"];
        let speech = &schemas["Speech"]["properties"];
        let names: Vec<_> = SoundFormat::streams().map(SoundFormat::name).collect();
        assert_eq!(speech["response_format"]["enum"], serde_json::json!(names));
        let answer = &document["paths"]["/v1/audio/speech"]["post"]["responses"]["200"]["content"];
        let types: BTreeSet<_> = answer.as_object().unwrap().keys().cloned().collect();
        let sent = SoundFormat::streams().map(|format| format.media_type().to_owned());
        assert_eq!(types, sent.collect());
        assert_eq!(speech["input"]["maxLength"], MAX_CHARACTERS);
        let range = |of: &Value| [&of["minimum"], &of["maximum"]].map(|end| end.as_f64().unwrap());
        let ends = |range: std::ops::RangeInclusive<f32>| {
            [f64::from(*range.start()), f64::from(*range.end())]
        };
        assert_eq!(range(&speech["speed"]), ends(SPEED_RANGE));
        let mut liveliness = 0;
        walk(&document, "", &mut |name, value| {
            if name == "liveliness" && value.is_object() {
                assert_eq!(range(value), ends(LIVELINESS_RANGE));
                liveliness += 1;
            }
        });
        assert!(liveliness >= 2);
    }
}
