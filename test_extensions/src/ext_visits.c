/* A thread that gave the lock away before there was another interpreter enters one that another thread started meanwhile, and comes back. */
#include "common.h"
#include <semaphore.h>

static sem_t given_away, started;
static PyInterpreterState *other;

/* Start an interpreter as soon as the visitor has given the lock away. */
static PyObject *
start(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    Py_BEGIN_ALLOW_THREADS
    sem_wait(&given_away);
    Py_END_ALLOW_THREADS
    PyThreadState *own = PyThreadState_Get(), *theirs = Py_NewInterpreter();
    other = theirs ? theirs->interp : NULL;
    PyThreadState_Swap(own);
    sem_post(&started);
    return PyBool_FromLong(theirs != NULL);
}

/* visit(source): whether the source ran in the other interpreter; the number of the one that this thread was in then is another. */
static PyObject *
visit(PyObject *Py_UNUSED(module), PyObject *source)
{
    const char *text = PyUnicode_AsUTF8(source);
    PyThreadState *own = PyEval_SaveThread();
    sem_post(&given_away);
    sem_wait(&started);
    PyThreadState *theirs = PyThreadState_New(other);
    PyEval_AcquireThread(theirs);
    int64_t there = PyInterpreterState_GetID(PyInterpreterState_Get());
    int status = PyRun_SimpleString(text);
    PyThreadState_Clear(theirs);
    PyThreadState_DeleteCurrent();
    PyEval_RestoreThread(own);
    return Py_BuildValue("(iii)", status, there > 0, (int)PyInterpreterState_GetID(PyInterpreterState_Get()));
}

static PyMethodDef methods[] = {
    {"start", start, METH_NOARGS, NULL},
    {"visit", visit, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int
exec(PyObject *Py_UNUSED(module))
{
    return sem_init(&given_away, 0, 0) < 0 || sem_init(&started, 0, 0) < 0 ? -1 : 0;
}

MODULE(ext_visits, "A thread in an interpreter that is younger than what it gave away.", methods, exec)
