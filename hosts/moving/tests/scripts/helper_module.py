"""A module for the import tests."""

__all__ = ["public", "Thing"]
public = "public value"
_private = "private"
hidden = "not in __all__"


class Thing:
    pass


def where():
    return __name__
