//! The description of every address, for programs: `GET /openapi.json`.

use crate::server::reply::{Route, with_type};

/// OpenAPI 3.1. A test compares it with what is answered.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// Its address.
pub fn routes() -> Vec<Route> {
    vec![Route::fixed("/openapi.json", || with_type("application/json", DOCUMENT)).public()]
}
