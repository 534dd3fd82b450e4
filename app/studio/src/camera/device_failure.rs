//! What an error of the system means where a device of Video4Linux is asked or used.

use std::io::{Error, ErrorKind};

/// `ENODEV` and `ENXIO`, which have no kind of their own.
const NO_DEVICE: [i32; 2] = [19, 6];
/// `ENOTTY` and `EINVAL`: what is no such device does not understand the question.
const NOT_UNDERSTOOD: [i32; 2] = [25, 22];

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceFailure {
    /// It is not there.
    Gone,
    /// It does not understand the question.
    NotUnderstood,
    /// The system keeps it from this program.
    Denied,
    /// Another program has it.
    Busy,
    /// `ENOSPC`: no disk is meant, but the time slots of USB.
    NoBandwidth,
    /// Something else.
    Other,
}

impl DeviceFailure {
    pub fn of(error: &Error) -> Self {
        match error.raw_os_error() {
            Some(code) if NO_DEVICE.contains(&code) => Self::Gone,
            Some(code) if NOT_UNDERSTOOD.contains(&code) => Self::NotUnderstood,
            _ => match error.kind() {
                ErrorKind::NotFound => Self::Gone,
                ErrorKind::PermissionDenied => Self::Denied,
                ErrorKind::ResourceBusy => Self::Busy,
                ErrorKind::StorageFull => Self::NoBandwidth,
                _ => Self::Other,
            },
        }
    }
}
