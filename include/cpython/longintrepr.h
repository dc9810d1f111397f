/* cpython/longintrepr.h: the layout of int: sign and digits of 30 bits. */
#include "Python.h"
#if !defined(Py_CPYTHON_LONGINTREPR_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_LONGINTREPR_H
#ifdef __cplusplus
extern "C" {
#endif

#if PYLONG_BITS_IN_DIGIT != 30
#error "the layout served has digits of 30 bits"
#endif
typedef uint32_t digit;
typedef int32_t sdigit;
typedef uint64_t twodigits;
typedef int64_t stwodigits;

#define PyLong_SHIFT 30
#define _PyLong_DECIMAL_SHIFT 9 /* the largest power of ten that fits a digit */
#define _PyLong_DECIMAL_BASE ((digit)1000000000)
#define PyLong_BASE ((digit)1 << PyLong_SHIFT)
#define PyLong_MASK ((digit)(PyLong_BASE - 1))

/* lv_tag: number of digits << 3 | sign (0 positive, 1 zero, 2 negative). */
typedef struct _PyLongValue {
    uintptr_t lv_tag;
    digit ob_digit[1]; /* the least significant first */
} _PyLongValue;

struct _longobject {
    PyObject_HEAD
    _PyLongValue long_value;
};

#define _PyLong_SIGN_MASK 3
#define _PyLong_NON_SIZE_BITS 3

PyAPI_FUNC(PyLongObject *) _PyLong_New(Py_ssize_t);
PyAPI_FUNC(PyObject *) _PyLong_Copy(PyLongObject *src);
PyAPI_FUNC(PyLongObject *) _PyLong_FromDigits(int negative, Py_ssize_t digit_count, digit *digits);

/* Compact: at most one digit. */
static inline int _PyLong_IsCompact(const PyLongObject *op)
{
    assert(PyType_HasFeature(op->ob_base.ob_type, Py_TPFLAGS_LONG_SUBCLASS));
    return op->long_value.lv_tag < (2 << _PyLong_NON_SIZE_BITS);
}
#define PyUnstable_Long_IsCompact _PyLong_IsCompact

static inline Py_ssize_t _PyLong_CompactValue(const PyLongObject *op)
{
    assert(PyUnstable_Long_IsCompact(op));
    Py_ssize_t sign = 1 - (Py_ssize_t)(op->long_value.lv_tag & _PyLong_SIGN_MASK);
    return sign * (Py_ssize_t)op->long_value.ob_digit[0];
}
#define PyUnstable_Long_CompactValue _PyLong_CompactValue

#ifdef __cplusplus
}
#endif
#endif
