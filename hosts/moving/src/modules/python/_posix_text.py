"""Names of files as text."""


def decode(name):
    return name.decode("utf-8", "surrogateescape")
