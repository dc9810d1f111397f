/* Work in another thread, for extensions that are built with threads. */
#ifndef PIERGLASS_TEST_EACH_THREADS_H
#define PIERGLASS_TEST_EACH_THREADS_H

#include "each.h"
#include <pthread.h>

static inline void *call_work(void *job)
{
    (*(void (**)(void *))job)(job);
    return NULL;
}

/* Runs work in another thread, which has no state of Python's, and waits for its end without the lock. What `job` points to begins
 * with the function. */
static inline void in_other_thread(void *job)
{
    pthread_t thread;
    Py_BEGIN_ALLOW_THREADS
    pthread_create(&thread, NULL, call_work, job);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
}

#endif
