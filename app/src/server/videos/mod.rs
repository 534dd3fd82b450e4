//! Videos, which take longer than a client wants to wait: `/v1/videos`, in the shape of OpenAI's videos.

mod handlers;
mod job;
mod queue;
mod request;
mod worker;

pub use handlers::routes;
pub use queue::VideoQueue;
