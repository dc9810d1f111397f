"""Py_BytesMain with options, modules, folders and archives, and Py_RunMain, which runs once more what the program was started with."""

import os
import re
import subprocess
import sys
import tempfile
import zipfile

from children import child, in_words_of_313

SHOW = "import sys; print([sys.argv[0].rpartition('/')[2], *sys.argv[1:]], sys.orig_argv[1:], __name__, flush=True)"


def main(what, *args):
    errors = child(what, f"c.not_running(); c.bytes_main('python', *{args!r})")
    # Messages begin with the program's name in places, whatever that is.
    print(*(re.sub(r"^\S*python[0-9.]*: ", "", line) for line in errors))


main("-V", "-V")
main("--version", "--version")
main("an unknown option", "-z")
main("an unknown long option", "--zz")
main("-c and nothing", "-c")
child("a setting that cannot be", "c.bytes_main('python', '-X', 'int_max_str_digits=7', '-c', 'print(1)')")
main("many options", "-bBsuq", "-W", "error", "-X", "dev", "-c", SHOW, "-V")
main("-x", "-x", "-c", SHOW)

folder = tempfile.mkdtemp()
os.chdir(folder)
try:
    for name in ("a_module.py", "__main__.py"):
        with open(name, "w") as file:
            file.write(SHOW)
    os.mkdir("a_folder")
    os.rename("__main__.py", "a_folder/__main__.py")
    with zipfile.ZipFile("an_archive", "w") as archive:
        archive.writestr("__main__.py", SHOW)
    with open("skip.py", "w") as file:
        file.write("not Python\n" + SHOW)
    main("-m", "-m", "a_module", "a")
    main("-m with no such module", "-m", "none_such")
    main("a folder", "a_folder", "a")
    main("an archive", "an_archive")
    main("-x with a file", "-x", "skip.py")
finally:
    for path, _, names in os.walk(folder, topdown=False):
        for name in names:
            os.remove(os.path.join(path, name))
        os.rmdir(path)

AGAIN = "import sys; sys.path[:0] = " + repr(sys.path) + """
import ext_ends as c
if "again" in globals():
    print("again", sys.argv, flush=True)
    sys.exit(int(sys.argv[1]))
again = True
LEAVE
c.run_main()
"""
for what, leave in (("Py_RunMain inside of a program", ""), ("Py_RunMain", "c.not_running()")):
    ran = subprocess.run([sys.executable, "-c", AGAIN.replace("LEAVE", leave), "7"], capture_output=True, text=True)
    print(what, "->", ran.returncode)
    print(ran.stdout, *in_words_of_313(ran.stderr).splitlines()[-1:])
