//! Where the models, portraits and fonts are.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::media::formats::{Role, is_a};
use crate::texts::text;

/// Environment variable that names the folder which holds `models/` and `assets/`.
pub const DATA_VARIABLE: &str = "JAM_FLOW_DATA";
/// Names of the portraits that speak if the user names none, the first that is there.
const DEFAULT_PORTRAITS: [&str; 2] = ["default", "grace_hopper"];

/// The folders of what came with the program.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Weights and their manifest.
    pub models: PathBuf,
    /// Portraits, voices, fonts, icons.
    pub assets: PathBuf,
}

impl Resources {
    /// The folder named by [`DATA_VARIABLE`], else the one beside the program, else the workspace that it was built in.
    /// `models` overrides the models folder alone. Nothing is checked here: whoever opens a file says what is missing.
    pub fn find(models: Option<PathBuf>) -> Self {
        let root = std::env::var_os(DATA_VARIABLE)
            .map(PathBuf::from)
            .or_else(beside_the_program)
            .unwrap_or_else(workspace);
        Self {
            models: models.unwrap_or_else(|| root.join("models")),
            assets: root.join("assets"),
        }
    }

    /// The portraits that came with the program, in the order of their names.
    pub fn portraits(&self) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.assets.join("portraits");
        let missing = || {
            text!(
                "portraits-missing",
                variable = DATA_VARIABLE,
                path = folder.display().to_string()
            )
        };
        let mut portraits = std::fs::read_dir(&folder)
            .with_context(missing)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()
            .with_context(missing)?;
        portraits.retain(|path| is_a(path, Role::Portrait));
        portraits.sort();
        anyhow::ensure!(!portraits.is_empty(), missing());
        Ok(portraits)
    }

    /// The portrait that speaks if the user names none: `default.*`, else `grace_hopper.*`, else the first.
    pub fn default_portrait(&self) -> anyhow::Result<PathBuf> {
        let mut portraits = self.portraits()?;
        let index = DEFAULT_PORTRAITS
            .iter()
            .find_map(|name| {
                portraits
                    .iter()
                    .position(|path| path.file_stem().is_some_and(|stem| stem == *name))
            })
            .unwrap_or(0);
        Ok(portraits.swap_remove(index))
    }
}

/// The workspace that the program was built in. A packaged program does not know it, so that two builds of it are the same bytes
/// wherever they are made; it looks for its files in the current folder then, which is what its errors name.
fn workspace() -> PathBuf {
    const STUDIO: Option<&str> = match option_env!("JAM_FLOW_PACKAGED") {
        Some(_) => None,
        None => Some(env!("CARGO_MANIFEST_DIR")),
    };
    STUDIO
        .and_then(|studio| Path::new(studio).ancestors().nth(2))
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

fn beside_the_program() -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.to_path_buf();
    folder.join("models").is_dir().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_portrait_is_the_default_whatever_comes_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let portraits = folder.path().join("portraits");
        std::fs::create_dir(&portraits).unwrap();
        for name in ["amara.jpg", "grace_hopper.jpg", "README.md"] {
            std::fs::write(portraits.join(name), "").unwrap();
        }
        let resources = Resources {
            models: folder.path().join("models"),
            assets: folder.path().to_path_buf(),
        };
        assert_eq!(resources.portraits().unwrap().len(), 2);
        assert_eq!(
            resources.default_portrait().unwrap(),
            portraits.join("grace_hopper.jpg")
        );
    }

    #[test]
    fn an_empty_folder_says_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let resources = Resources {
            models: folder.path().join("models"),
            assets: folder.path().to_path_buf(),
        };
        let error = resources.default_portrait().unwrap_err();
        assert!(
            error.to_string().contains("portraits are missing"),
            "{error}"
        );
    }
}
