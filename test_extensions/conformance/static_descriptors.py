"""tp_descr_get and tp_descr_set of a C type, used in Python's classes."""

from ext_static import Descriptor
from show import attempt


class Host:
    described = Descriptor()

    def __repr__(self):
        return "<host>"


host = Host()
print("instance:", host.described)
print("class:", Host.described)
attempt("set", setattr, host, "described", 1)
attempt("delete", delattr, host, "described")
host.__dict__["described"] = "hidden"
print("a data descriptor wins:", host.described)
descriptor = Host.__dict__["described"]
print("by hand:", descriptor.__get__(host), descriptor.__get__(None, Host), descriptor.__get__(host, Host))
attempt("__set__", descriptor.__set__, host, 5)
attempt("__delete__", descriptor.__delete__, host)


class Meta(type):
    on_type = Descriptor()


class WithMeta(metaclass=Meta):
    def __repr__(self):
        return "x"


print("on a metaclass:", WithMeta.on_type[0], WithMeta.on_type[2])
