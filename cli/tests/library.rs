//! The library that the program carries: unpacked once, whoever starts first, wherever there is room.

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::thread;

use common::{Scratch, command, program, run};

const PREFIX: &str = "import sys; print(sys.base_prefix)";

#[test]
fn it_stands_below_the_cache_folder() {
    let scratch = Scratch::new();
    let prefix =
        run(command(program()).args(["python", "-c", PREFIX]).env("XDG_CACHE_HOME", scratch.path("")), "").ok();
    assert!(prefix.starts_with(scratch.path("pierglass").to_str().unwrap()), "{prefix}");
}

#[test]
fn concurrent_first_starts_agree() {
    let scratch = Scratch::new();
    let start =
        || run(command(program()).args(["python", "-c", PREFIX]).env("XDG_CACHE_HOME", scratch.path("")), "").ok();
    let prefixes: Vec<String> = thread::scope(|scope| {
        (0..4).map(|_| scope.spawn(start)).collect::<Vec<_>>().into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(prefixes.iter().all(|prefix| *prefix == prefixes[0]), "{prefixes:?}");
    let program_folder = fs::read_dir(scratch.path("pierglass")).unwrap().next().unwrap().unwrap().path();
    let left: Vec<_> = fs::read_dir(program_folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the library and bin, no drafts: {left:?}");
}

#[test]
fn a_cache_emptied_between_starts_is_filled_again() {
    let scratch = Scratch::new();
    let start =
        || run(command(program()).args(["python", "-c", PREFIX]).env("XDG_CACHE_HOME", scratch.path("")), "").ok();
    let prefix = start();
    fs::remove_file(format!("{prefix}/lib/python3.13/os.py")).unwrap();
    assert_eq!(start(), prefix);
    assert!(fs::exists(format!("{prefix}/lib/python3.13/os.py")).unwrap());
}

#[test]
fn an_older_build_s_library_is_swept() {
    let scratch = Scratch::new();
    let start =
        || run(command(program()).args(["python", "-c", PREFIX]).env("XDG_CACHE_HOME", scratch.path("")), "").ok();
    let prefix = start();
    let older = format!("{}/0123", prefix.rsplit_once('/').unwrap().0);
    fs::rename(&prefix, &older).unwrap();
    assert_eq!(start(), prefix);
    assert!(!fs::exists(&older).unwrap());
}

#[test]
fn without_a_home_it_stands_in_the_temporary_folder() {
    let scratch = Scratch::new();
    let mut homeless = command(program());
    homeless.env_remove("XDG_CACHE_HOME").env("HOME", "/proc").env("TMPDIR", scratch.path(""));
    let prefix = run(homeless.args(["python", "-c", PREFIX]), "").ok();
    assert!(prefix.starts_with(scratch.path("pierglass-").to_str().unwrap()), "{prefix}");
}

#[test]
fn a_temporary_folder_laid_by_another_is_refused() {
    let scratch = Scratch::new();
    let mut homeless = command(program());
    homeless
        .env_remove("XDG_CACHE_HOME")
        .env("HOME", "/proc")
        .env("TMPDIR", scratch.path(""))
        .args(["python", "-c", PREFIX]);
    run(&mut homeless, "").ok();
    let laid = fs::read_dir(scratch.path("")).unwrap().next().unwrap().unwrap().path();
    fs::set_permissions(&laid, fs::Permissions::from_mode(0o777)).unwrap();
    let ran = run(&mut homeless, "");
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains(laid.to_str().unwrap()) && ran.err.contains("only this user"), "{ran:?}");
    fs::rename(&laid, scratch.path("elsewhere")).unwrap();
    symlink(scratch.path("elsewhere"), &laid).unwrap();
    assert_eq!(run(&mut homeless, "").status, Some(1));
}

#[test]
fn without_any_room_it_names_the_folders() {
    let mut nowhere = command(program());
    nowhere.env("XDG_CACHE_HOME", "/proc").env("TMPDIR", "/proc");
    let ran = run(nowhere.args(["python", "-c", PREFIX]), "");
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("/proc/pierglass") && ran.err.contains("XDG_CACHE_HOME"), "{ran:?}");
}
