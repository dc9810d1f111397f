"""bcrypt, an abi3 wheel made of Rust by PyO3: known hashes, salts, kdf, its warning, argument errors, threads."""

import base64
import gc
import re
import sys
import threading
import warnings

import bcrypt
from bcrypt import _bcrypt
from report import accelerated, error

print("-- known answers")
VECTORS = [
    (b"Kk4DQuMMfZL9o", b"$2b$04$cVWp4XaNU8a4v1uMRum2SO"),
    (b"9IeRXmnGxMYbs", b"$2b$04$pQ7gRO7e6wx/936oXhNjrO"),
    (b"U*U", b"$2a$05$CCCCCCCCCCCCCCCCCCCCC."),
    (b"U*U", b"$2y$05$CCCCCCCCCCCCCCCCCCCCC."),
    (b"", b"$2a$05$CCCCCCCCCCCCCCCCCCCCC."),
    (b"\xa3", b"$2a$05$/OK.fbVrR/bpIqNJ5ianF."),
    (b"\xff\xff\xa3", b"$2y$05$/OK.fbVrR/bpIqNJ5ianF."),
    (b"nul \0 inside", b"$2b$04$cVWp4XaNU8a4v1uMRum2SO"),
    (b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", b"$2a$05$abcdefghijklmnopqrstuu"),
]
for password, salt in VECTORS:
    hashed = bcrypt.hashpw(password, salt)
    print(hashed, type(hashed).__name__, bcrypt.checkpw(password, hashed), bcrypt.checkpw(password + b"x" if len(password) < 72 else b"", hashed))
print(bcrypt.hashpw(b"again", bcrypt.hashpw(b"again", VECTORS[0][1])) == bcrypt.hashpw(b"again", VECTORS[0][1]))
print(bcrypt.checkpw(b"U*U", b"$2x$05$CCCCCCCCCCCCCCCCCCCCC."), bcrypt.hashpw(password=b"k", salt=VECTORS[0][1]))

print("-- salts")
shape = re.compile(rb"\$2[ab]\$\d\d\$[./A-Za-z0-9]{22}")
for salt in [bcrypt.gensalt(), bcrypt.gensalt(4), bcrypt.gensalt(rounds=31), bcrypt.gensalt(5, b"2a"), bcrypt.gensalt(prefix=b"2b", rounds=6)]:
    print(salt[:7], len(salt), bool(shape.fullmatch(salt)))
print(len({bcrypt.gensalt(4) for _ in range(50)}), bcrypt.gensalt(4, None)[:7])
print(bcrypt.checkpw(b"secret", bcrypt.hashpw(b"secret", bcrypt.gensalt(4))))

print("-- kdf")
for password, salt, size, rounds in [
    (b"password", b"salt", 32, 4), (b"password", b"salt", 16, 64), (b"password", b"\0", 16, 4), (b"\0", b"salt", 1, 4), (b"p", b"s", 512, 1),
]:
    derived = bcrypt.kdf(password, salt, size, rounds, ignore_few_rounds=True)
    print(len(derived), base64.b64encode(derived[:48]))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bcrypt.kdf(b"password", b"salt", 8, 49)
    bcrypt.kdf(password=b"password", salt=b"salt", desired_key_bytes=8, rounds=50)
for warning in caught:
    print(warning.category.__name__, warning.message)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    error(bcrypt.kdf, b"password", b"salt", 8, 2)


class Bytes(bytes):
    pass


class Rounds:
    def __index__(self):
        return 4


class Raising:
    def __index__(self):
        raise LookupError("from __index__")


print("-- arguments")
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
print("-- argument errors, whose words are PyO3's")
for password in ["text", None, 5, bytearray(b"p"), memoryview(b"p"), [1]]:
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

print("-- threads, which overlap since the lock is released")
results = []


def work():
    for _ in range(6):
        results.append((bcrypt.hashpw(*VECTORS[2]), bcrypt.kdf(b"p", b"s", 4, 50).hex()))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), set(results), gc.collect() >= 0)

print(bcrypt.__all__, bcrypt.__version__, bcrypt.__title__, bcrypt.__license__, _bcrypt.__version_ex__)
for function in [bcrypt.hashpw, bcrypt.gensalt, bcrypt.kdf, bcrypt.checkpw]:
    print(function.__name__, function.__module__, type(function).__name__, function.__text_signature__, function.__doc__)
print(_bcrypt.__name__, sorted(_bcrypt.__all__), _bcrypt.__author__)
accelerated(bcrypt.hashpw is _bcrypt.hashpw and sys.modules["bcrypt._bcrypt"] is _bcrypt, _bcrypt)
