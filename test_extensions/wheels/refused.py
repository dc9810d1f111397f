"""Wheels that pip must refuse, made here: the same tiny package under the tags of other Pythons and machines.

Two with the right tags stand beside them, so that a refusal means the tag and nothing else.
"""

import base64
import hashlib
import os
import zipfile

WORDS = "is not a supported wheel on this platform"

REFUSED = (
    "cp312-cp312-linux_x86_64",
    "cp313-cp313t-linux_x86_64",
    "cp314-cp314-linux_x86_64",
    "cp314-cp314t-linux_x86_64",
    "cp314-abi3-linux_x86_64",
    "cp313-cp313d-linux_x86_64",
    "pp311-pypy311_pp73-linux_x86_64",
    "graalpy312-graalpy250_312_native-linux_x86_64",
    "cp313-cp313-manylinux_2_17_aarch64",
    "cp313-cp313-musllinux_1_2_x86_64",
    "cp313-cp313-win_amd64",
)
TAKEN = ("cp313-cp313-linux_x86_64", "cp39-abi3-manylinux_2_17_x86_64", "py3-none-any")

NAME = "pierglass_tag_check"


def check(environment, tally, folder):
    for tag in TAKEN:
        finished = environment.pip("install", "--no-index", "--no-deps", "--force-reinstall", make_wheel(folder, tag))
        if finished.ok:
            tally.passed(f"takes a wheel for {tag}", finished.seconds)
        else:
            tally.failed(f"takes a wheel for {tag}", finished.ending())
    environment.pip("uninstall", "--yes", NAME)
    for tag in REFUSED:
        finished = environment.pip("install", "--no-index", "--no-deps", make_wheel(folder, tag))
        if not finished.ok and WORDS in finished.err:
            tally.passed(f"refuses a wheel for {tag}", finished.seconds)
        else:
            tally.failed(f"refuses a wheel for {tag}", finished.ending())


def make_wheel(folder, tag):
    """A wheel of one module, valid but for what its tag claims."""
    path = os.path.join(folder, f"{NAME}-1.0-{tag}.whl")
    info = f"{NAME}-1.0.dist-info"
    files = {
        f"{NAME}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: refused.py\nRoot-Is-Purelib: false\nTag: {tag}\n",
    }
    rows = [f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items()]
    files[f"{info}/RECORD"] = "".join(rows) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
