//! Connections: taken, limited in number and time, and ended in peace when the server stops.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use studio::cancel::CancelToken;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::server::router::Router;

/// Connections at a time; more wait to be taken.
const MAX_CONNECTIONS: usize = 128;
/// How long a client may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Largest head of a request.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long answers may go on after the server was stopped.
const LAST_ANSWERS_TIME: Duration = Duration::from_secs(3);
/// Time between two looks at whether the server was stopped.
const STOP_PERIOD: Duration = Duration::from_millis(50);
/// Pause after the system gave no connection, such as when it has no more files to open.
const FAILURE_PAUSE: Duration = Duration::from_millis(100);

/// Answers connections until the server is stopped.
pub async fn serve(listener: TcpListener, router: &Arc<Router>, stop: &CancelToken) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    tokio::select! {
        () = take_connections(&listener, router, &slots, stop) => {}
        () = stopped(stop) => {}
    }
    drop(listener);
    // All slots are free when all connections have ended.
    let ended = slots.acquire_many(MAX_CONNECTIONS as u32);
    let _ = tokio::time::timeout(LAST_ANSWERS_TIME, ended).await;
}

async fn take_connections(
    listener: &TcpListener,
    router: &Arc<Router>,
    slots: &Arc<Semaphore>,
    stop: &CancelToken,
) {
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MAX_HEAD_BYTES);
    while let Ok(slot) = Arc::clone(slots).acquire_owned().await {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("no connection: {error}");
                tokio::time::sleep(FAILURE_PAUSE).await;
                continue;
            }
        };
        // Pieces of sound are small and wanted at once.
        let _ = stream.set_nodelay(true);
        let router = Arc::clone(router);
        let service = service_fn(move |request| {
            let router = Arc::clone(&router);
            async move { Ok::<_, Infallible>(router.answer(address.ip(), request).await) }
        });
        let connection = builder
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let stop = stop.clone();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stopped(&stop) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!("a connection ended: {error}");
            }
            drop(slot);
        });
    }
}

/// Waits until the server is stopped.
async fn stopped(stop: &CancelToken) {
    while !stop.is_cancelled() {
        tokio::time::sleep(STOP_PERIOD).await;
    }
}
