"""Records what the scripts print: `python3.13 tests/record.py`. Expected outputs come from CPython, never from this host."""

import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
for script in sorted((here / "scripts").glob("*.py")):
    if script.stem.startswith("helper_"):
        continue
    done = subprocess.run([sys.executable, "-W", "ignore", script.name], cwd=script.parent, capture_output=True, text=True)
    if done.stderr or done.returncode:
        sys.exit(f"{script.name}: {done.returncode}\n{done.stderr}")
    (here / "expected" / f"{script.stem}.txt").write_text(done.stdout)
    print(script.stem)
