//! The standard library of an installed program: carried inside it, unpacked on first use.
//!
//! ```text
//! <cache>/pierglass/<program>/        one for each path at which a pierglass program stands
//!     bin/python3.13, python3, python     symlinks to that program
//!     <library>/                          sys.base_prefix, laid out as CPython's
//!         bin/                            the one above
//!         lib/python3.13/                 the library
//!         include/python3.13/             our Python.h
//! ```
//! `<program>` is a hash of the program's path and `<library>` one of what is packed: two builds never share a library, while
//! `bin/python3`, to which `python -m venv` links, outlives an upgrade of the program. The library is unpacked beside its place
//! and renamed into it: whoever comes second finds it complete. A running program holds a shared lock on its library; libraries
//! of older builds are swept when a new one is unpacked, unless locked.

use std::fmt;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process;
use std::{env, mem};

use crate::identity::SHORT_VERSION;

static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.lz4"));
const ARCHIVE_HASH: &str = env!("PIERGLASS_LIBRARY_HASH");
const LOCK_FILE: &str = ".lock";

/// Where the library stands unpacked, and the program is called `python3`.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
}

/// No folder could take the library: each that was tried, and why not.
#[derive(Debug)]
pub struct NoHome {
    tried: Vec<(PathBuf, io::Error)>,
}

impl fmt::Display for NoHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the standard library cannot be unpacked:")?;
        for (folder, error) in &self.tried {
            write!(f, "\n  {}: {error}", folder.display())?;
        }
        write!(f, "\nSet XDG_CACHE_HOME to a folder that can be written ({} MB).", ARCHIVE_MEGABYTES)
    }
}

impl std::error::Error for NoHome {}

const ARCHIVE_MEGABYTES: u32 = 20;

impl Home {
    /// The home of this program, unpacked now if this is its first start.
    ///
    /// # Errors
    /// If no folder can be written.
    pub fn open() -> Result<Self, NoHome> {
        let program = env::current_exe().unwrap_or_default();
        let mut tried = Vec::new();
        for cache in cache_folders() {
            match cache.check().and_then(|()| Self::open_in(&cache, &program)) {
                Ok(home) => return Ok(home),
                Err(error) => tried.push((cache.path, error)),
            }
        }
        Err(NoHome { tried })
    }

    /// The home that an environment was made from, if it is one of this build. Asked for copies of the program, which many
    /// environments have instead of a link: by their own paths each would unpack a library.
    #[must_use]
    pub fn of_environment(bin: &Path) -> Option<Self> {
        let home = Self { folder: bin.parent()?.to_owned() };
        (home.hold().is_ok() && home.is_unpacked()).then_some(home)
    }

    fn open_in(cache: &Cache, program: &Path) -> io::Result<Self> {
        let home = Self { folder: cache.path.join(folder_name(program)) };
        // A sweep may fall between the unpacking and the lock: once more then.
        for _ in 0..2 {
            if !home.is_unpacked() {
                home.unpack()?;
            }
            if home.hold().is_ok() && home.is_unpacked() {
                break;
            }
        }
        home.link_to(program)?;
        Ok(home)
    }

    /// `sys.base_prefix`.
    #[must_use]
    pub fn prefix(&self) -> PathBuf {
        self.folder.join(ARCHIVE_HASH)
    }

    /// `bin/python3`, which leads back to this program.
    #[must_use]
    pub fn python(&self) -> PathBuf {
        self.folder.join("bin/python3")
    }

    /// `lib/python3.13`.
    #[must_use]
    pub fn library(&self) -> PathBuf {
        self.prefix().join(format!("lib/python{SHORT_VERSION}"))
    }

    /// `include/python3.13`.
    #[must_use]
    pub fn include(&self) -> PathBuf {
        self.prefix().join(format!("include/python{SHORT_VERSION}"))
    }

    fn is_unpacked(&self) -> bool {
        self.library().join("os.py").exists()
    }

