//! Which route answers a request.

use std::net::IpAddr;

use hyper::header::{HeaderName, HeaderValue};

use crate::server::access::Access;
use crate::server::api_error::{ApiError, ApiResult};
use crate::server::reply::{Request, Response, Route};
use crate::server::texts::text;

/// Headers that keep browsers careful, for every answer.
const CAREFUL_HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
];

/// Everything that the server answers.
pub struct Router {
    routes: Vec<Route>,
    access: Access,
}

impl Router {
    /// Answers by these routes what may be asked.
    pub fn new(routes: Vec<Route>, access: Access) -> Self {
        Self { routes, access }
    }

    /// Answers a client.
    pub async fn answer(&self, client: IpAddr, request: Request) -> Response {
        let mut response = match self.routed(client, request).await {
            Ok(response) => response,
            Err(error) => error.into_response(),
        };
        let headers = response.headers_mut();
        for (name, value) in CAREFUL_HEADERS {
            headers
                .entry(HeaderName::from_static(name))
                .or_insert(HeaderValue::from_static(value));
        }
        response
    }

    async fn routed(&self, client: IpAddr, request: Request) -> ApiResult<Response> {
        let path = request.uri().path();
        let matching: Vec<(&Route, &str)> = self
            .routes
            .iter()
            .filter_map(|route| Some((route, route.parameter(path)?)))
            .collect();
        let is_public = matching.iter().any(|(route, _)| route.is_public);
        self.access.check(client, &request, is_public)?;
        if matching.is_empty() {
            return Err(ApiError::not_found(text!("address-unknown")));
        }
        let found = matching
            .into_iter()
            .find(|(route, _)| route.method == request.method());
        let (route, parameter) = found.ok_or_else(ApiError::method_not_allowed)?;
        let parameter = parameter.to_owned();
        route.answer(request, parameter).await
    }
}
