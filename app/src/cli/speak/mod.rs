//! `jam-flow speak`: words in, a video or a sound file out.

mod dialogue;
mod voice_model;

use std::path::{Path, PathBuf};

use engine::motion::{MouthFrame, Regions};
use engine::text::UserDictionary;
use engine::{FlowSettings, Task};

use crate::cli::interrupt::Interrupt;
use crate::cli::options::compute::ComputeArguments;
use crate::cli::options::drive::DriveArguments;
use crate::cli::options::outputs::OutputArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::options::script::{ScriptArguments, given_text};
use crate::cli::options::search::SearchArguments;
use crate::cli::options::speed::speed;
use crate::cli::options::voice_model::VoiceModelArguments;
use crate::cli::progress::Progress;
use crate::cli::stage::Stage;
use crate::cli::standard_output::answer;
use crate::cli::texts::text;
use clap::Args;
use studio::film::{Outputs, Summary};
use studio::reference_voice::OwnVoice;
use studio::resources::Resources;
use studio::script::{Script, ScriptVoice, check_text};
use studio::sound::microphone::no_microphone;
use studio::speech::{SpeechMaker, SpeechRequest};
use studio::voice_model::ModelVoiceFiles;

/// Arguments of `jam-flow speak`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("words").required(true).args(["text", "text_file", "dialogue"]))]
pub struct SpeakArguments {
    /// The words to speak
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// File with the words to speak; - for standard input
    #[arg(long, value_name = "FILE")]
    pub text_file: Option<PathBuf>,
    /// File with a dialogue (- for standard input) for a picture of several people: lines such as "1 (af_heart): Good morning!", which begin with
    /// the number of a face from the left and, once, its voice; "1 = Anna" gives it a name
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["voice", "reference", "checkpoint", "motion", "driver", "face_number", "motion_output", "curves"]
    )]
    pub dialogue: Option<PathBuf>,
    /// How the words are to be taken
    #[command(flatten)]
    pub script: ScriptArguments,
    /// Whose face
    #[command(flatten)]
    pub portrait: PortraitArguments,
    /// Name of the voice
    #[arg(long)]
    pub voice: Option<String>,
    /// Recording of 3 to 10 s of somebody's speech, to speak in that voice
    #[arg(
        long,
        value_name = "RECORDING",
        conflicts_with = "voice",
        requires = "reference_text"
    )]
    pub reference: Option<PathBuf>,
    /// What is said in the reference
    #[arg(
        long,
        value_name = "WORDS",
        requires = "reference",
        allow_hyphen_values = true
    )]
    pub reference_text: Option<String>,
    /// States that the speaker of the reference has permitted this; it is written into the files
    #[arg(long, requires = "reference")]
    pub i_have_permission: bool,
    /// What speaks in the voice of the reference
    #[command(flatten)]
    pub voice_model: VoiceModelArguments,
    /// Movement (.json or .safetensors) of a face that speaks without sound: the text is spoken in time with it
    #[arg(long, value_name = "FILE", conflicts_with = "speed")]
    pub motion: Option<PathBuf>,
    /// The same seed gives the same speech and movement
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Rate of speech, 1 = the voice's own
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub speed: f32,
    /// How much is tried
    #[command(flatten)]
    pub search: SearchArguments,
    /// What is written
    #[command(flatten)]
    pub outputs: OutputArguments,
    /// A movement in place of the face's own
    #[command(flatten)]
    pub drive: DriveArguments,
    /// Where speech is computed
    #[command(flatten)]
    pub compute: ComputeArguments,
    /// Print what was written as JSON
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. Everything that can be checked is checked before the long work begins.
pub fn run(resources: &Resources, arguments: &SpeakArguments) -> anyhow::Result<()> {
    let outputs = arguments.outputs.outputs()?;
    if let Some(file) = &arguments.dialogue {
        return dialogue::run(resources, arguments, file, &outputs);
    }
    let text = given_text(&arguments.text, &arguments.text_file)?;
    let text = arguments.script.text(text)?;
    let dictionary = arguments.script.pronunciations.load()?;
    let inputs: Vec<&Path> = [
        &arguments.text_file,
        &arguments.script.pronunciations.dictionary,
        &arguments.portrait.path,
        &arguments.reference,
        &arguments.motion,
        &arguments.drive.driver,
        &arguments.voice_model.checkpoint,
        &arguments.voice_model.vocab,
        &arguments.voice_model.vocoder,
    ]
    .into_iter()
    .flatten()
    .map(PathBuf::as_path)
    .collect();
    outputs.check(&inputs)?;
    let voice = match &arguments.reference {
        Some(recording) => ScriptVoice::Reference(reference(
            recording,
            arguments.reference_text.as_deref().unwrap_or_default(),
            arguments.i_have_permission,
        )?),
        None => ScriptVoice::named(arguments.voice.clone()),
    };
    let summary = match (arguments.voice_model.files(), voice) {
        (Some(files), ScriptVoice::Reference(voice)) => {
            let files = ModelVoiceFiles {
                model: files,
                voice,
            };
            voice_model::speak(resources, arguments, &files, &text, &outputs)?
        }
        (_, voice) => {
            let speech = Speech {
                script: Script::Words {
                    text,
                    voice,
                    speed: arguments.speed,
                },
                seed: arguments.seed,
                mouth: arguments.motion.as_deref().map(mouth_of).transpose()?,
                dictionary,
                search: arguments.search,
            };
            speak(
                resources,
                speech,
                &arguments.portrait,
                &arguments.drive,
                &arguments.compute,
                &outputs,
            )?
        }
    };
    if arguments.json {
        answer(serde_json::to_string_pretty(&summary)?)?;
    }
    Ok(())
}

