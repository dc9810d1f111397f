from . import first
from .first import name as first_name

version = "1.0"
