"""Values that C makes and uses alone: what comes of every function of theirs. `cargo xtask exports` sees that none asks the host."""

import ext_c_alone

for family in (ext_c_alone.ints, ext_c_alone.floats, ext_c_alone.tuples, ext_c_alone.bytes, ext_c_alone.texts, ext_c_alone.operators):
    for call, value in family():
        print(call, "->", ascii(value))
