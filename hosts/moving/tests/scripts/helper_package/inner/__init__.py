from ..first import name as above
