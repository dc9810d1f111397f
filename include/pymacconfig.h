/* pymacconfig.h: on macOS, the sizes that differ between the slices of a universal binary.
 * Only 64-bit slices are served, where pyconfig.h is right as it is: nothing to change. */
#ifndef Py_PYMACCONFIG_H
#define Py_PYMACCONFIG_H
#endif
