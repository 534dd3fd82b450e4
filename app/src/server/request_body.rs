//! Bodies of requests: read within limits of size and time, as JSON or as a form with files.

use std::collections::HashMap;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use multer::Multipart;
use serde::de::DeserializeOwned;
use studio::media::formats::{Role, extensions};
use studio::output_path::extension;

use crate::server::api_error::{ApiError, ApiResult};
use crate::server::reply::Request;
use crate::server::texts::text;

/// Largest body of a request in JSON. The longest text takes 64 KiB, and escapes make it longer.
pub const MAX_JSON_BYTES: usize = 512 * 1024;
/// Largest form: a recording and a picture.
pub const MAX_FORM_BYTES: usize = 64 * 1024 * 1024;
/// Most characters of a field that is no file.
const MAX_FIELD_BYTES: usize = 256 * 1024;
/// Most fields of a form.
const MAX_FIELDS: usize = 32;
/// How long a client may take to send JSON.
const JSON_TIME: Duration = Duration::from_secs(20);
/// How long a client may take to send files.
const FORM_TIME: Duration = Duration::from_secs(180);

/// How long a client whose request is too large may go on before it is told.
const REFUSED_TIME: Duration = Duration::from_secs(1);

/// Reads a body in JSON.
pub async fn json<T: DeserializeOwned>(request: Request) -> ApiResult<T> {
    if media_type(&request) != "application/json" {
        return Err(ApiError::media_type("application/json"));
    }
    let request = of_length(request, MAX_JSON_BYTES).await?;
    let bytes = tokio::time::timeout(JSON_TIME, whole(request.into_body(), MAX_JSON_BYTES))
        .await
        .map_err(|_| ApiError::timeout())??;
    serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::invalid(text!("body-json", error = error.to_string())))
}

/// What a form holds.
pub struct Form {
    /// Fields without files.
    pub fields: HashMap<String, String>,
    /// Files by their fields' names, written into the folder.
    pub files: HashMap<String, PathBuf>,
}

/// Reads a form and writes its files into a folder, under names of our own.
pub async fn form(request: Request, folder: &Path) -> ApiResult<Form> {
    if media_type(&request) != "multipart/form-data" {
        return Err(ApiError::media_type("multipart/form-data"));
    }
    let request = of_length(request, MAX_FORM_BYTES).await?;
    tokio::time::timeout(FORM_TIME, read_form(request, folder))
        .await
        .map_err(|_| ApiError::timeout())?
}

async fn read_form(request: Request, folder: &Path) -> ApiResult<Form> {
    let unreadable =
        |error: multer::Error| ApiError::invalid(text!("body-form", error = error.to_string()));
    let content_type = header(&request, &CONTENT_TYPE).unwrap_or_default();
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let mut multipart = Multipart::new(Pieces(request.into_body()), boundary);
    let mut form = Form {
        fields: HashMap::new(),
        files: HashMap::new(),
    };
    let mut left_bytes = MAX_FORM_BYTES;
    while let Some(mut field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if form.fields.len() + form.files.len() >= MAX_FIELDS {
            return Err(ApiError::invalid(text!("body-fields", count = MAX_FIELDS)));
        }
        let file_name = field.file_name().map(str::to_owned);
        let max_bytes = match file_name {
            Some(_) => left_bytes,
            None => left_bytes.min(MAX_FIELD_BYTES),
        };
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(unreadable)? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > max_bytes {
                return Err(ApiError::too_large(max_bytes));
            }
        }
        left_bytes -= bytes.len();
        if let Some(file_name) = file_name {
            let path = folder.join(own_name(form.files.len(), &file_name));
            let write = path.clone();
            tokio::task::spawn_blocking(move || std::fs::write(write, bytes))
                .await
                .map_err(anyhow::Error::from)
                .and_then(|written| Ok(written?))
                .map_err(|error| ApiError::internal(&error))?;
            form.files.insert(name, path);
        } else {
            let text = String::from_utf8(bytes).map_err(|_| {
                ApiError::invalid(text!("body-field-text", name = format!("{name:?}")))
            })?;
            form.fields.insert(name, text);
        }
    }
    Ok(form)
}

/// A name that is ours but for an ending that we know: what it is called elsewhere is no path of ours.
fn own_name(number: usize, file_name: &str) -> String {
    let extension = extension(Path::new(file_name));
    let known = extensions(&[Role::Portrait, Role::Audio]);
    match known.contains(&extension.as_str()) {
        true => format!("upload-{number}.{extension}"),
        false => format!("upload-{number}"),
    }
}

/// The type of a request's body, without its parameters.
pub fn media_type(request: &Request) -> String {
    header(request, &CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn header<'a>(request: &'a Request, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// Refuses what says itself that it is too large. A little of it is read all the same: many clients listen only when they have spoken.
async fn of_length(request: Request, max_bytes: usize) -> ApiResult<Request> {
    let length = header(&request, &CONTENT_LENGTH).and_then(|value| value.parse::<u64>().ok());
    if length.is_none_or(|length| length <= max_bytes as u64) {
        return Ok(request);
    }
    let mut pieces = Pieces(request.into_body());
    let rest = async {
        while let Some(Ok(_)) = poll_fn(|context| Pin::new(&mut pieces).poll_next(context)).await {}
    };
    let _ = tokio::time::timeout(REFUSED_TIME, rest).await;
    Err(ApiError::too_large(max_bytes))
}

async fn whole(body: Incoming, max_bytes: usize) -> ApiResult<Vec<u8>> {
    let mut pieces = Pieces(body);
    let mut bytes = Vec::new();
    while let Some(piece) = poll_fn(|context| Pin::new(&mut pieces).poll_next(context)).await {
        let piece = piece.map_err(|_| ApiError::invalid(text!("body-broken-off")))?;
        if bytes.len() + piece.len() > max_bytes {
            return Err(ApiError::too_large(max_bytes));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A body as a stream of its bytes.
struct Pieces(Incoming);

impl Stream for Pieces {
    type Item = hyper::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.0).poll_frame(context)) {
                None => None,
                Some(Err(error)) => Some(Err(error)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => Some(Ok(bytes)),
                    // Headers behind the body are nothing to us.
                    Err(_) => continue,
                },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clients_are_no_paths() {
        assert_eq!(own_name(0, "me.PNG"), "upload-0.png");
        for name in ["../../etc/passwd", "a.sh", "..", "", "a.png/../b"] {
            assert_eq!(own_name(3, name), "upload-3", "{name}");
        }
    }
}
