"""Write emul/data/global_strings.txt: the strings that CPython 3.13 keeps in `_PyRuntime`, in their order, a line each.

Argument: the folder of an installed CPython's headers.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    header = Path(sys.argv[1], "internal", "pycore_global_strings.h").read_text(encoding="utf-8")
    literals = re.findall(r'STRUCT_FOR_STR\(\w+, "(.*?)"\)', header)
    identifiers = re.findall(r"^ +STRUCT_FOR_ID\((\w+)\)", header, re.M)
    target = HERE.parent / "emul" / "data" / "global_strings.txt"
    target.write_text("".join(f"{text}\n" for text in literals + identifiers), encoding="utf-8")


if __name__ == "__main__":
    main()
