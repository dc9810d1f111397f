"""What the demo does with two wheels from PyPI. Its output is recorded from CPython 3.13 in wheels.expected.

Each line: package, what was asked, the answer. Nothing here may depend on hashes, addresses or the time.
"""

import hashlib
import base64
import importlib.metadata
import pathlib


def show(package, question, answer):
    print(f'{package} | {question} | {answer}')


def unmodified(package, module):
    """Is the extension in use byte for byte the one that the wheel's own RECORD names?"""
    loaded = pathlib.Path(module.__file__)
    for file in importlib.metadata.files(package):
        if pathlib.Path(file.locate()).samefile(loaded):
            digest = hashlib.new(file.hash.mode, loaded.read_bytes()).digest()
            return base64.urlsafe_b64encode(digest).decode().rstrip('=') == file.hash.value
    return False


def ask(package, names, questions):
    for question in questions:
        try:
            answer = repr(eval(question, names))
        except Exception as error:
            answer = f'{type(error).__name__}: {error}'
        show(package, question, answer)


def markupsafe_questions():
    import markupsafe
    from markupsafe import _speedups

    class Page:
        def __html__(self):
            return '<b>page</b>'

    show('markupsafe', 'extension is the wheel\'s', unmodified('markupsafe', _speedups))
    show('markupsafe', 'extension is in use', markupsafe._escape_inner is _speedups._escape_inner)
    ask('markupsafe', {**vars(markupsafe), 'Page': Page, 'inner': _speedups._escape_inner}, [
        "escape('<a href=\"x\">Tom & \\'Jerry\\'</a>')",
        "inner('plain text')",
        "escape('<\u00e9\u4e16\U0001f600>')",
        "escape(Page())",
        "escape(None), escape(42)",
        "escape_silent(None)",
        "Markup('<em>%s</em>') % '<script>'",
        "Markup('<i>') + '</i>'",
        "Markup('<b>{x}</b>').format(x='a & b')",
        "Markup('&lt;a&gt; &copy;').unescape()",
        "Markup('<p>one <b>two</b></p>').striptags()",
        "Markup(', ').join(['<', Markup('>')])",
        "type(escape('x')).__mro__[1].__name__",
        "len(escape('<' * 100000))",
    ])


def ujson_questions():
    import ujson

    class Point:
        def __json__(self):
            return '{"x": 1}'

    show('ujson', 'extension is the wheel\'s', unmodified('ujson', ujson))
    nested = {'name': 'pier glass', 'tags': ['a', 'b', None], 'n': {'pi': 3.141592653589793, 'big': 2**53}}
    ask('ujson', {**vars(ujson), 'nested': nested, 'Point': Point}, [
        "dumps(nested)",
        "dumps(nested, indent=2, sort_keys=True)",
        "loads(dumps(nested)) == nested",
        "loads('[1, -2.5, true, false, null, \"\\\\u00e9\\\\ud83d\\\\ude00\"]')",
        "dumps('\u00e9\u4e16\U0001f600')",
        "dumps('\u00e9', ensure_ascii=False)",
        "dumps('<&>', encode_html_chars=True)",
        "dumps({1: 'int key', None: 'none key', False: 'bool key', 2.5: 'float key'})",
        "dumps(Point())",
        "dumps((1, 2), separators=(', ', ': '))",
        "dumps({3, 4}, default=sorted)",
        "dumps([1e300, 0.1, -0.0])",
        "loads('123456789012345678901234567890')",
        "dumps(2**100)",
        "loads('{\"a\":')",
        "dumps(float('nan'), allow_nan=False)",
        "dumps(object)[:0]",
        "sum(loads(dumps(list(range(10000)))))",
        "JSONDecodeError.__mro__[1].__name__",
    ])


markupsafe_questions()
ujson_questions()
