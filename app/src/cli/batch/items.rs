//! What a batch is to make, read from a CSV or gathered from a folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ValueEnum as _;

use super::BatchArguments;
use crate::cli::options::framing::{self, FramingArgument};
use crate::cli::options::look;
use crate::cli::options::portrait::{PortraitArguments, face_number};
use crate::cli::options::speed::speed;
use crate::cli::texts::text;
use studio::look::Look;
use studio::media::formats::{Role, extensions, is_a, names};
use studio::media::write::SoundCodec;
use studio::output_path;
use studio::script::{Script, ScriptVoice, read_text_file};
use studio::text_file;

/// The columns that a CSV may have.
const COLUMNS: [&str; 15] = [
    "text",
    "text_file",
    "audio",
    "portrait",
    "face",
    "voice",
    "seed",
    "speed",
    "size",
    "background",
    "fps",
    "framing",
    "aspect",
    "captions",
    "output",
];

/// Longest list: 64 MB are far more films than anybody makes.
const MAX_LIST_BYTES: u64 = 64_000_000;

/// A column's name as [`COLUMNS`] has it: "Text File" is `text_file`.
fn column_name(written: &str) -> String {
    written.trim().to_lowercase().replace([' ', '-'], "_")
}

/// One film or sound to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// How to speak of it: `row 3`, or the name of its file.
    pub name: String,
    /// What is said, and in which voice.
    pub script: Script,
    /// The file that the words or the speech come from, if they come from one.
    pub input: Option<PathBuf>,
    /// Whose face.
    pub portrait: PortraitArguments,
    /// The same seed gives the same speech and movement.
    pub seed: u64,
    /// Size and background.
    pub look: Look,
    /// How the sound of an MP4 is coded.
    pub sound_codec: SoundCodec,
    /// The file to write.
    pub output: PathBuf,
}

/// An item, or why it cannot be made. The batch goes on without it.
pub type Listed = std::result::Result<Item, Refused>;

/// An item that cannot be made as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// How to speak of it.
    pub name: String,
    /// A line for the user.
    pub reason: String,
}

/// What a CSV or a folder asks for.
#[derive(Debug, Default)]
pub struct Listing {
    /// What is to be made, in order.
    pub items: Vec<Listed>,
    /// Names of the files of a folder that are neither texts nor audio.
    pub skipped: Vec<String>,
}

/// Reads the items of a CSV, or gathers those of a folder.
///
/// # Errors
/// If nothing of it can be used: the file or folder cannot be read, it is empty, or its columns are none that we know.
pub fn list(arguments: &BatchArguments) -> anyhow::Result<Listing> {
    let mut listing = if arguments.input.is_dir() {
        of_folder(arguments)?
    } else {
        Listing {
            items: of_csv(arguments)?,
            skipped: Vec::new(),
        }
    };
    anyhow::ensure!(
        !listing.items.is_empty(),
        "{}",
        text!(
            "batch-empty",
            texts = extensions(&[Role::Text]).join(", "),
            audio = names(Role::Audio),
            path = arguments.input.display().to_string(),
        )
    );
    refuse_shared_outputs(&mut listing.items);
    Ok(listing)
}

