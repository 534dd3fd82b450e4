use std::collections::BTreeSet;

use anyhow::Context as _;
use engine::Error;
use engine::atomic_file::NotWritten;
use engine::error::{
    AlignmentError, AudioError, EntryError, FaceError, FileAction, ModelPart, MotionFileError,
    PictureError, SpeechError, TextError, TrackingError, VideoError, VisionLanguageError,
    VoiceModelError,
};

use super::phrase::phrase_of;
use super::*;

#[test]
fn causes_are_named_once() {
    let inner = std::io::Error::other("the disk\n  is full");
    let said = anyhow::Error::from(inner).context("cannot write: the disk is full: a.mp4");
    assert_eq!(one_line(&said), "cannot write: the disk is full: a.mp4");
    let unsaid: anyhow::Result<()> = Err(std::io::Error::other("no room").into());
    let unsaid = unsaid.context("cannot write a.mp4").unwrap_err();
    assert_eq!(one_line(&unsaid), "cannot write a.mp4: no room");
    assert_eq!(
        capitalised(&one_line(&unsaid)),
        "Cannot write a.mp4: no room"
    );
}

/// Every key that the sources of this folder name is that of some error below, and says in English what developers read.
#[test]
fn every_kind_has_a_phrase_and_developers_read_the_same() {
    let sources = [
        include_str!("computing.rs"),
        include_str!("media.rs"),
        include_str!("speaking.rs"),
    ];
    let mut left: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("phrase!(").skip(1))
        .map(|call| call.split('"').nth(1).expect("a key"))
        .collect();
    assert!(left.len() > 100);
    for error in speaking().into_iter().chain(media()).chain(computing()) {
        let error = error.as_ref();
        let phrase = phrase_of(error).expect("a phrase");
        left.remove(phrase.key);
        assert_eq!(phrase.words(), error.to_string());
    }
    for action in ACTIONS {
        let phrase = computing::file_action(action);
        left.remove(phrase.key);
        assert_eq!(phrase.words(), action.to_string());
    }
    for part in PARTS {
        let phrase = computing::model_part(part);
        left.remove(phrase.key);
        assert_eq!(phrase.words(), part.to_string());
    }
    assert!(left.is_empty(), "no error here has {left:?}");
}

const PARTS: [ModelPart; 14] = [
    ModelPart::Aligner,
    ModelPart::FaceDetector,
    ModelPart::FaceLandmarks,
    ModelPart::FaceRig,
    ModelPart::JointModel,
    ModelPart::JointModelConfiguration,
    ModelPart::LetterToSound,
    ModelPart::Listener,
    ModelPart::PersonMask,
    ModelPart::Pronunciations,
    ModelPart::SpeechDetector,
    ModelPart::Tokenizer,
    ModelPart::VisionLanguage,
    ModelPart::Vocoder,
];

const ACTIONS: [FileAction; 12] = [
    FileAction::ReadDictionary,
    FileAction::ReadFaceRig,
    FileAction::ReadModelFile,
    FileAction::ReadModelList,
    FileAction::ReadMotionFile,
    FileAction::ReadPicture,
    FileAction::ReadRecording,
    FileAction::ReadVideo,
    FileAction::ReadVocabulary,
    FileAction::ReadWeights,
    FileAction::WriteMotionFile,
    FileAction::WriteSound,
];

type AnyError = Box<dyn std::error::Error>;

