"""PyArg_ParseTupleAndKeywords with positional-only and keyword-only names, and PyArg_UnpackTuple."""

import ext_args
from show import attempt

keywords = ext_args.keywords
attempt("keywords(1, 2)", keywords, 1, 2)
attempt("keywords(1, second=2)", lambda: keywords(1, second=2))
attempt("keywords(1, 2, 5, only=6)", lambda: keywords(1, 2, 5, only=6))
attempt("keywords(1, third=5, second=2)", lambda: keywords(1, third=5, second=2))
attempt("keywords(1)", keywords, 1)
attempt("keywords()", keywords)
attempt("keywords(second=1)", lambda: keywords(second=1))
attempt("keywords(1, 2, 3, 4)", keywords, 1, 2, 3, 4)
attempt("keywords(1, 2, second=3)", lambda: keywords(1, 2, second=3))
attempt("keywords(1, 2, wrong=3)", lambda: keywords(1, 2, wrong=3))
attempt("keywords(1, 'x')", keywords, 1, "x")
attempt("keywords(1, 2, only='x')", lambda: keywords(1, 2, only="x"))
attempt("unpacked()", ext_args.unpacked)
attempt("unpacked(1)", ext_args.unpacked, 1)
attempt("unpacked(1, 2, 3)", ext_args.unpacked, 1, 2, 3)
attempt("unpacked(1, 2, 3, 4)", ext_args.unpacked, 1, 2, 3, 4)
attempt("named_are_texts({'a': 1})", ext_args.named_are_texts, {"a": 1})
attempt("named_are_texts({1: 1})", ext_args.named_are_texts, {1: 1})
