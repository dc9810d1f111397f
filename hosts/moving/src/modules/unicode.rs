//! `unicodedata`: what the Unicode database says of characters. `modules/python/unicodedata.py` has the functions that programs
//! call; here, None says that the database knows nothing. Each takes first whether today's database is asked, or that of 3.2.0.

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};
use rustpython_unicode::{LookupResult, NormalizeForm, Ucd, character_name, is_normalized, normalize, unicode_version};
use rustpython_wtf8::CodePoint;

fn database(vm: &Vm, args: Args) -> Ucd {
    Ucd::new(vm.get(args.h(0)) == Value::TRUE)
}

/// The character that is asked about.
fn character(vm: &mut Vm, args: Args) -> R<CodePoint> {
    let mut points = vm.text(args.h(1)).into_iter().flat_map(|text| text.code_points());
    match (points.next(), points.next()) {
        (Some(point), None) => Ok(point),
        _ => Err(vm.type_error("argument must be a unicode character")),
    }
}

macro_rules! texts {
    ($($name:ident)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let (database, point) = (database(vm, args), character(vm, args)?);
            vm.str(database.$name(point))
        }
    )* };
}

macro_rules! numbers {
    ($($name:ident)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let (database, point) = (database(vm, args), character(vm, args)?);
            match database.$name(point) {
                Some(value) => vm.int(value as i64),
                None => Ok(k::NONE),
            }
        }
    )* };
}

texts! { category east_asian_width decomposition }
numbers! { digit decimal }

fn bidirectional(vm: &mut Vm, args: Args) -> R<H> {
    let (database, point) = (database(vm, args), character(vm, args)?);
    // The table knows no lone surrogates.
    vm.str(if point.to_char().is_none() { "L" } else { database.bidirectional(point) })
}

fn mirrored(vm: &mut Vm, args: Args) -> R<H> {
    let point = character(vm, args)?;
    vm.int(i64::from(database(vm, args).mirrored(point)))
}

fn combining(vm: &mut Vm, args: Args) -> R<H> {
    let point = character(vm, args)?;
    vm.int(i64::from(database(vm, args).combining(point)))
}

fn numeric(vm: &mut Vm, args: Args) -> R<H> {
    let point = character(vm, args)?;
    match database(vm, args).numeric(point) {
        Some(value) => vm.float(value),
        None => Ok(k::NONE),
    }
}

fn name(vm: &mut Vm, args: Args) -> R<H> {
    let (database, point) = (database(vm, args), character(vm, args)?);
    let known = point.to_char().filter(|&c| database.membership(c)).and_then(character_name);
    known.map_or(Ok(k::NONE), |name| vm.str(name))
}

fn lookup(vm: &mut Vm, args: Args) -> R<H> {
    match database(vm, args).lookup(&vm.string(args.h(1))) {
        Some(LookupResult::Character(c)) => vm.str(c.to_string()),
        Some(LookupResult::Sequence(text)) => vm.str(text.to_string()),
        None => Ok(k::NONE),
    }
}

fn form(vm: &mut Vm, args: Args) -> R<NormalizeForm> {
    vm.string(args.h(0)).parse().map_err(|()| vm.value_error("invalid normalization form"))
}

fn normalized(vm: &mut Vm, args: Args) -> R<H> {
    let form = form(vm, args)?;
    let text = normalize(form, vm.text(args.h(1)).expect("a str, as the caller saw"));
    vm.wtf8(text)
}

fn is_in_form(vm: &mut Vm, args: Args) -> R<H> {
    let form = form(vm, args)?;
    let answer = is_normalized(form, vm.text(args.h(1)).expect("a str, as the caller saw"));
    Ok(vm.bool(answer))
}

static FUNCTIONS: [NativeDef; 13] = [
    def("category", "modern c", category),
    def("bidirectional", "modern c", bidirectional),
    def("east_asian_width", "modern c", east_asian_width),
    def("decomposition", "modern c", decomposition),
    def("digit", "modern c", digit),
    def("decimal", "modern c", decimal),
    def("mirrored", "modern c", mirrored),
    def("combining", "modern c", combining),
    def("numeric", "modern c", numeric),
    def("name", "modern c", name),
    def("lookup", "modern name", lookup),
    def("normalize", "form text", normalized),
    def("is_normalized", "form text", is_in_form),
];

fn version(vm: &mut Vm, dict: H) -> R<()> {
    let version = vm.str(unicode_version())?;
    vm.dict_set_str(dict, "unidata_version", version)
}

pub(super) static MODULE: Native =
    Native { name: "_unicode_core", functions: &FUNCTIONS, classes: &[], more: Some(version) };