fn speaking() -> Vec<AnyError> {
    vec![
        TextError::Blank.into(),
        TextError::TooLong {
            characters: 1001,
            max: 1002,
        }
        .into(),
        TextError::Unbroken {
            characters: 1003,
            max: 1004,
        }
        .into(),
        TextError::OnlySymbols.into(),
        TextError::Unreadable {
            unreadable: ('a'..='n').collect(),
        }
        .into(),
        TextError::UnknownPhone {
            symbol: 'x',
            written: "x y".into(),
        }
        .into(),
        TextError::NoPhone {
            written: "x y".into(),
        }
        .into(),
        TextError::UnknownPhoneme {
            phonemes: "x y".into(),
        }
        .into(),
        TextError::Rate {
            mark: "x y".into(),
            min: 2.25,
            max: 2.25,
        }
        .into(),
        TextError::SaidTooLong { max: 1005 }.into(),
        TextError::SsmlTooDeep { max: 1006 }.into(),
        TextError::Ssml { line: 1007 }.into(),
        TextError::BreakTime {
            written: "x y".into(),
        }
        .into(),
        TextError::SsmlRate {
            written: "x y".into(),
        }
        .into(),
        TextError::DictionaryEncoding.into(),
        TextError::DictionaryLine {
            number: 1008,
            line: "x y".into(),
            problem: EntryError::NoWord,
        }
        .into(),
        TextError::DictionaryTooLong { max: 1009 }.into(),
        EntryError::NoEqualsSign.into(),
        EntryError::NoWord.into(),
        EntryError::NoPronunciation.into(),
        EntryError::TooLong { max: 1010 }.into(),
        EntryError::Phones(Box::new(TextError::Blank)).into(),
        SpeechError::Speed {
            speed: 2.25,
            min: 2.25,
            max: 2.25,
        }
        .into(),
        SpeechError::UnknownVoice {
            name: "x y".into(),
            known: vec!["a".into(), "b".into()],
        }
        .into(),
        SpeechError::VoiceWeight {
            weight: "x y".into(),
            known: vec!["a".into(), "b".into()],
        }
        .into(),
        SpeechError::ReferenceLength {
            secs: 2.25,
            min_secs: 2.25,
            max_secs: 2.25,
        }
        .into(),
        SpeechError::ReferenceSilent {
            min_secs: 2.25,
            max_secs: 2.25,
        }
        .into(),
        SpeechError::ReferenceWithoutWords.into(),
        SpeechError::Empty.into(),
        SpeechError::NotFinite.into(),
        SpeechError::EmptyMotion.into(),
        SpeechError::PaceMismatch {
            text_secs: 2.25,
            motion_secs: 2.25,
        }
        .into(),
        SpeechError::NoWords.into(),
        SpeechError::LengthsDiffer {
            frames: 1011,
            sound_frames: 1012,
        }
        .into(),
        SpeechError::WordsOutsideSound.into(),
        SpeechError::PhonesDiffer.into(),
        SpeechError::DoesNotFit {
            words: "x y".into(),
            secs: 2.25,
        }
        .into(),
        AlignmentError::TooLong { max_secs: 2.25 }.into(),
        AlignmentError::NotFinite.into(),
        AlignmentError::TooShort.into(),
        AlignmentError::OtherWords { fit: 2.25 }.into(),
        VoiceModelError::Missing.into(),
        VoiceModelError::Pickled.into(),
        VoiceModelError::Unsound {
            reason: "x y".into(),
        }
        .into(),
        VoiceModelError::NotF5 {
            tensor: "x y".into(),
        }
        .into(),
        VoiceModelError::Unsupported {
            reason: "x y".into(),
        }
        .into(),
        VoiceModelError::Shape {
            reason: "x y".into(),
        }
        .into(),
        VoiceModelError::NotVocabulary.into(),
        VoiceModelError::OtherVocabulary {
            entries: 1034,
            expected: 1035,
        }
        .into(),
        VoiceModelError::NotVocos {
            tensor: "x y".into(),
        }
        .into(),
        VoiceModelError::Chinese { character: 'x' }.into(),
        VoiceModelError::ReferenceTooShort {
            secs: 2.25,
            min_secs: 2.25,
            max_secs: 2.25,
        }
        .into(),
        VoiceModelError::ReferenceNotFinite.into(),
        VoiceModelError::Pace { secs: 2.25 }.into(),
        VoiceModelError::NotFinite.into(),
    ]
}

