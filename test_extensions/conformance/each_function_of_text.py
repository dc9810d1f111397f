"""Each function of text (`PyUnicode_*`), with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyUnicode_Append V Q=text O=text
PyUnicode_AppendAndDel V Q=text K=text
PyUnicode_AsASCIIString O O=text ! 0:NULL
PyUnicode_AsCharmapString O O=text O=table ! 0:NULL all:NULL
PyUnicode_AsDecodedObject O O=text S=utf-8 S=strict ! 0:NULL ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyUnicode_AsDecodedUnicode O O=text S=utf-8 S=strict ! 0:NULL ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyUnicode_AsEncodedObject O O=text S=utf-8 S=strict ! 0:NULL ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyUnicode_AsEncodedString O O=text S=utf-8 S=strict ! 0:NULL ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyUnicode_AsEncodedUnicode O O=text S=utf-8 S=strict ! 0:NULL ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyUnicode_AsLatin1String O O=text ! 0:NULL
PyUnicode_AsRawUnicodeEscapeString O O=text ! 0:NULL
PyUnicode_AsUTF16String O O=text ! 0:NULL
PyUnicode_AsUTF32String O O=text ! 0:NULL
PyUnicode_AsUTF8 S O=text ! 0:NULL
PyUnicode_AsUTF8AndSize S O=text n ! 0:NULL
PyUnicode_AsUTF8String O O=text ! 0:NULL
PyUnicode_AsUnicodeEscapeString O O=text ! 0:NULL
PyUnicode_AsWideCharString W O=text n
PyUnicode_BuildEncodingMap O O=text ! 0:NULL
PyUnicode_Compare I O=text O=text ! 0:NULL 1:NULL all:NULL
PyUnicode_CompareWithASCIIString I O<str=text S=text ! 1:NULL
PyUnicode_Concat O O=text O ! 0:NULL 1:NULL all:NULL
PyUnicode_Contains I O=text O=e ! 0:NULL 1:NULL all:NULL
PyUnicode_CopyCharacters N O=text N=0 O=text N=0 N=2 ! 0:NULL 2:NULL all:NULL
PyUnicode_Count N O=aeiou O=e N=0 N=10 ! 0:NULL 1:NULL all:NULL
PyUnicode_Decode O S N=4 S=utf-8 S=strict ! 0:NULL 1:2147483647 1:2147483648 ~ 2:bad-utf8 2:accent 2:12 2:1e400 2:percent 2:braces 2:utf-16 2:escape
PyUnicode_DecodeASCII O S N=4 S=strict ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeCharmap O S N=4 O=wide S=strict ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeFSDefault O S N=4 S=strict ! 0:NULL
PyUnicode_DecodeFSDefaultAndSize O S N=4 ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeLatin1 O S N=4 S=strict ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeLocale O S S=strict ! 0:NULL
PyUnicode_DecodeLocaleAndSize O S N=4 S=strict ! 0:NULL 1:2147483647 1:-2147483648 1:2147483648 1:9223372036854775807 1:-9223372036854775808
PyUnicode_DecodeRawUnicodeEscape O S=escape N=9 S=strict ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeUTF16 O S=utf-16 N=4 S=strict i ! 0:NULL 1:2147483647 1:2147483648 1:-1 1:9223372036854775807
PyUnicode_DecodeUTF16Stateful O S=utf-16 N=5 S=strict i n ! 0:NULL 1:2147483647 1:2147483648 1:-1 1:9223372036854775807
PyUnicode_DecodeUTF32 O S=utf-16 N=4 S=strict i ! 0:NULL 1:-1 1:2147483647 1:2147483648 1:9223372036854775807
PyUnicode_DecodeUTF32Stateful O S=utf-16 N=5 S=strict i n ! 0:NULL 1:-1 1:2147483647 1:2147483648 1:9223372036854775807
PyUnicode_DecodeUTF7 O S N=4 S=strict ! 0:NULL 1:2147483647 1:2147483648 1:-9223372036854775808 1:-1 1:-2147483648 ~ 0:bad-utf8 0:accent 0:utf-16
PyUnicode_DecodeUTF7Stateful O S N=4 S=strict n ! 0:NULL 1:2147483647 1:2147483648 1:-1 1:-2147483648 1:-9223372036854775808 ~ 0:bad-utf8 0:accent 0:utf-16
PyUnicode_DecodeUTF8 O S N=4 S=strict ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeUTF8Stateful O S N=4 S=strict n ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_DecodeUnicodeEscape O S=escape N=9 S=strict ! 0:NULL 1:2147483647 1:2147483648
PyUnicode_EncodeFSDefault O O=text ! 0:NULL
PyUnicode_EncodeLocale O O=text S=strict
PyUnicode_EqualToUTF8 I O<str=text S=text ! 1:NULL
PyUnicode_EqualToUTF8AndSize I O<str=text S=text N=4 ! 1:NULL
PyUnicode_FSConverter I O=text o ! 0:NULL
PyUnicode_FSDecoder I O=text o ! 0:NULL
PyUnicode_Fill N O=text N N U ! 0:NULL
PyUnicode_Find N O=aeiou O=e N=0 N=10 J=1 ! 0:NULL 1:NULL all:NULL
PyUnicode_Find N O==aeiou O==e N=0 N=10 J=-1
PyUnicode_FindChar N O=aeiou U=0x65 N=0 N=10 J=1
PyUnicode_FindChar N O==aeiou U==0x65 N=0 N=10 J=-1
PyUnicode_Format O O=percent O=tuple
PyUnicode_FromEncodedObject O O=bytes S=utf-8 S=strict ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyUnicode_FromKindAndData O J=1 S=text N=4 ! 1:NULL 2:2147483647 2:2147483648
PyUnicode_FromObject O O=text ! 0:NULL
PyUnicode_FromOrdinal O J
PyUnicode_FromString O S ! 0:NULL
PyUnicode_FromStringAndSize O S N=4 ! 1:2147483647 1:2147483648
PyUnicode_FromWideChar O W N=4 ! 1:2147483647 1:2147483648
PyUnicode_GetDefaultEncoding S
PyUnicode_GetLength N O=text ! 0:NULL
PyUnicode_GetSize N O=text
PyUnicode_InternFromString O S ! 0:NULL
PyUnicode_InternImmortal V Q=text
PyUnicode_InternInPlace V Q=text
PyUnicode_IsIdentifier I O<str=text
PyUnicode_Join O O=text O=list-of-text
PyUnicode_New O N=0 U=0x41 ! 0:2147483647 0:2147483648
PyUnicode_Partition O O=aeiou O=e ! 0:NULL 1:NULL all:NULL
PyUnicode_RPartition O O=aeiou O=e ! 0:NULL 1:NULL all:NULL
PyUnicode_RSplit O O=aeiou O=e N=-1 ! 0:NULL all:NULL
PyUnicode_RSplit O O=wide O==NULL N=-1 ! 0:NULL
PyUnicode_ReadChar U O=text N ! 0:NULL
PyUnicode_Replace O O=aeiou O=e O=text N=-1 ! 0:NULL 1:NULL 2:NULL all:NULL
PyUnicode_Resize I Q=text N=2 ! 1:2147483647 1:2147483648
PyUnicode_RichCompare O O=text O=text J=2 ! 0:NULL 1:NULL all:NULL
PyUnicode_Split O O=aeiou O=e N=-1 ! 0:NULL all:NULL
PyUnicode_Split O O=wide O==NULL N=-1 ! 0:NULL
PyUnicode_Splitlines O O=text J ! 0:NULL
PyUnicode_Substring O O<str=aeiou N=1 N=5
PyUnicode_Tailmatch N O=text O=text N=0 N=4 J=1 ! 0:NULL 1:NULL all:NULL
PyUnicode_Translate O O=aeiou O=table S=strict ! 0:NULL all:NULL
PyUnicode_WriteChar I O=text N U ! 0:NULL
PyUnicode_AsUCS4Copy P O<str=text
PyUnicode_AsUCS4 P O<str=text B N=60 J=1 ! 0:NULL
PyUnicode_AsWideChar N O=text w N=8 ! 2:-1 2:-2147483648 2:-9223372036854775808
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
