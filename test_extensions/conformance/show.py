"""What the conformance scripts share: print what a call returns or raises."""

import re


def attempt(label, function, *arguments, **keywords):
    """Print what the call returns, or its exception with its words: for errors that the C API raises."""
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:
        # "Objects/file.c:12: bad argument to internal function": the line is nobody's promise.
        print(f"{label}: {type(error).__name__}: {re.sub(r'^\S+[.]c:[0-9]+: ', '', str(error))}")
    else:
        print(f"{label}: {result!r}")


def attempt_type(label, function, *arguments, **keywords):
    """The same without the words, which differ among Pythons: for errors that the interpreter raises."""
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:
        print(f"{label}: raises {type(error).__name__}")
    else:
        print(f"{label}: {result!r}")