fn media() -> Vec<AnyError> {
    vec![
        AudioError::NotAFile.into(),
        AudioError::Empty.into(),
        AudioError::UnknownFormat { name: None }.into(),
        AudioError::UnknownFormat { name: Some("x") }.into(),
        AudioError::NoSoundTrack.into(),
        AudioError::NoSamples.into(),
        AudioError::UnknownCodec { name: None }.into(),
        AudioError::UnknownCodec {
            name: Some("x".into()),
        }
        .into(),
        AudioError::NeedsFfmpeg { name: "x y".into() }.into(),
        AudioError::Broken.into(),
        AudioError::Channels { channels: 1013 }.into(),
        AudioError::RateChanges.into(),
        AudioError::Rate {
            rate_hz: 1014,
            min_hz: 1015,
            max_hz: 1016,
        }
        .into(),
        AudioError::TooLong { max_secs: 1017 }.into(),
        AudioError::TooLongForWav.into(),
        PictureError::Folder.into(),
        PictureError::FileTooLarge.into(),
        PictureError::UnknownFormat.into(),
        PictureError::Heic.into(),
        PictureError::TooLarge {
            width_px: 1018,
            height_px: 1019,
        }
        .into(),
        PictureError::TooLargeToDecode.into(),
        PictureError::TooSmall {
            width_px: 1020,
            height_px: 1021,
        }
        .into(),
        PictureError::Damaged.into(),
        FaceError::NotFound.into(),
        FaceError::TooSmall {
            width_px: 2.25,
            min_px: 2.25,
        }
        .into(),
        FaceError::TurnedAway {
            degrees: 2.25,
            max_degrees: 2.25,
        }
        .into(),
        FaceError::CutOff.into(),
        FaceError::NoSuchNumber {
            number: 2,
            count: 1,
        }
        .into(),
        FaceError::NoSuchNumber {
            number: 1022,
            count: 1200,
        }
        .into(),
        FaceError::Picture {
            width_px: 1023,
            height_px: 1024,
            bytes: 1025,
        }
        .into(),
        TrackingError::Picture {
            width_px: 1026,
            height_px: 1027,
            bytes: 1028,
        }
        .into(),
        TrackingError::TooLong { max_secs: 2.25 }.into(),
        TrackingError::NoPictures.into(),
        TrackingError::NoFace.into(),
        TrackingError::TooSmall { min_px: 2.25 }.into(),
        VideoError::NotAFile.into(),
        VideoError::Empty.into(),
        VideoError::TooLarge {
            width_px: 1029,
            height_px: 1030,
        }
        .into(),
        VideoError::Damaged.into(),
        VideoError::NeedsFfmpeg.into(),
        VideoError::Undecodable.into(),
        VideoError::NoDecoder.into(),
        MotionFileError::NotAFile.into(),
        MotionFileError::TooLarge.into(),
        MotionFileError::NotMotion {
            reason: "x y".into(),
        }
        .into(),
        MotionFileError::Version {
            format: "x y".into(),
            version: 1031,
        }
        .into(),
        MotionFileError::Rate {
            frames_per_second: 2.25,
        }
        .into(),
        MotionFileError::TooLong { frames: 1032 }.into(),
        MotionFileError::Number { frame: 1033 }.into(),
    ]
}

fn computing() -> Vec<AnyError> {
    vec![
        std::io::Error::from(NotWritten::DiskFull).into(),
        std::io::Error::from(NotWritten::Folder).into(),
        std::io::Error::from(NotWritten::NoName).into(),
        NotWritten::LinkCircle.into(),
        Error::WeightsMissing {
            what: ModelPart::Aligner,
            path: "a.x".into(),
        }
        .into(),
        Error::WeightsUnfit {
            reason: "x y".into(),
            path: "a.x".into(),
        }
        .into(),
        Error::InFile {
            error: Box::new(TextError::Blank.into()),
            path: "a.x".into(),
        }
        .into(),
        Error::File {
            action: FileAction::ReadPicture,
            source: std::io::Error::other("x"),
            path: "a.x".into(),
        }
        .into(),
        Error::Cancelled.into(),
        Error::Model {
            stage: "x",
            source: "x".into(),
        }
        .into(),
        VisionLanguageError::NotAModel {
            reason: "x y".into(),
        }
        .into(),
        VisionLanguageError::TooLarge {
            needed_gb: 2.25,
            free_gb: 2.25,
        }
        .into(),
        VisionLanguageError::PictureSize {
            width_px: 1036,
            height_px: 1037,
            multiple_px: 1038,
        }
        .into(),
        VisionLanguageError::Failed {
            reason: "x y".into(),
        }
        .into(),
        flow_gpu::Error::Device {
            adapter: "x y".into(),
            reason: "x y".into(),
        }
        .into(),
        flow_gpu::Error::Unsupported("x y".into()).into(),
        flow_gpu::Error::Weights(std::sync::Arc::new(std::io::Error::other("x"))).into(),
        flow_gpu::Error::OutOfMemory("x y".into()).into(),
        flow_gpu::Error::DeviceLost("x y".into()).into(),
        flow_gpu::Error::Driver("x y".into()).into(),
        flow_gpu::Error::Plan("x y".into()).into(),
        flow_gpu::Error::Input("x y".into()).into(),
        shaders::Error::NoAdapter {
            wanted: "x y".into(),
        }
        .into(),
        shaders::Error::Device {
            adapter: "x y".into(),
            reason: "z".into(),
        }
        .into(),
        shaders::Error::Scene("x y".into()).into(),
        shaders::Error::Size {
            width_px: 1039,
            height_px: 1040,
            limit_px: 1041,
        }
        .into(),
        shaders::Error::DeviceLost("x y".into()).into(),
    ]
}