fn of_folder(arguments: &BatchArguments) -> anyhow::Result<Listing> {
    let unreadable = || {
        text!(
            "batch-folder-unreadable",
            folder = arguments.input.display().to_string()
        )
    };
    let mut paths = std::fs::read_dir(&arguments.input)
        .with_context(unreadable)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .with_context(unreadable)?;
    paths.retain(|path| path.is_file());
    paths.sort();
    let ending = match arguments.format.as_str() {
        "png" => String::new(),
        format => format!(".{format}"),
    };
    let output = |path: &Path| {
        let stem = output_path::file_stem(path);
        arguments.output.join(format!("{stem}{ending}"))
    };
    // A batch that writes into the folder it reads must not take its videos for the next ones.
    let texts = paths.iter().filter(|path| is_a(path, Role::Text));
    let written: Vec<PathBuf> = texts.map(|path| output(path)).collect();
    let mut listing = Listing::default();
    for path in paths {
        let is_text = is_a(&path, Role::Text);
        if !is_text && (!is_a(&path, Role::Audio) || written.contains(&path)) {
            if !written.contains(&path) {
                listing.skipped.push(output_path::file_name(&path));
            }
            continue;
        }
        let name = output_path::file_name(&path);
        let script = match is_text {
            true => read_text_file(&path).map(|text| Script::Words {
                text,
                voice: ScriptVoice::named(arguments.voice.clone()),
                speed: arguments.speed,
            }),
            false => Ok(Script::AudioFile(path.clone())),
        };
        let item = script.map(|script| Item {
            name: name.clone(),
            script,
            portrait: arguments.portrait.clone(),
            seed: arguments.seed,
            look: arguments.look.look(),
            sound_codec: arguments.look.audio_codec,
            output: output(&path),
            input: Some(path),
        });
        listing.items.push(item.map_err(|error| Refused {
            name,
            reason: studio::wording::one_line(&error),
        }));
    }
    Ok(listing)
}

fn of_csv(arguments: &BatchArguments) -> anyhow::Result<Vec<Listed>> {
    let path = &arguments.input;
    let text = text_file::read(path, text!("batch-list"), MAX_LIST_BYTES)?;
    let is_known = |name: &str| COLUMNS.contains(&column_name(name).as_str());
    let table = super::csv::table(&text, &is_known);
    for column in &table.columns {
        anyhow::ensure!(
            is_known(column),
            "{}",
            text!(
                "batch-column-unknown",
                column = format!("{column:?}"),
                columns = COLUMNS.join(", "),
                path = path.display().to_string(),
            )
        );
    }
    let columns: Vec<String> = table.columns.iter().map(|name| column_name(name)).collect();
    for (number, column) in columns.iter().enumerate() {
        anyhow::ensure!(
            columns.iter().take(number).all(|other| other != column),
            "{}",
            text!(
                "batch-column-twice",
                column = format!("{column:?}"),
                path = path.display().to_string(),
            )
        );
    }
    anyhow::ensure!(
        columns.iter().any(|column| column == "output"),
        "{}",
        text!("batch-column-output", path = path.display().to_string())
    );
    let folder = output_path::folder_of(path);
    // A spreadsheet that separates fields by semicolons writes numbers with a comma.
    let has_decimal_commas = table.delimiter == ';';
    Ok((table.first_row..)
        .zip(table.rows)
        .filter(|(_, row)| row.iter().any(|field| !field.is_empty()))
        .map(|(number, row)| (text!("batch-row", number = number), row))
        .map(|(name, mut row)| {
            if has_decimal_commas
                && let Some(at) = columns.iter().position(|column| column == "speed")
                && let Some(field) = row.get_mut(at)
            {
                *field = field.replace(',', ".");
            }
            let item = if row.len() == columns.len() {
                let fields: HashMap<&str, &str> = columns
                    .iter()
                    .zip(&row)
                    .map(|(column, field)| (column.as_str(), field.as_str()))
                    .filter(|(_, field)| !field.is_empty())
                    .collect();
                item_of_row(&name, &fields, &folder, arguments)
            } else {
                Err(anyhow::Error::msg(text!(
                    "batch-row-fields",
                    fields = row.len(),
                    columns = columns.len(),
                    delimiter = format!("{:?}", table.delimiter),
                )))
            };
            item.map_err(|error| Refused {
                name,
                reason: studio::wording::one_line(&error),
            })
        })
        .collect())
}

