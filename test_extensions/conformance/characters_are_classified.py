"""_PyUnicode_Is* and _PyUnicode_To* over all code points and beyond them, and the tables of single bytes."""

import ext_ctype
from show import attempt

for text in "aAzZ09 _\t\n\x00\x7f\x85\xa0ª²½ßéǅσΣДа٣٧ⅧⅷḀẞ中〇㊀一万億﷐ﬀ\u2028\u3000\ud800\udfff\uffff𝟘𝔘𐐀𐐨🎉":
    print(ascii(text), ext_ctype.of(ord(text)))
for number in (0x10FFFF, 0x110000, 0x200000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
    print(hex(number), ext_ctype.of(number))
attempt("no number", ext_ctype.of, "a")

# Each block alone, so that a difference says where it is.
for first in [*range(0, 0x30000, 0x1000), 0x30000, 0xE0000, 0xF0000, 0x100000]:
    print(hex(first), ext_ctype.totals(first, first + 0xFFF))
print("all", ext_ctype.totals(0, 0x110FFF))

for byte, row in enumerate(ext_ctype.tables()):
    print(byte, row, ext_ctype.classes(bytes([byte])))
print(ext_ctype.hexadecimal())
