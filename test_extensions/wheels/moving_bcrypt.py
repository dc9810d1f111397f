"""bcrypt._bcrypt, an abi3 wheel made of Rust by PyO3, as such: known hashes, salts, kdf, its warning, argument errors."""

import gc
import sys

from as_such import Churn, error, load, section

bcrypt = load("bcrypt._bcrypt")
churn = Churn()

section("known answers")
VECTORS = [
    (b"Kk4DQuMMfZL9o", b"$2b$04$cVWp4XaNU8a4v1uMRum2SO"),
    (b"9IeRXmnGxMYbs", b"$2b$04$pQ7gRO7e6wx/936oXhNjrO"),
    (b"nul \0 inside", b"$2b$04$cVWp4XaNU8a4v1uMRum2SO"),
    (b"", b"$2a$04$CCCCCCCCCCCCCCCCCCCCC."),
    (b"\xff\xff\xa3", b"$2y$04$/OK.fbVrR/bpIqNJ5ianF."),
    (b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", b"$2a$04$abcdefghijklmnopqrstuu"),
]
for password, salt in VECTORS:
    hashed = churn(bcrypt.hashpw(password, salt))
    gc.collect()
    print(hashed, type(hashed).__name__, bcrypt.checkpw(password, hashed), bcrypt.checkpw(password + b"x" if len(password) < 72 else b"", hashed))
print(bcrypt.hashpw(b"again", bcrypt.hashpw(b"again", VECTORS[0][1])) == bcrypt.hashpw(b"again", VECTORS[0][1]))
print(bcrypt.checkpw(b"U*U", b"$2x$05$CCCCCCCCCCCCCCCCCCCCC."), bcrypt.hashpw(password=b"k", salt=VECTORS[0][1]))
print(bcrypt.checkpw(b"k", hashed_password=bcrypt.hashpw(b"k", VECTORS[1][1])), bcrypt.checkpw(b"k", b"$2b$04$" + b"." * 53))

section("salts")
ALPHABET = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
for salt in [bcrypt.gensalt(), bcrypt.gensalt(4), bcrypt.gensalt(rounds=31), bcrypt.gensalt(5, b"2a"), bcrypt.gensalt(prefix=b"2b", rounds=6)]:
    print(salt[:7], len(salt), all(byte in ALPHABET for byte in salt[7:]), type(salt).__name__)
print(len({bcrypt.gensalt(4) for _ in range(20)}), bcrypt.gensalt(4, None)[:7])
print(bcrypt.checkpw(b"secret", bcrypt.hashpw(b"secret", bcrypt.gensalt(4))))

section("kdf")
for password, salt, size, rounds in [
    (b"password", b"salt", 32, 4), (b"password", b"salt", 16, 8), (b"password", b"\0", 16, 4), (b"\0", b"salt", 1, 4), (b"p", b"s", 512, 1),
]:
    derived = bcrypt.kdf(password, salt, size, rounds, ignore_few_rounds=True)
    gc.collect()
    print(len(derived), derived[:48].hex())
print(bcrypt.kdf(password=b"p", salt=b"s", desired_key_bytes=8, rounds=50).hex())


class Bytes(bytes):
    pass


class Rounds:
    def __index__(self):
        gc.collect()
        return 4


class Raising:
    def __index__(self):
        raise LookupError("from __index__")


section("arguments")
print(bcrypt.hashpw(Bytes(b"Kk4DQuMMfZL9o"), Bytes(VECTORS[0][1])) == bcrypt.hashpw(*VECTORS[0]), bcrypt.gensalt(Rounds())[:7])
for wrong in [b"", b"$", b"$2b$04$short", b"$3b$04$cVWp4XaNU8a4v1uMRum2SO", b"$2b$xx$cVWp4XaNU8a4v1uMRum2SO", b"$2b$03$cVWp4XaNU8a4v1uMRum2SO",
              b"$2b$99$cVWp4XaNU8a4v1uMRum2SO", b"$2b$04$!!!!!!!!!!!!!!!!!!!!!!", b"$2b$04$cVWp4XaNU8a4v1uMRum2SO$x", b"$2b$\xff$cVWp4XaNU8a4v1uMRum2SO"]:
    error(bcrypt.hashpw, b"p", wrong)
error(bcrypt.hashpw, b"x" * 73, VECTORS[0][1])
error(bcrypt.checkpw, b"x" * 73, VECTORS[0][1])
error(bcrypt.gensalt, 3)
error(bcrypt.gensalt, 32)
error(bcrypt.gensalt, 4, b"2y")
error(bcrypt.kdf, b"", b"salt", 8, 50)
error(bcrypt.kdf, b"p", b"", 8, 50)
error(bcrypt.kdf, b"p", b"s", 0, 50)
error(bcrypt.kdf, b"p", b"s", 513, 50)
error(bcrypt.kdf, b"p", b"s", 8, 0)

section("argument errors, whose words are PyO3's")
for password in ["text", None, 5, 1.5, bytearray(b"p"), memoryview(b"p"), [1], {}, Bytes, Rounds()]:
    error(bcrypt.hashpw, password, VECTORS[0][1])
error(bcrypt.hashpw)
error(bcrypt.hashpw, b"p")
error(bcrypt.hashpw, b"p", b"s", b"t")
error(bcrypt.hashpw, b"p", password=b"p")
error(bcrypt.hashpw, b"p", other=b"p")
error(bcrypt.hashpw, b"p", **{"\xe9": 1, "\ud800": 2}, message=False)
error(bcrypt.gensalt, "4", message=False)
error(bcrypt.gensalt, 4.0, message=False)
error(bcrypt.gensalt, Raising())
error(bcrypt.gensalt, -1, message=False)
error(bcrypt.gensalt, 65536, message=False)
error(bcrypt.gensalt, 2**80, message=False)
error(bcrypt.kdf, b"p", b"s", 2**64, 50, message=False)
error(bcrypt.kdf, b"p", b"s", 8, -1, message=False)
error(bcrypt.kdf, b"p", b"s", 8, 2**32, message=False)
error(bcrypt.kdf, b"p", b"s", 8, 50, "yes")

section("results live on")
kept = [churn(bcrypt.gensalt(4)) for _ in range(60)]
gc.collect()
print(len(set(kept)), {len(salt) for salt in kept}, all(salt.startswith(b"$2b$04$") for salt in kept))
hashes = {password: bcrypt.hashpw(password, salt) for password, salt in VECTORS}
gc.collect()
print(sum(bcrypt.checkpw(password, hashed) for password, hashed in hashes.items()), hashes[b"nul \0 inside"][-8:])

section("the module")
print(bcrypt.__name__, sorted(bcrypt.__all__), bcrypt.__author__, bcrypt.__title__, bcrypt.__license__, bcrypt.__version_ex__)
for name in ["hashpw", "gensalt", "kdf", "checkpw"]:
    function = getattr(bcrypt, name)
    print(function.__name__, function.__module__, type(function).__name__, function.__text_signature__, function.__doc__)
print(sys.modules["bcrypt._bcrypt"] is bcrypt)
