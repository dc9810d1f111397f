"""sys.monitoring hears of what C fires: each event with its arguments, with nobody listening, disabled, and with callbacks that fail."""

import sys

import ext_monitoring
from ext_monitoring import enter, fire, leave
from show import attempt

monitoring = sys.monitoring
events = monitoring.events
TOOL, OTHER = 3, 5
PLAIN = ("PY_START", "PY_RESUME")
WITH_ONE = ("PY_RETURN", "PY_YIELD", "JUMP", "BRANCH", "C_RETURN", "STOP_ITERATION")
RAISING = ("RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RAISE")
NAMES = (*PLAIN, *WITH_ONE, "CALL", "LINE", *RAISING)


class Code:
    def __repr__(self):
        return "code-like"


CODE = Code()
monitoring.use_tool_id(TOOL, "tool")
monitoring.use_tool_id(OTHER, "other")


def listen(tool, names, callback):
    for name in NAMES:
        monitoring.register_callback(tool, getattr(events, name), callback if name in names else None)
    wanted = 0
    for name in names:
        # C_RETURN and C_RAISE come with CALL.
        wanted |= getattr(events, name if name not in ("C_RETURN", "C_RAISE") else "CALL")
    monitoring.set_events(tool, wanted)


def arguments(name):
    if name in PLAIN:
        return ()
    if name == "CALL":
        return len, "first"
    if name == "LINE":
        return (123,)
    return (KeyError("gone"),) if name in RAISING else (40,)


def heard(label):
    def callback(*args):
        if args[0] is CODE:
            print("  ", label, args)

    return callback


# What the interpreter itself does fires events too: only one event is listened to, and only while C fires it.
def fired(name, *more, offset=7, directly=False, code=CODE):
    given = more or arguments(name)
    padded = [*given, None, None][:2]
    return fire(getattr(ext_monitoring, name), code, offset, *padded, directly)


print("nobody listens", enter())
for name in NAMES:
    print(name, fired(name))
print("left", leave())

print("one tool")
for name in NAMES:
    listen(TOOL, (name,), heard("heard"))
    active = enter()
    result = fired(name)
    negative = fired(name, offset=-1)
    monitoring.set_events(TOOL, 0)
    print(name, active, result, negative)
    print("  after", enter() == [0] * 16, fired(name), leave())

print("two tools, and another one's callback removed")
listen(TOOL, ("PY_START",), heard("first"))
listen(OTHER, ("PY_START", "PY_RETURN"), heard("second"))
print(enter())
fired("PY_START")
monitoring.register_callback(TOOL, events.PY_START, None)
print(enter())
fired("PY_START")
fired("PY_RETURN")
listen(TOOL, (), None)
listen(OTHER, (), None)

print("disabled")
for name in NAMES:
    calls = []

    def disables(*args):
        if args[0] is CODE:
            calls.append(args[1])
            return monitoring.DISABLE

    listen(TOOL, (name,), disables)
    enter()
    results = [fired(name), fired(name), fired(name)]
    monitoring.set_events(TOOL, 0)
    print(name, results, calls)
    monitoring.restart_events()
    listen(TOOL, (name,), disables)
    enter()
    again = fired(name)
    monitoring.set_events(TOOL, 0)
    print("  after restart_events", again, calls)

print("callbacks that fail")
for name in NAMES:

    def fails(*args):
        if args[0] is CODE:
            raise LookupError(name)

    listen(TOOL, (name,), fails)
    enter()
    result = fired(name)
    monitoring.set_events(TOOL, 0)
    print(name, result)

print("events of exceptions without one")
for name in RAISING:
    listen(TOOL, (name,), heard("heard"))
    enter()
    result = fired(name, None)
    monitoring.set_events(TOOL, 0)
    print(name, result)

print("callbacks that fire")


def fires(*args):
    if args[0] is CODE and args[2] < 3:
        print("   inside", args[2], fired("PY_RETURN", args[2] + 1))


listen(TOOL, ("PY_RETURN",), fires)
enter()
print(fired("PY_RETURN", 0))
monitoring.set_events(TOOL, 0)

print("directly, with nobody listening", enter() == [0] * 16)
for name in NAMES:
    print(name, fired(name, directly=True))
attempt("no event of the scope", fire, 6, CODE, 0)
monitoring.free_tool_id(TOOL)
monitoring.free_tool_id(OTHER)
