"""`_signal`: which handler is whose. What the system does with a signal is `_signal_core`'s."""

import sys
import _signal_core
from _signal_core import *

SIG_DFL = 0
SIG_IGN = 1
_NOTE = 2

_handlers = {}


def default_int_handler(signalnum, frame, /):
    """The handler of SIGINT that programs begin with."""
    raise KeyboardInterrupt


def _number(signalnum):
    if not 1 <= signalnum < NSIG:
        raise ValueError("signal number out of range")
    return int(signalnum)


def getsignal(signalnum, /):
    """The handler, SIG_IGN, SIG_DFL, or None for a handler that is not Python's."""
    signalnum = _number(signalnum)
    action = _signal_core._action(signalnum)
    return _handlers.get(signalnum) if action == _NOTE else action


def signal(signalnum, handler, /):
    """Make `handler` the signal's, and return the one before."""
    if not _signal_core._is_main_thread():
        raise ValueError("signal only works in main thread of the main interpreter")
    signalnum = _number(signalnum)
    if isinstance(handler, int) and handler in (SIG_DFL, SIG_IGN):
        action = int(handler)
    elif callable(handler):
        action = _NOTE
    else:
        raise TypeError("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
    before = getsignal(signalnum)
    # A signal that arrives in between finds its handler.
    if action == _NOTE:
        _handlers[signalnum] = handler
    _signal_core._set_action(signalnum, action)
    if action != _NOTE:
        _handlers.pop(signalnum, None)
    return before


def valid_signals():
    """The numbers that the system knows; those between the two kinds are the C library's own."""
    return {number for number in range(1, NSIG) if number <= 31 or number >= SIGRTMIN}


def set_wakeup_fd(fd, /, *, warn_on_full_buffer=True):
    raise NotImplementedError("set_wakeup_fd is not implemented on this host")


def _interrupt_main(signalnum):
    """As if the signal had arrived; nothing if it has no handler in Python."""
    signalnum = _number(signalnum)
    if _signal_core._action(signalnum) == _NOTE:
        _signal_core._simulate(signalnum)


def _deliver(signalnum):
    handler = _handlers.get(signalnum)
    if handler is not None:
        handler(signalnum, sys._getframe().f_back)


if getsignal(SIGINT) == SIG_DFL and _signal_core._is_main_thread():
    signal(SIGINT, default_int_handler)
