"""Run a script and write down what the crossings came to: follow.py SCRIPT STATISTICS."""

import json
import os
import runpy
import sys

script, statistics = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, os.path.dirname(script))
runpy.run_path(script, run_name='__main__')
try:
    from pierglass import stats
except ImportError:
    sys.exit()
with open(statistics, 'w') as file:
    json.dump(stats(), file)