/// Speaks words of the default voice into files, with the default portrait and progress on the terminal; Ctrl-C cancels and leaves
/// no file.
pub fn speak_to_files(
    resources: &Resources,
    script: Script,
    seed: u64,
    outputs: &Outputs,
) -> anyhow::Result<Summary> {
    let speech = Speech {
        script,
        seed,
        mouth: None,
        dictionary: None,
        search: SearchArguments::default(),
    };
    speak(
        resources,
        speech,
        &PortraitArguments::default(),
        &DriveArguments::default(),
        &ComputeArguments::default(),
        outputs,
    )
}

/// What is spoken.
struct Speech {
    script: Script,
    seed: u64,
    /// A mouth that moves without sound, in time with which the words are spoken.
    mouth: Option<Vec<MouthFrame>>,
    /// How the user wants words pronounced.
    dictionary: Option<UserDictionary>,
    search: SearchArguments,
}

fn speak(
    resources: &Resources,
    speech: Speech,
    portrait: &PortraitArguments,
    drive: &DriveArguments,
    compute: &ComputeArguments,
    outputs: &Outputs,
) -> anyhow::Result<Summary> {
    let interrupt = Interrupt::listen()?;
    let progress = Progress::start(text!("stage-loading"));
    let mut stage = Stage::new(resources);
    stage.prepare(portrait, outputs)?;
    stage.drive(drive, Regions::default(), &interrupt, &progress)?;
    interrupt.check()?;
    let maker = SpeechMaker::load_on(
        &resources.models,
        &compute.compute(&progress),
        no_microphone(),
        speech.dictionary,
    )?;
    interrupt.check()?;
    if let Script::Words { text, .. } = &speech.script {
        for warning in maker.synthesizer().front_end().warnings(text) {
            progress.note(&text!("warning", reason = warning.to_string()));
        }
    }
    progress.stage(text!("stage-speaking"));
    let request = SpeechRequest {
        script: speech.script,
        original: None,
        seed: speech.seed,
        flow: speech.search.applied_to(FlowSettings::for_files()),
    };
    let summary = match speech.mouth {
        None => stage.speak(&maker, &request, outputs, &interrupt, &progress)?,
        Some(mouth) => {
            let task = Task::Follow {
                request: maker.speak_request(&request, interrupt.token())?,
                mouth,
            };
            let synthesizer = maker.synthesizer().clone().with_settings(request.flow);
            stage.perform(&synthesizer, &task, outputs, &interrupt, &progress)?
        }
    };
    progress.finish(&summary.to_string());
    Ok(summary)
}

/// A reference clip with its transcript, as a voice to speak in. The speaker must have permitted it.
fn reference(recording: &Path, words: &str, is_permitted: bool) -> anyhow::Result<OwnVoice> {
    anyhow::ensure!(is_permitted, "{}", text!("permission"));
    check_text(words)?;
    Ok(OwnVoice {
        recording: recording.to_owned(),
        words: words.to_owned(),
        is_permitted,
    })
}

/// The mouth of a motion file.
fn mouth_of(path: &Path) -> anyhow::Result<Vec<MouthFrame>> {
    let motion = engine::motion::motion_file::read(path)?;
    Ok(motion
        .frames
        .iter()
        .map(engine::motion::MotionFrame::mouth)
        .collect())
}
