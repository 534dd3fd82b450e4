//! The server: voice and face for other programs, by HTTP and WebSocket. It runs only where it is asked for, answers this machine alone
//! unless it is told otherwise, and speaks by the same [`SpeechService`] as the window.

pub mod token;

mod access;
mod alignments;
mod api_error;
mod body;
mod cancel_at_end;
mod connections;
mod face_fields;
mod open_api;
mod rate_limit;
mod reply;
mod request_body;
mod router;
mod speech;
mod stage;
mod stage_portrait;
mod texts;
mod videos;
mod voices;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use crossbeam_channel::bounded;
use engine::text::UserDictionary;
use studio::avatar::PortraitChoice;
use studio::cancel::CancelToken;
use studio::compute::Compute;
use studio::resources::Resources;
use studio::sound::microphone::no_microphone;
use studio::speech::{SpeechEvent, SpeechMaker, SpeechService};

use access::Access;
use alignments::AlignmentDesk;
use reply::Route;
use router::Router;
use speech::Speaker;
use stage::Show;
use stage_portrait::StagePortrait;
use texts::text;
use token::Token;
use videos::VideoQueue;
use voices::Voices;

/// Threads that read and write files, and align.
const MAX_BLOCKING_THREADS: usize = 64;

/// How long their last work may take when the server stops.
const LAST_THREADS_TIME: Duration = Duration::from_secs(1);

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its clients have to know. Without one it answers this machine alone, so an address that others reach needs one.
    pub token: Option<Token>,
    /// Whose face it shows.
    pub portrait: PortraitChoice,
    /// How words are pronounced, in every request.
    pub dictionary: Option<UserDictionary>,
    /// Speeches, videos and alignments of each kind that may be made or wait; more are refused.
    pub queue_length: usize,
    /// Requests of one client in a minute; more are refused.
    pub requests_per_minute: u32,
}