/// Inputs are looked for beside the CSV, outputs go into the batch's folder.
fn item_of_row(
    name: &str,
    fields: &HashMap<&str, &str>,
    folder: &Path,
    arguments: &BatchArguments,
) -> anyhow::Result<Item> {
    let text = |column: &str| fields.get(column).copied();
    let file = |column: &str| text(column).map(|path| folder.join(path));
    let given = ["text", "text_file", "audio"]
        .into_iter()
        .filter(|column| fields.contains_key(column));
    let [source] = <[&str; 1]>::try_from(given.collect::<Vec<_>>())
        .map_err(|given| anyhow::Error::msg(text!("batch-source", count = given.len())))?;
    let words = |words: String| -> anyhow::Result<Script> {
        let voice = text("voice").map(str::to_owned);
        Ok(Script::Words {
            text: words,
            voice: ScriptVoice::named(voice.or_else(|| arguments.voice.clone())),
            speed: match text("speed") {
                Some(rate) => said(speed(rate), "speed")?,
                None => arguments.speed,
            },
        })
    };
    let input = file(source).filter(|_| source != "text");
    let script = match (&input, source) {
        (Some(path), "audio") => Script::AudioFile(path.clone()),
        (Some(path), _) => words(read_text_file(path)?)?,
        (None, _) => words(text(source).unwrap_or_default().to_owned())?,
    };
    let mut look = arguments.look.look();
    if let Some(side) = text("size") {
        look.size = said(look::film_size(side), "size")?;
    }
    if let Some(background) = text("background") {
        look.background = said(look::background(background), "background")?;
    }
    if let Some(name) = text("framing") {
        let named = FramingArgument::from_str(name, false);
        look.framing.extent = framing::extent(said(named, "framing")?);
    }
    if let Some(name) = text("aspect") {
        look.framing.aspect = said(framing::aspect(name), "aspect")?;
    }
    if let Some(style) = text("captions") {
        look.captions = Some(said(look::captions(style), "captions")?);
    }
    if let Some(rate) = text("fps") {
        look.frame_rate = said(look::frame_rate(rate), "fps")?;
    }
    Ok(Item {
        name: name.to_owned(),
        script,
        input,
        portrait: PortraitArguments {
            path: file("portrait").or_else(|| arguments.portrait.path.clone()),
            face: match text("face") {
                Some(number) => Some(said(face_number(number), "face")?),
                // The number of the command line is that of its own picture.
                None if text("portrait").is_none() => arguments.portrait.face,
                None => None,
            },
        },
        seed: match text("seed") {
            Some(seed) => seed.parse().context(text!("batch-seed"))?,
            None => arguments.seed,
        },
        look,
        sound_codec: arguments.look.audio_codec,
        output: arguments
            .output
            .join(text("output").context(text!("batch-output"))?),
    })
}

/// What a column holds, or why that cannot be.
fn said<T>(result: Result<T, String>, column: &str) -> anyhow::Result<T> {
    result.map_err(|reason| {
        anyhow::Error::msg(text!("batch-field", column = column, reason = reason))
    })
}

