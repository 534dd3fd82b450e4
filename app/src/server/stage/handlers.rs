//! The addresses of the stage: its page, its WebSocket, and its commands for programs that have none.

use std::sync::Arc;

use hyper::header::{
    CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, StatusCode};
use serde_json::json;
use tungstenite::handshake::derive_accept_key;

use super::command;
use super::page;
use super::show::Show;
use super::viewer;
use crate::server::api_error::{ApiError, ApiResult};
use crate::server::reply::{self, Request, Response, Route};
use crate::server::request_body;
use crate::server::texts::text;

/// The addresses.
pub fn routes(show: &Arc<Show>) -> Vec<Route> {
    vec![
        Route::fixed("/stage", page::page).public(),
        Route::fixed("/stage/stage.js", page::script).public(),
        Route::new(Method::GET, "/stage/socket", show, |show, request, _| {
            std::future::ready(open_socket(show, request))
        }),
        Route::new(
            Method::POST,
            "/v1/stage/commands",
            show,
            |show, request, _| create_command(show, request),
        ),
    ]
}

/// A command of a program, such as a hotkey tool.
async fn create_command(show: Arc<Show>, request: Request) -> ApiResult<Response> {
    let value: serde_json::Value = request_body::json(request).await?;
    show.command(command::read(&value.to_string(), &show.voices)?)?;
    Ok(reply::json(
        &json!({"object": "stage.command", "accepted": true}),
    ))
}

/// Agrees to speak WebSocket, and hands the connection over to a viewer once that is said.
fn open_socket(show: Arc<Show>, request: Request) -> ApiResult<Response> {
    let header = |name: HeaderName| {
        let value = request.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let key = header(SEC_WEBSOCKET_KEY).to_owned();
    let is_socket = header(UPGRADE).eq_ignore_ascii_case("websocket")
        && header(SEC_WEBSOCKET_VERSION) == "13"
        && !key.is_empty();
    if !is_socket {
        return Err(ApiError::invalid(text!("not-websocket")));
    }
    let place = viewer::Place::take(&show)?;
    tokio::spawn(async move {
        match hyper::upgrade::on(request).await {
            Ok(upgraded) => viewer::seat(show, place, upgraded),
            Err(error) => tracing::debug!("a viewer left early: {error}"),
        }
    });
    let mut response = reply::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    let accept = accept.map_err(|error| ApiError::internal(&error.into()))?;
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}