/// Serves until it is stopped. `on_ready` is told where it listens once it does.
///
/// # Errors
/// If the models cannot be loaded, the address cannot be listened at, or it is open to others and there is no token.
pub fn run(
    resources: &Resources,
    compute: &Compute,
    settings: &Settings,
    stop: &CancelToken,
    on_ready: &mut dyn FnMut(SocketAddr),
) -> anyhow::Result<()> {
    anyhow::ensure!(
        settings.address.ip().is_loopback() || settings.token.is_some(),
        text!("start-open", address = settings.address.to_string())
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .build()
        .context(text!("start-failed"))?;
    let served = runtime.block_on(async {
        // Before the models are loaded: an address that is taken is told at once.
        let listener = tokio::net::TcpListener::bind(settings.address)
            .await
            .with_context(|| text!("start-listen", address = settings.address.to_string()))?;
        let address = listener.local_addr().context(text!("start-failed"))?;
        let services = Services::start(resources, compute, settings, stop)?;
        let access = Access::new(settings.token.clone(), settings.requests_per_minute);
        let router = Arc::new(Router::new(services.routes(), access));
        on_ready(address);
        connections::serve(listener, &router, stop).await;
        services.videos.stop();
        Ok(())
    });
    // Somebody may still be fetching a video.
    runtime.shutdown_timeout(LAST_THREADS_TIME);
    served
}

/// What answers the requests.
struct Services {
    voices: Arc<Voices>,
    speaker: Arc<Speaker>,
    alignments: Arc<AlignmentDesk>,
    videos: Arc<VideoQueue>,
    show: Arc<Show>,
}

impl Services {
    fn start(
        resources: &Resources,
        compute: &Compute,
        settings: &Settings,
        stop: &CancelToken,
    ) -> anyhow::Result<Self> {
        let (service, maker) = speech_service(resources, compute, settings.dictionary.clone())?;
        let voices = Arc::new(Voices::new(maker.synthesizer()));
        let portrait = StagePortrait {
            choice: settings.portrait.clone(),
        };
        let queue_length = settings.queue_length;
        Ok(Self {
            speaker: Arc::new(Speaker::new(
                Arc::clone(&service),
                Arc::clone(&voices),
                queue_length,
            )),
            alignments: Arc::new(AlignmentDesk::new(Arc::clone(&maker), queue_length)),
            videos: Arc::new(VideoQueue::start(
                resources,
                maker,
                Arc::clone(&voices),
                &portrait,
                queue_length,
            )?),
            show: Arc::new(Show::start(
                resources,
                service,
                Arc::clone(&voices),
                &portrait,
                stop.clone(),
            )?),
            voices,
        })
    }

    /// Everything that the server answers.
    fn routes(&self) -> Vec<Route> {
        [
            voices::routes(&self.voices),
            speech::routes(&self.speaker),
            alignments::routes(&self.alignments),
            videos::routes(&self.videos),
            stage::routes(&self.show),
            open_api::routes(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The speech service with its models loaded.
fn speech_service(
    resources: &Resources,
    compute: &Compute,
    dictionary: Option<UserDictionary>,
) -> anyhow::Result<(Arc<SpeechService>, Arc<SpeechMaker>)> {
    let (loaded, ready) = bounded(1);
    let models = resources.models.clone();
    let on_event = move |event| {
        // Everything else goes to the taps of the speeches.
        match event {
            SpeechEvent::Ready { .. } => {
                let _ = loaded.try_send(Ok(()));
            }
            SpeechEvent::Unready(error) => {
                let _ = loaded.try_send(Err(error));
            }
            SpeechEvent::Progress { .. }
            | SpeechEvent::Chunk { .. }
            | SpeechEvent::Complete { .. }
            | SpeechEvent::Failed { .. } => {}
        }
        true
    };
    let compute = compute.clone();
    let service = SpeechService::start(models, compute, no_microphone(), dictionary, on_event)?;
    ready.recv().context(text!("start-models"))??;
    let maker = service.maker().context(text!("start-models"))?;
    Ok((Arc::new(service), maker))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every address and method that is answered is described, and the other way round.
    #[test]
    fn the_document_describes_what_is_answered() {
        let resources = Resources::find(None);
        let settings = Settings {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: None,
            portrait: PortraitChoice {
                path: resources.default_portrait().unwrap(),
                face: None,
                everybody: false,
            },
            dictionary: None,
            queue_length: 1,
            requests_per_minute: 1,
        };
        let stop = CancelToken::new();
        let services = Services::start(&resources, &Compute::default(), &settings, &stop).unwrap();
        let answered: BTreeSet<(String, String)> = services
            .routes()
            .iter()
            .map(|route| (route.path.to_owned(), route.method.as_str().to_lowercase()))
            .collect();
        let document: serde_json::Value = serde_json::from_str(open_api::DOCUMENT).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, methods)| {
                let members = methods.as_object().unwrap().keys();
                let methods = members.filter(|member| *member != "parameters");
                methods.map(|method| (path.clone(), method.clone()))
            })
            .collect();
        assert_eq!(answered, described);
        for route in services.routes() {
            let operation = &paths[route.path][route.method.as_str().to_lowercase()];
            let is_open = operation["security"] == serde_json::json!([{}]);
            assert_eq!(route.is_public, is_open, "{}", route.path);
        }
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
        stop.cancel();
    }

    #[test]
    fn others_are_let_in_only_with_a_token() {
        let resources = Resources::find(None);
        let settings = Settings {
            address: SocketAddr::from(([0, 0, 0, 0], 0)),
            token: None,
            portrait: PortraitChoice {
                path: "none.png".into(),
                face: None,
                everybody: false,
            },
            dictionary: None,
            queue_length: 1,
            requests_per_minute: 1,
        };
        let compute = Compute::default();
        let refused = run(
            &resources,
            &compute,
            &settings,
            &CancelToken::new(),
            &mut |_| panic!("it must not listen"),
        );
        assert!(refused.unwrap_err().to_string().contains("token"));
    }
}
