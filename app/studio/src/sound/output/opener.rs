//! Opens and closes sound outputs on a thread of its own: a device may take a tenth of a second for either.

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::AudioOutput;
use crate::texts::text;

/// Outputs that may wait to be opened or closed; more than a hand can ask for.
const QUEUE_LENGTH: usize = 32;

/// Opens the sound output with this name, the system's default for none, and says in one line if it is not the device that the
/// user would expect.
pub type OpenOutput = Box<dyn FnMut(Option<&str>) -> (Box<dyn AudioOutput>, Option<String>) + Send>;

/// An output that was asked for.
pub struct Opened {
    /// What [`Opener::open`] gave out.
    pub ticket: u64,
    /// The output.
    pub output: Box<dyn AudioOutput>,
    /// Why it is not the device that the user would expect.
    pub notice: Option<String>,
}

enum Job {
    Open(u64, Option<String>),
    Close(Box<dyn AudioOutput>),
}

/// The asking side.
pub struct Opener {
    jobs: Sender<Job>,
    opened: Receiver<Opened>,
    tickets: u64,
}

impl Opener {
    /// Starts the thread; `wake` makes the asker look at [`Self::poll`].
    pub fn start(mut open: OpenOutput, wake: impl Fn() + Send + 'static) -> anyhow::Result<Self> {
        let (jobs, queue) = bounded(QUEUE_LENGTH);
        let (sender, opened) = bounded(QUEUE_LENGTH);
        std::thread::Builder::new()
            .name("sound opener".to_owned())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    match job {
                        Job::Open(ticket, device) => {
                            let (output, notice) = open(device.as_deref());
                            let opened = Opened {
                                ticket,
                                output,
                                notice,
                            };
                            if sender.send(opened).is_err() {
                                return;
                            }
                            wake();
                        }
                        Job::Close(output) => drop(output),
                    }
                }
            })
            .context(text!("sound-opener-thread"))?;
        Ok(Self {
            jobs,
            opened,
            tickets: 0,
        })
    }

    /// Asks for an output and returns the ticket that it will carry.
    pub fn open(&mut self, device: Option<String>) -> u64 {
        self.tickets += 1;
        // A full queue means that dozens wait already; the speech goes on without sound then, as with a lost device.
        let _ = self.jobs.try_send(Job::Open(self.tickets, device));
        self.tickets
    }

    /// The next output that was opened.
    pub fn poll(&self) -> Option<Opened> {
        self.opened.try_recv().ok()
    }

    /// Lets go of an output.
    pub fn close(&self, output: Box<dyn AudioOutput>) {
        // If the queue is full the output is closed here, which is only slower.
        let _ = self.jobs.try_send(Job::Close(output));
    }
}
