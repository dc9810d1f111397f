"""PyDict_Watch: each kind of change is told before it happens, and none once the dict is watched no more."""

from ext_views import watched
from show import attempt


def change(found):
    found["new"] = 1
    found["new"] = 2
    found["old"] = 2
    del found["new"]
    found.update(more=3)
    found.pop("more")
    found.setdefault("set", 5)
    found.clear()


print(watched({"old": 1}, change))
attempt("no dict", watched, [], change)
