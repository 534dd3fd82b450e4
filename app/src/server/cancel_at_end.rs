//! Work ends with the request that asked for it.

use studio::cancel::CancelToken;

/// Cancels when it is dropped: when the answer has gone out, or the client has.
pub struct CancelAtEnd(pub CancelToken);

impl Drop for CancelAtEnd {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
