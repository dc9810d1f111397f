//! `_random`: the Mersenne Twister (MT19937). `modules/python/_random.py` adds the class `Random`, which keeps the generator's
//! 624 words and the index of the next one in a bytearray.

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, NativeDef, R, Vm};
use malachite_bigint::{BigInt, Sign};
use num_traits::Signed;

const WORDS: usize = 624;
/// How far apart the words are that make a new one.
const SHIFT: usize = 397;

/// A generator's state.
struct Twister<'a>(&'a mut [u8]);

impl Twister<'_> {
    fn word(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.0[at * 4..at * 4 + 4].try_into().expect("four bytes"))
    }

    fn put(&mut self, at: usize, word: u32) {
        self.0[at * 4..at * 4 + 4].copy_from_slice(&word.to_ne_bytes());
    }

    fn seed_with_one(&mut self, seed: u32) {
        self.put(0, seed);
        for at in 1..WORDS {
            let before = self.word(at - 1);
            self.put(at, (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(at as u32));
        }
        self.put(WORDS, WORDS as u32);
    }

    /// Mixes `before`, the word before `at`, into the word at `at`.
    fn mixed(&self, at: usize, factor: u32) -> u32 {
        let before = self.word(at - 1);
        self.word(at) ^ (before ^ before >> 30).wrapping_mul(factor)
    }

    fn seed(&mut self, key: &[u32]) {
        self.seed_with_one(19_650_218);
        let mut at = 1;
        for round in 0..WORDS.max(key.len()) {
            let j = round % key.len();
            self.put(at, self.mixed(at, 1_664_525).wrapping_add(key[j]).wrapping_add(j as u32));
            at = self.after(at);
        }
        for _ in 1..WORDS {
            self.put(at, self.mixed(at, 1_566_083_941).wrapping_sub(at as u32));
            at = self.after(at);
        }
        self.put(0, 1 << 31);
    }

    /// The next place of a round; the last word is copied to the front where the round begins again.
    fn after(&mut self, at: usize) -> usize {
        if at + 1 < WORDS {
            return at + 1;
        }
        self.put(0, self.word(WORDS - 1));
        1
    }

    fn twist(&mut self) {
        for at in 0..WORDS {
            let bits = self.word(at) & 1 << 31 | self.word((at + 1) % WORDS) & !(1 << 31);
            let odd = if bits & 1 == 1 { 0x9908_b0df } else { 0 };
            self.put(at, self.word((at + SHIFT) % WORDS) ^ bits >> 1 ^ odd);
        }
        self.put(WORDS, 0);
    }

    fn next(&mut self) -> u32 {
        if self.word(WORDS) as usize >= WORDS {
            self.twist();
        }
        let at = self.word(WORDS);
        self.put(WORDS, at + 1);
        let mut word = self.word(at as usize);
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        word ^ word >> 18
    }
}

fn twister(vm: &mut Vm, h: H) -> R<Twister<'_>> {
    let fits = matches!(vm.body(h), Some(Body::ByteArray(bytes)) if bytes.len() == (WORDS + 1) * 4);
    if !fits {
        return Err(vm.value_error("not a generator's state"));
    }
    let Body::ByteArray(bytes) = vm.body_mut(h) else { unreachable!("just looked") };
    Ok(Twister(bytes))
}

fn seed(vm: &mut Vm, args: Args) -> R<H> {
    let Some(key) = vm.as_bigint(args.h(1)) else { return Err(vm.type_error("a seed is an int")) };
    let (_, key) = key.abs().to_u32_digits();
    let key = if key.is_empty() { vec![0] } else { key };
    twister(vm, args.h(0))?.seed(&key);
    Ok(k::NONE)
}

fn random(vm: &mut Vm, args: Args) -> R<H> {
    let mut twister = twister(vm, args.h(0))?;
    let (high, low) = (twister.next() >> 5, twister.next() >> 6);
    vm.float((f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0)
}

fn getrandbits(vm: &mut Vm, args: Args) -> R<H> {
    let bits = vm.index_i64(args.h(1))?;
    let Ok(bits) = usize::try_from(bits) else {
        return Err(vm.value_error("number of bits must be non-negative"));
    };
    vm.reserve(bits / 8)?;
    let mut twister = twister(vm, args.h(0))?;
    let mut words: Vec<u32> = (0..bits.div_ceil(32)).map(|_| twister.next()).collect();
    if let Some(last) = words.last_mut().filter(|_| bits % 32 != 0) {
        *last >>= 32 - bits % 32;
    }
    vm.bigint(BigInt::from_slice(Sign::Plus, &words))
}

/// The words and the index.
fn state(vm: &mut Vm, args: Args) -> R<H> {
    let twister = twister(vm, args.h(0))?;
    let words: Vec<u32> = (0..=WORDS).map(|at| twister.word(at)).collect();
    let mark = vm.mark();
    for word in words {
        vm.int(i64::from(word))?;
    }
    vm.tuple_since(mark)
}

static FUNCTIONS: [NativeDef; 4] = [
    def("seed", "state key", seed),
    def("random", "state", random),
    def("getrandbits", "state k", getrandbits),
    def("state", "state", state),
];

pub(super) static MODULE: Native = Native { name: "_random_core", functions: &FUNCTIONS, classes: &[], more: None };
