//! What films are made on: the face models, the portrait and the device that draws it, kept from one film to the next.

use std::sync::Arc;

use engine::motion::{DrivenPortrait, Driver, Driving, Motion, Regions};
use engine::tracking::Neutral;
use engine::{SpeechChunk, Synthesizer, Task};

use crate::cli::interrupt::Interrupt;
use crate::cli::options::drive::DriveArguments;
use crate::cli::options::portrait::PortraitArguments;
use crate::cli::progress::Progress;
use crate::cli::texts::text;
use studio::avatar::{AvatarMaker, People, PortraitChoice};
use studio::cancel::CancelToken;
use studio::film::{Film, Outputs, Summary};
use studio::performance::Performance;
use studio::resources::Resources;
use studio::speech::{SpeechMaker, SpeechRequest};
use studio::tracking::motion_of;

/// Takes the pieces of a speech.
pub type OnChunk<'a> = dyn FnMut(SpeechChunk) -> engine::Result<()> + 'a;
/// Makes a speech piece by piece until the first argument cancels it.
pub type MakeSpeech<'a> = dyn FnMut(&CancelToken, &mut OnChunk<'_>) -> anyhow::Result<()> + 'a;

/// Nothing on it is loaded before the first video needs it.
pub struct Stage {
    resources: Resources,
    maker: Option<AvatarMaker>,
    gpu: Option<shaders::Gpu>,
    people: Option<(PortraitChoice, People)>,
    driver: Option<(Motion, Driving)>,
}

impl Stage {
    /// An empty stage.
    pub fn new(resources: &Resources) -> Self {
        Self {
            resources: resources.clone(),
            maker: None,
            gpu: None,
            people: None,
            driver: None,
        }
    }

    /// Reads the driver, if one is named, and lets it drive the portrait in the films that follow; `otherwise` is driven where
    /// nothing is said. Returns the length of its movement in frames.
    pub fn drive(
        &mut self,
        drive: &DriveArguments,
        otherwise: Regions,
        interrupt: &Interrupt,
        progress: &Progress,
    ) -> anyhow::Result<usize> {
        let Some(path) = &drive.driver else {
            return Ok(0);
        };
        progress.stage(text!("stage-tracking-driver"));
        let (motion, report) = motion_of(
            &self.resources.models,
            path,
            Neutral::Clip,
            &|| interrupt.requested(),
            &mut |fraction| progress.set(fraction),
        )?;
        if let Some(report) = report {
            progress.note(&report.to_string());
        }
        let frames = motion.frames.len();
        self.driver = Some((motion, drive.driving(otherwise)));
        Ok(frames)
    }

    /// Puts the portrait on it, the default one if none is named. Does nothing if no file shows it, or if it stands there
    /// already.
    pub fn prepare(
        &mut self,
        portrait: &PortraitArguments,
        outputs: &Outputs,
    ) -> anyhow::Result<()> {
        if !outputs.needs_portrait() {
            return Ok(());
        }
        let choice = portrait.choice(&self.resources)?;
        if self
            .people
            .as_ref()
            .is_some_and(|(there, _)| *there == choice)
        {
            return Ok(());
        }
        let maker = match &self.maker {
            Some(maker) => maker,
            None => self
                .maker
                .insert(AvatarMaker::load(&self.resources.models)?),
        };
        let people = maker.make_people(&choice)?;
        if self.gpu.is_none() {
            self.gpu = Some(shaders::Gpu::headless()?);
        }
        self.people = Some((choice, people));
        Ok(())
    }

    /// Writes what a task makes.
    pub fn perform(
        &self,
        synthesizer: &Synthesizer,
        task: &Task,
        outputs: &Outputs,
        interrupt: &Interrupt,
        progress: &Progress,
    ) -> anyhow::Result<Summary> {
        let outputs = Outputs {
            remark: task.remark().map(str::to_owned),
            ..outputs.clone()
        };
        self.film(
            &outputs,
            task.seed(),
            interrupt,
            progress,
            &mut |cancel, on_chunk| {
                Ok(synthesizer.perform(task, &|| cancel.is_cancelled(), on_chunk)?)
            },
        )
    }

    /// Writes the speech that is asked for.
    pub fn speak(
        &self,
        maker: &SpeechMaker,
        request: &SpeechRequest,
        outputs: &Outputs,
        interrupt: &Interrupt,
        progress: &Progress,
    ) -> anyhow::Result<Summary> {
        let outputs = Outputs {
            remark: request.script.remark().map(str::to_owned),
            ..outputs.clone()
        };
        self.film(
            &outputs,
            request.seed,
            interrupt,
            progress,
            &mut |cancel, on_chunk| maker.make(request, &CancelToken::new(), cancel, on_chunk),
        )
    }

    /// Writes the speech that `make` makes. Nothing is left of it if it fails or is cancelled.
    pub fn film(
        &self,
        outputs: &Outputs,
        seed: u64,
        interrupt: &Interrupt,
        progress: &Progress,
        make: &mut MakeSpeech<'_>,
    ) -> anyhow::Result<Summary> {
        let avatar = self.people.as_ref().map(|(_, people)| people.chosen());
        if let (Some((PortraitChoice { face: None, .. }, _)), Some(avatar)) = (&self.people, avatar)
            && avatar.face_boxes().len() > 1
        {
            progress.note(&text!(
                "faces-several",
                count = avatar.face_boxes().len(),
                number = avatar.face_number(),
            ));
        }
        for notice in avatar.iter().flat_map(|avatar| avatar.notices()) {
            progress.note(&text!("portrait-notice", notice = notice.to_string()));
        }
        let (people, speaker) = self
            .people
            .as_ref()
            .map_or((&[][..], 0), |(_, people)| (&people.avatars, people.chosen));
        let mut performance = Performance::new(people, speaker, seed);
        if let Some((motion, driving)) = &self.driver {
            let portrait = avatar.map_or_else(DrivenPortrait::default, |avatar| *avatar.driven());
            let driver = Driver::new(motion, driving, &portrait);
            performance.set_driver(Some(Arc::new(driver)));
        }
        Film::start(outputs, performance, self.gpu.as_ref())?.write(
            interrupt.token(),
            |on_piece| make(interrupt.token(), on_piece),
            &|share| progress.set(share),
        )
    }
}
