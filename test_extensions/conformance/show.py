"""What the conformance scripts share: print what a call returns or raises."""


def without_place(words):
    """"Objects/file.c:12: bad argument to internal function": the line is nobody's promise."""
    place, colon, rest = words.partition(".c:")
    line, second, message = rest.partition(": ")
    return message if colon and second and line.isdigit() and " " not in place else words


def attempt(label, function, *arguments, **keywords):
    """Print what the call returns, or its exception with its words: for errors that the C API raises."""
    try:
        result = function(*arguments, **keywords)
    except BaseException as error:
        print(f"{label}: {type(error).__name__}: {without_place(str(error))}")
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
