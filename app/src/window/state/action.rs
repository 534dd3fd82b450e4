//! What the user can ask for.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use egui::ColorImage;

use super::{CameraAction, Dialog, FilmAction, Page, Use, VirtualCameraAction, VoiceModelAction};

/// One thing that the user can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Speak the words, in place of whatever is spoken.
    Speak,
    /// Speak the words after what is spoken.
    Queue,
    /// Let the portrait say what the microphone hears, or end that.
    ToggleMicrophone,
    /// Make a take of the one in the timeline with the words of the script, or else with the sentence at the playhead said again.
    Regenerate,
    /// Make a take of the recording in the timeline that knows the words of the script as its own.
    FindWords,
    /// Put the words of the take in the timeline into the script.
    EditTake,
    /// Let this voice be heard.
    Preview(String),
    /// Let the word in this row of the user's dictionary be heard.
    HearWord(usize),
    /// Speak in this voice from now on.
    ChooseVoice(String),
    /// Do something about voice models.
    VoiceModel(VoiceModelAction),
    /// Take a picture that the user gave out of the gallery.
    ForgetPortrait(PathBuf),
    /// Let go of a line that waits.
    Unqueue(usize),
    /// Close the page, or end speech, recording and sound.
    Escape,
    /// End speech, recording and sound.
    Stop,
    /// Hold the sound, or let it go on.
    PlayOrPause,
    /// Playhead to the start.
    ToStart,
    /// Move the playhead here.
    Scrub(f64),
    /// Let this span be heard, once.
    Hear(Range<f64>),
    /// Play the take that this one was changed from, or into.
    Compare,
    /// Let go of the playhead.
    EndScrub,
    /// Move the playhead by so many seconds.
    Nudge(f64),
    /// Repeat this span, or nothing.
    Loop(Option<Range<f64>>),
    /// Loop the whole take, or nothing.
    ToggleLoop,
    /// Put a take into the timeline.
    SelectTake(u64),
    /// Put a take away; undoing brings it back.
    PutAway(u64),
    /// Put the take in the timeline away.
    PutAwaySelected,
    /// Record the next speech, or do not.
    ToggleRecord,
    /// Show a file dialog.
    Ask(Dialog),
    /// Use this file: a portrait, a recording, a text or a project.
    Open(PathBuf),
    /// Ask for what is on the clipboard.
    Paste,
    /// Use a picture of the clipboard as if its file had been given.
    PasteImage(Arc<ColorImage>),
    /// Put words of the clipboard into the script.
    PasteText(String),
    /// Let the face with this number move, counted from the left from 1 on.
    ChooseFace(usize),
    /// Go to another use of the window.
    Use(Use),
    /// Show a page, or none.
    Show(Option<Page>),
    /// Back one edit.
    Undo,
    /// Forth one edit.
    Redo,
    /// Begin a new project.
    NewProject,
    /// Open the project in this folder.
    OpenProject(PathBuf),
    /// Save the project where it is, or ask where.
    Save,
    /// Ask where to save the project.
    SaveAs,
    /// Save the project in this folder.
    SaveIn(PathBuf),
    /// Do it although unsaved changes are lost.
    Meant(Box<Self>),
    /// Bring back the work that an earlier run left.
    BringBack,
    /// Let go of the work that an earlier run left.
    LetGo,
    /// Ask where to write the take.
    Export,
    /// Write the take here.
    ExportTo(PathBuf),
    /// End the export with this number.
    StopExport(u64),
    /// Read a clip to watch.
    WatchClip(PathBuf),
    /// Let go of the clip.
    LeaveClip,
    /// Ask the model about the clip.
    AskModel,
    /// End what is done about the clip.
    StopWatching,
    /// Let what is said about the clip be heard with it.
    PreviewClip,
    /// Ask where to write the film in which the clip is told.
    SpeakClip,
    /// Write that film here.
    FilmClip(PathBuf),
    /// Do something about the film of several scenes.
    Film(FilmAction),
    /// Leave the file that is being read.
    StopReading,
    /// Let go of what was said on a card.
    CloseNotice,
    /// Open a file with the program that the system has for it.
    OpenOutside(PathBuf),
    /// Show the folder of a file in the system's file manager.
    ShowInFolder(PathBuf),
    /// Put the path of a file on the clipboard.
    CopyPath(PathBuf),
    /// Everything larger or smaller by so much; none for the system's own size.
    Scale(Option<f32>),
    /// Fill the screen, or do not.
    ToggleFullScreen,
    /// Show the stage in a window of its own, too, or do not.
    ToggleStageWindow,
    /// Close the window.
    Quit,
    /// Open the debug view, or close it.
    ToggleDebug,
    /// Look for sound devices again.
    ListDevices,
    /// Do something about the camera.
    Camera(CameraAction),
    /// Do something about the virtual camera.
    VirtualCamera(VirtualCameraAction),
}
