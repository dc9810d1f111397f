"""What the checks of this folder share: the environment under test, running its programs, and the tally.

Needs nothing but a stock Python 3.9 or later; that Python only drives, it is never the one under test.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECTED = os.path.join(HERE, "expected")

# The exit code when the package index can't be reached: nothing was shown to work or to fail.
UNREACHABLE = 3

# How pip and the libraries below it speak of a network that isn't there, rather than of a package that isn't.
NETWORK_WORDS = (
    "Retrying (Retry(",
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "Connection refused",
    "Network is unreachable",
    "ProxyError",
    "ConnectTimeoutError",
    "Max retries exceeded",
)


class Unreachable(Exception):
    """The package index can't be reached from here."""


class Finished:
    """What a program that ran to its end, or was stopped, left behind."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    @property
    def ok(self):
        return self.code == 0

    def how(self):
        if self.code is None:
            return f"stopped after {self.seconds:.0f} s"
        return f"killed by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"

    def ending(self):
        """How it ended, with the last words it said: for a report of a failure."""
        return "\n".join([self.how(), *(self.out + self.err).rstrip().splitlines()[-25:]])


def without_python_settings():
    """The environment's variables without the caller's own settings for Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"}


def run(command, timeout=600, cwd=None, **environment):
    """Run `command` without the caller's Python settings, and never wait longer than `timeout` seconds for it."""
    env = without_python_settings()
    env.update(PYTHONIOENCODING="utf-8", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", **environment)
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        out, err = process.communicate(timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        # The whole session of the program: a script that hangs may have left children that hold its pipes.
        os.killpg(process.pid, 9)
        out, err = process.communicate()
        code = None
    return Finished(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), time.monotonic() - start)


class Environment:
    """A virtual environment of the Python under test."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.python = os.path.join(self.folder, "bin", "python")
        self.pip_program = os.path.join(self.folder, "bin", "pip")

    def packages(self):
        """The folder that pip installs into."""
        asked = run([self.python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"])
        return asked.out.strip()

    def pip(self, *arguments, timeout=1800):
        """Run the environment's stock pip. Raises Unreachable if it fails because there is no index to be reached."""
        finished = run([self.pip_program, *arguments], timeout)
        if not finished.ok and self._lacks_network(finished):
            raise Unreachable(finished.ending())
        return finished

    def _lacks_network(self, finished):
        """Whether the network is at fault. What the program under test says counts only if a stock Python says it too."""
        if not any(words in finished.out + finished.err for words in NETWORK_WORDS):
            return False
        with tempfile.TemporaryDirectory() as folder:
            again = run([sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, "iniconfig"])
        if "No module named pip" in again.err:
            return True
        return not again.ok

    def is_the_oracle(self):
        """Whether this is CPython 3.13 itself. `sys.version` is the place where other Pythons say their own names."""
        asked = run([self.python, "-c", "import sys; print(sys.implementation.name, sys.version_info[:2], sys.version)"])
        return asked.out.startswith("cpython (3, 13)") and "pierglass" not in asked.out.lower()


def add_environment_options(parser):
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pierglass", metavar="PATH", help="the pierglass program: make an environment with `PATH venv DIR`")
    where.add_argument("--python", metavar="PATH", help="a Python: make an environment with `PATH -m venv DIR`")
    where.add_argument("--venv-cmd", metavar="COMMAND", help="make an environment with `COMMAND DIR`")
    where.add_argument("--venv", metavar="DIR", help="use this environment, which exists already")
    parser.add_argument("--record", action="store_true", help="write the expected results; the Python must be CPython 3.13")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="for each script (default: 300)")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--only", metavar="NAMES", help="only these packages, separated by commas")


def make_environment(options, folder):
    """The environment that the options ask for; a new one goes into `folder`. Stops the program if it can't be made."""
    if options.venv:
        return Environment(options.venv)
    if options.pierglass:
        command = [os.path.abspath(options.pierglass), "venv"]
    elif options.python:
        command = [options.python, "-m", "venv"]
    else:
        command = shlex.split(options.venv_cmd)
    target = os.path.join(folder, "venv")
    made = run([*command, target])
    if not made.ok:
        sys.exit(f"{shlex.join(command)} made no environment: {made.ending()}")
    print(f"made an environment in {made.seconds:.1f} s", flush=True)
    return Environment(target)


class Tally:
    """The outcomes, each printed as it comes, and the line that closes the run."""

    def __init__(self, quiet=False):
        self.results = []
        self.quiet = quiet

    def passed(self, name, seconds=0.0, detail=""):
        self._add(name, "passed", seconds, detail)

    def failed(self, name, detail, seconds=0.0):
        self._add(name, "failed", seconds, detail)

    def skipped(self, name, detail):
        self._add(name, "skipped", 0.0, detail)

    def _add(self, name, outcome, seconds, detail):
        self.results.append({"name": name, "outcome": outcome, "seconds": round(seconds, 2), "detail": detail})
        if self.quiet and outcome != "failed":
            return
        took = f" ({seconds:.1f} s)" if seconds else ""
        said = detail if "\n" not in detail else "\n    " + detail.replace("\n", "\n    ")
        print(f"{outcome:8}{name}{took}{': ' + said if detail else ''}", flush=True)

    def count(self, outcome):
        return sum(result["outcome"] == outcome for result in self.results)

    def close(self, json_file=None):
        """Print the closing line, write the file if one is asked for, and return the exit code."""
        if json_file:
            with open(json_file, "w") as file:
                json.dump({"results": self.results}, file, indent=1)
        print(f"{self.count('passed')} passed, {self.count('failed')} failed, {self.count('skipped')} skipped")
        return 1 if self.count("failed") or not self.results else 0


def conclude(checks, options):
    """Run `checks(options, tally, folder)` with a temporary folder, and end the program as the tally says."""
    tally = Tally()
    folder = tempfile.mkdtemp(prefix="pierglass-wheels-")
    try:
        checks(options, tally, folder)
    except Unreachable as reason:
        print(f"the package index can't be reached, so nothing is known: {reason}")
        sys.exit(UNREACHABLE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(tally.close(options.json))


def read_expected(name):
    with open(os.path.join(EXPECTED, name), encoding="utf-8") as file:
        return file.read()


def write_expected(name, text):
    os.makedirs(EXPECTED, exist_ok=True)
    with open(os.path.join(EXPECTED, name), "w", encoding="utf-8") as file:
        file.write(text)