    /// Hold a shared lock on the library until the process ends.
    fn hold(&self) -> io::Result<()> {
        let lock = File::open(self.prefix().join(LOCK_FILE))?;
        lock.lock_shared()?;
        mem::forget(lock);
        Ok(())
    }

    fn unpack(&self) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let draft = self.folder.join(format!("{ARCHIVE_HASH}.{}", process::id()));
        let _ = fs::remove_dir_all(&draft);
        let unpacked = unpack_archive(&draft).and_then(|()| {
            if self.prefix().exists() && !self.is_unpacked() {
                fs::remove_dir_all(self.prefix())?; // Somebody cleaned half of it away.
            }
            fs::rename(&draft, self.prefix())
        });
        if unpacked.is_err() {
            let _ = fs::remove_dir_all(&draft);
            if self.is_unpacked() {
                return Ok(()); // Another start was faster.
            }
        }
        self.sweep();
        unpacked
    }

    /// See to it that `bin/python3` and its kin lead to `program`.
    fn link_to(&self, program: &Path) -> io::Result<()> {
        let bin = self.folder.join("bin");
        let full = format!("python{SHORT_VERSION}");
        for (link, target) in [(full.as_str(), program), ("python3", full.as_ref()), ("python", "python3".as_ref())] {
            let path = bin.join(link);
            if fs::read_link(&path).is_ok_and(|found| found == target) {
                continue;
            }
            fs::create_dir_all(&bin)?;
            let draft = bin.join(format!("{link}.{}", process::id()));
            let _ = fs::remove_file(&draft);
            symlink(target, &draft)?;
            fs::rename(&draft, &path)?;
        }
        Ok(())
    }

    /// Remove the libraries of older builds that no process holds.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name() == ARCHIVE_HASH || entry.file_name() == "bin" {
                continue;
            }
            let unused = File::open(entry.path().join(LOCK_FILE)).is_ok_and(|lock| lock.try_lock().is_ok());
            if unused {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// A folder that may hold homes.
struct Cache {
    path: PathBuf,
    /// In a folder that everybody may write, only a folder of our own that nobody else can write is trusted.
    shared_parent: bool,
}

impl Cache {
    fn check(&self) -> io::Result<()> {
        if !self.shared_parent {
            return Ok(());
        }
        let found = match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return fs::DirBuilder::new().mode(0o700).create(&self.path);
            }
            found => found?,
        };
        if found.is_dir() && found.uid() == user_id() && found.mode() & 0o022 == 0 {
            return Ok(());
        }
        Err(io::Error::other("not a folder that only this user can write"))
    }
}

fn user_id() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

fn cache_folders() -> Vec<Cache> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let mut folders = Vec::new();
    if let Some(cache) = cache {
        folders.push(Cache { path: cache.join("pierglass"), shared_parent: false });
    }
    folders.push(Cache { path: env::temp_dir().join(format!("pierglass-{}", user_id())), shared_parent: true });
    folders
}

fn folder_name(program: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    program.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn unpack_archive(draft: &Path) -> io::Result<()> {
    let corrupt = || io::Error::other("the archive inside the program is damaged");
    let packed = lz4_flex::decompress_size_prepended(ARCHIVE).map_err(|_| corrupt())?;
    let mut rest = packed.as_slice();
    let mut last_folder = PathBuf::new();
    while !rest.is_empty() {
        let name = take(&mut rest).and_then(|name| str::from_utf8(name).ok()).ok_or_else(corrupt)?;
        let contents = take(&mut rest).ok_or_else(corrupt)?;
        let path = draft.join(name);
        let folder = path.parent().ok_or_else(corrupt)?;
        if folder != last_folder {
            fs::create_dir_all(folder)?;
            last_folder = folder.to_owned();
        }
        fs::write(&path, contents)?;
    }
    symlink("../bin", draft.join("bin"))?;
    // Last: a draft without it is still being written, and not swept.
    File::create(draft.join(LOCK_FILE)).map(drop)
}

/// One length-prefixed part of the archive.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
}
