"""What the scripts of this folder print with: results, errors, and the proof that the wheel's own binary was used.

Everything printed is compared with what CPython 3.13 printed, so nothing here may depend on addresses, time or paths.
"""

import base64
import csv
import hashlib
import os


def error(call, *args, message=True, **kwargs):
    """Call and print the error it raises. `message=False` where the words are the host's, not the C code's."""
    try:
        result = call(*args, **kwargs)
    except Exception as raised:
        words = f": {raised}" if message else ""
        print(f"{type(raised).__module__}.{type(raised).__name__}{words}")
    else:
        print("no error:", repr(result))


def digest(data):
    """A short name for bytes too long to print."""
    return f"{len(data)} bytes {hashlib.sha256(data).hexdigest()[:16]}"


def accelerated(claim, module):
    """Print the facts that tell that `module`, a C extension, is the one in use, and is the wheel's to the byte."""
    print("accelerated:", claim)
    path = os.path.realpath(module.__file__)
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read())
    print("loaded:", os.path.basename(path), sha256.hexdigest())
    print("as RECORD says:", _recorded_hash(path) == _record_form(sha256))
    print("mapped into the process:", _is_mapped(path))


def _record_form(sha256):
    return "sha256=" + base64.urlsafe_b64encode(sha256.digest()).rstrip(b"=").decode()


def _recorded_hash(path):
    """The hash of the installed file `path` in the RECORD of the wheel it came from, or None."""
    root = os.path.dirname(path)
    while root != os.path.dirname(root):
        infos = [name for name in os.listdir(root) if name.endswith(".dist-info")]
        relative = os.path.relpath(path, root).replace(os.sep, "/")
        for info in infos:
            with open(os.path.join(root, info, "RECORD"), newline="") as file:
                for row in csv.reader(file):
                    if row and row[0] == relative:
                        return row[1]
        if infos:
            return None
        root = os.path.dirname(root)
    return None


def _is_mapped(path):
    with open("/proc/self/maps") as file:
        return any(line.rstrip("\n").endswith(path) for line in file)
