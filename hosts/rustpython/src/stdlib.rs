//! The standard library of an installed program: carried inside it, unpacked on first use.
//!
//! [`Home`] is a folder laid out as CPython's installation prefix:
//! ```text
//! <cache>/pierglass/<version>-<library>-<program>/   sys.base_prefix
//!     bin/python3.13, python3, python                symlinks to the pierglass program
//!     lib/python3.13/                                the library
//!     include/python3.13/                            our Python.h
//! ```
//! `<library>` is a hash of what is packed and `<program>` one of the program's path, so that two builds never share a folder and
//! every `bin/python3` leads to the program that made it. The folder is unpacked beside its place and renamed into it: whoever
//! comes second finds it complete. A running program holds a shared lock on its folder; folders of older builds of the same
//! program are swept when a new one is made, unless locked.

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

/// Where the library stands unpacked.
#[derive(Debug, Clone)]
pub struct Home {
    prefix: PathBuf,
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
        write!(
            f,
            "\nSet XDG_CACHE_HOME to a folder that can be written ({} MB).",
            ARCHIVE_MEGABYTES
        )
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
        let name = folder_name(&program);
        let mut tried = Vec::new();
        for cache in cache_folders() {
            match open_in(&cache, &name, &program) {
                Ok(prefix) => return Ok(Self { prefix }),
                Err(error) => tried.push((cache.path, error)),
            }
        }
        Err(NoHome { tried })
    }

    /// `sys.base_prefix`.
    #[must_use]
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// `bin/python3`, which leads back to this program.
    #[must_use]
    pub fn python(&self) -> PathBuf {
        self.prefix.join("bin/python3")
    }

    /// `lib/python3.13`.
    #[must_use]
    pub fn library(&self) -> PathBuf {
        self.prefix.join(format!("lib/python{SHORT_VERSION}"))
    }

    /// `include/python3.13`.
    #[must_use]
    pub fn include(&self) -> PathBuf {
        self.prefix.join(format!("include/python{SHORT_VERSION}"))
    }
}

/// A folder that may hold homes.
struct Cache {
    path: PathBuf,
    /// In a folder that everybody may write, only a folder of our own that nobody else can write is trusted.
    shared_parent: bool,
}

fn cache_folders() -> Vec<Cache> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let cache =
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    // SAFETY: geteuid has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    let mut folders = Vec::new();
    if let Some(cache) = cache {
        folders.push(Cache {
            path: cache.join("pierglass"),
            shared_parent: false,
        });
    }
    folders.push(Cache {
        path: env::temp_dir().join(format!("pierglass-{user}")),
        shared_parent: true,
    });
    folders
}

fn folder_name(program: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    program.hash(&mut hasher);
    format!(
        "{}-{ARCHIVE_HASH}-{:08x}",
        env!("CARGO_PKG_VERSION"),
        hasher.finish() as u32
    )
}

fn open_in(cache: &Cache, name: &str, program: &Path) -> io::Result<PathBuf> {
    let prefix = cache.path.join(name);
    if cache.shared_parent && cache.path.exists() {
        check_private(&cache.path)?;
    }
    // A sweep may fall between the unpacking and the lock: once more then.
    for _ in 0..2 {
        if !is_complete(&prefix) {
            create(cache, name, program)?;
        }
        if hold(&prefix).is_ok() && is_complete(&prefix) {
            break;
        }
    }
    Ok(prefix)
}

fn is_complete(prefix: &Path) -> bool {
    prefix
        .join(format!("lib/python{SHORT_VERSION}/os.py"))
        .exists()
}

/// Hold a shared lock on the home until the process ends.
fn hold(prefix: &Path) -> io::Result<()> {
    let lock = File::open(prefix.join(LOCK_FILE))?;
    lock.lock_shared()?;
    mem::forget(lock);
    Ok(())
}

fn check_private(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    // SAFETY: geteuid has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    if found.is_dir() && found.uid() == user && found.mode() & 0o022 == 0 {
        return Ok(());
    }
    Err(io::Error::other(
        "not a folder that only this user can write",
    ))
}

fn create(cache: &Cache, name: &str, program: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&cache.path)?;
    let prefix = cache.path.join(name);
    let draft = cache.path.join(format!("{name}.{}", process::id()));
    let _ = fs::remove_dir_all(&draft);
    let unpacked = unpack(&draft, program).and_then(|()| {
        if prefix.exists() && !is_complete(&prefix) {
            fs::remove_dir_all(&prefix)?; // Somebody cleaned half of it away.
        }
        fs::rename(&draft, &prefix)
    });
    if unpacked.is_err() {
        let _ = fs::remove_dir_all(&draft);
        if is_complete(&prefix) {
            return Ok(()); // Another start was faster.
        }
    }
    sweep(cache, name);
    unpacked
}

fn unpack(draft: &Path, program: &Path) -> io::Result<()> {
    let corrupt = || io::Error::other("the archive inside the program is damaged");
    let packed = lz4_flex::decompress_size_prepended(ARCHIVE).map_err(|_| corrupt())?;
    let mut rest = packed.as_slice();
    let mut last_folder = PathBuf::new();
    while !rest.is_empty() {
        let name = take(&mut rest)
            .and_then(|name| str::from_utf8(name).ok())
            .ok_or_else(corrupt)?;
        let contents = take(&mut rest).ok_or_else(corrupt)?;
        let path = draft.join(name);
        let folder = path.parent().ok_or_else(corrupt)?;
        if folder != last_folder {
            fs::create_dir_all(folder)?;
            last_folder = folder.to_owned();
        }
        fs::write(&path, contents)?;
    }
    let bin = draft.join("bin");
    fs::create_dir_all(&bin)?;
    symlink(program, bin.join(format!("python{SHORT_VERSION}")))?;
    symlink(format!("python{SHORT_VERSION}"), bin.join("python3"))?;
    symlink("python3", bin.join("python"))?;
    File::create(draft.join(LOCK_FILE)).map(drop)
}

/// One length-prefixed part of the archive.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
}

/// Remove the homes of older builds of this program that no process holds.
fn sweep(cache: &Cache, name: &str) {
    let Some((_, program)) = name.rsplit_once('-') else {
        return;
    };
    for entry in fs::read_dir(&cache.path).into_iter().flatten().flatten() {
        let other = entry.file_name();
        let Some(other) = other.to_str() else {
            continue;
        };
        if other == name
            || other
                .rsplit_once('-')
                .is_none_or(|(_, theirs)| theirs != program)
        {
            continue;
        }
        let unused =
            File::open(entry.path().join(LOCK_FILE)).is_ok_and(|lock| lock.try_lock().is_ok());
        if unused {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
