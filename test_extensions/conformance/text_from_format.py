"""PyUnicode_FromFormat: every conversion, widths, precisions, objects."""

import ext_text

for thing in ("thïng", "plain"):
    for line in ext_text.formats(thing):
        print(ascii(line))
