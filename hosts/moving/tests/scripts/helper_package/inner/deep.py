from . import above
from ... import nothing