/// Of several items for one file the first is made.
fn refuse_shared_outputs(items: &mut [Listed]) {
    let mut taken: HashMap<PathBuf, String> = HashMap::new();
    for listed in items {
        let Ok(item) = listed else { continue };
        if let Some(earlier) = taken.get(&item.output) {
            *listed = Err(Refused {
                name: item.name.clone(),
                reason: text!("batch-output-shared", earlier = earlier.as_str()),
            });
        } else {
            taken.insert(item.output.clone(), item.name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio::look::FilmSize;

    fn listed(csv: &str) -> anyhow::Result<Vec<Listed>> {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("list.csv");
        std::fs::write(&input, csv).unwrap();
        let items = list(&BatchArguments::new(input, PathBuf::from("films")))?.items;
        Ok(items
            .into_iter()
            .map(|item| {
                item.map(|mut item| {
                    for path in item.portrait.path.iter_mut() {
                        *path = path.strip_prefix(folder.path()).unwrap().to_owned();
                    }
                    item
                })
            })
            .collect())
    }

    #[test]
    fn a_row_says_what_it_says_and_the_command_line_the_rest() {
        let items = listed(
            "\u{feff}text, portrait, face, voice, seed, speed, size, background, output\n\
             \"Hello, there.\", me.png, 2, af_bella, 7, 1.5, 1080, #102030, a.mp4\n\
             Bye., , , , , , , , sub/b.wav\n",
        )
        .unwrap();
        let first = items[0].as_ref().unwrap();
        let words = Script::Words {
            text: "Hello, there.".to_owned(),
            voice: ScriptVoice::Named("af_bella".to_owned()),
            speed: 1.5,
        };
        assert_eq!(first.script, words);
        assert_eq!(first.portrait.path(), Some(Path::new("me.png")));
        assert_eq!(first.portrait.face, Some(2));
        assert_eq!(first.seed, 7);
        assert_eq!(first.look.size, FilmSize::ShortSide(1080));
        assert_eq!(first.output, Path::new("films/a.mp4"));
        let second = items[1].as_ref().unwrap();
        assert_eq!(second.portrait.path(), None);
        assert!(matches!(second.script, Script::Words { speed: 1.0, .. }));
        assert_eq!(second.look, Look::default());
    }

    #[test]
    fn a_wrong_row_is_refused_alone() {
        let items = listed(
            "text,audio,speed,output\n\
             Hello,,1,a.mp4\n\
             ,,1,b.mp4\n\
             Hello,b.wav,1,c.mp4\n\
             Hello,,9,d.mp4\n\
             Hello,,1,\n\
             Hello,,1,a.mp4\n\
             Hello,1\n\
             Hello,,1,e.mp4\n",
        )
        .unwrap();
        let reason = |index: usize| items[index].as_ref().unwrap_err();
        assert!(items[0].is_ok());
        assert!(reason(1).reason.contains("exactly one of text"));
        assert!(reason(2).reason.contains("not 2"));
        assert!(reason(3).reason.starts_with("speed: "));
        assert!(reason(4).reason.starts_with("output: "));
        assert!(reason(5).reason.contains("row 2 has the same output"));
        assert_eq!(reason(6).name, "row 8");
        assert!(items[7].is_ok());
    }

    #[test]
    fn a_list_of_which_nothing_can_be_used() {
        let said = |csv: &str| listed(csv).unwrap_err().to_string();
        assert!(said("text,outptu\nHello,a.mp4\n").contains("\"outptu\""));
        assert!(said("text\nHello\n").contains("no column \"output\""));
        assert!(said("text,output,text\n").contains("twice"));
        assert!(said("text,output\n").contains("nothing to do"));
        assert!(said("").contains("output"));
    }

    #[test]
    fn a_folder_gives_its_texts_and_audio_in_order_and_names_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "a.WAV",
            "b.txt",
            "b.mp3",
            "c.aif",
            "d.oga",
            "e.mov",
            "f.md",
            "notes.doc",
        ] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let arguments = BatchArguments::new(folder.path().to_owned(), PathBuf::from("films"));
        let Listing { items, skipped } = list(&arguments).unwrap();
        assert_eq!(skipped, ["notes.doc"]);
        assert_eq!(items.len(), 7);
        assert_eq!(items[0].as_ref().unwrap().output, Path::new("films/a.mp4"));
        assert!(matches!(
            items[1].as_ref().unwrap().script,
            Script::AudioFile(_)
        ));
        // b.mp3 came first, b.txt would write the same file.
        assert!(items[2].as_ref().unwrap_err().reason.contains("b.mp3"));
        assert!(items[3..].iter().all(std::result::Result::is_ok));
    }

    #[test]
    fn a_folder_that_is_written_into_does_not_read_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "a.mp4", "b.mp4"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let arguments = BatchArguments::new(folder.path().to_owned(), folder.path().to_owned());
        let listing = list(&arguments).unwrap();
        let items = listing.items.iter().map(|item| item.as_ref().unwrap());
        let names: Vec<&str> = items.map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "b.mp4"]);
        assert!(listing.skipped.is_empty());
    }
}
