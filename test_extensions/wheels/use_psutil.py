"""psutil, an abi3 wheel: what it says of this process and machine against what else can be known, so that the output is the same everywhere."""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
from psutil import _psutil_linux as cext
from report import accelerated, error

me = psutil.Process()


def allowed_cpus():
    """The processors that the kernel says this process may use, from its own text: not every host has sched_getaffinity."""
    with open("/proc/self/status") as file:
        (ranges,) = [line.split(":")[1].strip() for line in file if line.startswith("Cpus_allowed_list")]
    return {cpu for first, _, last in (part.partition("-") for part in ranges.split(",")) for cpu in range(int(first), int(last or first) + 1)}


print("-- this process")
print(me.pid == os.getpid(), me.ppid() == os.getppid(), me.is_running(), me.status() in ("running", "sleeping"))
print(os.path.realpath(me.exe()) == os.path.realpath("/proc/self/exe"), type(me.name()).__name__, me.cmdline()[-1] == sys.argv[0], me.cwd() == os.getcwd())
print(me.uids().real == os.getuid(), me.gids().effective == os.getegid(), me.username() == me.as_dict(["username"])["username"])
print(0 < me.create_time() <= time.time(), me.num_threads() >= 1, me.memory_info().rss > 2**20, 0 < me.memory_percent() < 100)
print(me.cpu_times().user >= 0, len(me.cpu_times()), me.nice() == os.getpriority(os.PRIO_PROCESS, 0), cext.proc_priority_get(os.getpid()) == me.nice())
print(set(me.cpu_affinity()) == allowed_cpus(), cext.proc_cpu_affinity_get(0) == me.cpu_affinity())
affinity = me.cpu_affinity()
print(me.cpu_affinity(affinity[:1]), allowed_cpus() == set(affinity[:1]), me.cpu_affinity(affinity), allowed_cpus() == set(affinity))
print(type(me.ionice()).__name__, int(me.ionice().ioclass) in range(4), me.environ()["PATH"] == os.environ["PATH"], me == psutil.Process(os.getpid()), hash(me) == hash(psutil.Process()))
with open(__file__) as file:
    print(os.path.realpath(__file__) in [opened.path for opened in me.open_files()], me.num_fds() >= 3, file.fileno() in [opened.fd for opened in me.open_files()])
print(me.rlimit(psutil.RLIMIT_NOFILE) == __import__("resource").getrlimit(__import__("resource").RLIMIT_NOFILE), me.parent().pid == os.getppid())
print(any(region.path.endswith("_psutil_linux.abi3.so") for region in me.memory_maps()), len(me.threads()) == me.num_threads())
server = socket.create_server(("127.0.0.1", 0))
connections = [c for c in me.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
print(server.getsockname()[1] in [connection.laddr.port for connection in connections])
server.close()

print("-- this machine")
print(psutil.cpu_count() == os.cpu_count(), 0 <= psutil.cpu_percent() <= 100, len(psutil.cpu_times(percpu=True)) >= 1, psutil.cpu_stats().ctx_switches > 0)
memory, swap = psutil.virtual_memory(), psutil.swap_memory()
print(abs(memory.total - os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) < 2**16, 0 < memory.available <= memory.total, 0 <= swap.percent <= 100)
sysinfo = cext.linux_sysinfo()
print(type(sysinfo).__name__, len(sysinfo), sysinfo[0] * sysinfo[-1] == memory.total, all(type(field) is int for field in sysinfo))
usage, real = psutil.disk_usage("/"), os.statvfs("/")
print(usage.total == real.f_frsize * real.f_blocks, all(type(part.mountpoint) is str for part in psutil.disk_partitions(all=True)))
partitions = cext.disk_partitions("/proc/self/mounts")
print(type(partitions).__name__, {type(field).__name__ for part in partitions for field in part}, {len(part) for part in partitions}, any(part[1] == "/" for part in partitions))
addresses = psutil.net_if_addrs()
print("lo" in addresses, "127.0.0.1" in [a.address for a in addresses["lo"]], [a.netmask for a in addresses["lo"] if a.family == socket.AF_INET][:1])
print({len(row) for row in cext.net_if_addrs()}, cext.net_if_mtu("lo") > 0, "loopback" in cext.net_if_flags("lo"), psutil.net_if_stats()["lo"].isup, cext.net_if_is_running("lo"))
print(psutil.boot_time() < time.time(), os.getpid() in psutil.pids(), psutil.pid_exists(os.getpid()), isinstance(cext.users(), list), len(psutil.getloadavg()))
print(cext.getpagesize() == os.sysconf("SC_PAGE_SIZE"), cext.version, cext.DUPLEX_FULL, cext.DUPLEX_HALF, cext.DUPLEX_UNKNOWN, cext.RLIMIT_NOFILE)
print(type(psutil.heap_info()).__name__, psutil.heap_info().heap_used > 0, type(psutil.heap_trim()).__name__) if hasattr(psutil, "heap_info") else None
print([cext.check_pid_range(pid) for pid in (0, 1, os.getpid(), 2**31 - 1)], cext.set_debug(False))

print("-- a child")
child = subprocess.Popen(["sleep", "100"])
process = psutil.Process(child.pid)
while process.cmdline() != ["sleep", "100"]:
    time.sleep(0.01)
print(process.ppid() == os.getpid(), process.name(), process in me.children(), me in process.parents(), process.parent() == me)
process.nice(process.nice() + 1)
print(process.nice() - me.nice(), os.getpriority(os.PRIO_PROCESS, child.pid) == process.nice(), process.ionice(psutil.IOPRIO_CLASS_IDLE), int(process.ionice().ioclass))
process.suspend()
while process.status() != psutil.STATUS_STOPPED:
    time.sleep(0.01)
process.resume()
process.terminate()
print(process.wait(10), -signal.SIGTERM, process.is_running(), psutil.pid_exists(child.pid), child.poll() is not None)
for call in [process.name, process.nice, process.cpu_affinity, process.ionice, process.kill]:
    try:
        call()
    except psutil.NoSuchProcess as raised:
        print(type(raised).__name__, raised.pid == child.pid)

print("-- errors")
error(cext.proc_priority_get, 2**31 - 1, message=False)
error(cext.proc_cpu_affinity_set, os.getpid(), [10**6])
error(cext.proc_cpu_affinity_set, os.getpid(), ["0"], message=False)
error(cext.proc_cpu_affinity_set, os.getpid(), 5)
error(cext.proc_cpu_affinity_set, os.getpid(), [-1])
error(cext.proc_cpu_affinity_get)
error(cext.proc_priority_get, "1")
error(cext.proc_priority_set, 1)
error(cext.check_pid_range, 2**31)
error(cext.check_pid_range, -1)
error(cext.check_pid_range, "1")
error(cext.net_if_mtu, "no such interface", message=False)
error(cext.net_if_mtu, b"lo")
error(cext.net_if_mtu, "l\0o")
error(cext.net_if_mtu)
error(cext.disk_partitions, "/no/such/file", message=False)
error(psutil.Process, -5)
error(psutil.Process, "1", message=False)
error(psutil.Process, 2**40, message=False)
try:
    cext.disk_partitions("/no/such/file")
except OSError as raised:
    print(type(raised).__name__, raised.errno, raised.filename)
try:
    cext.proc_priority_get(2**31 - 1)
except OSError as raised:
    print(type(raised).__name__, raised.errno, raised.strerror, raised.args)
print(cext.ZombieProcessError.__mro__[1].__name__, cext.ZombieProcessError.__module__, cext.ZombieProcessError.__name__)

print("-- threads")
results = []


def work():
    for _ in range(30):
        results.append((cext.proc_cpu_affinity_get(0) == affinity, cext.net_if_mtu("lo") > 0, len(cext.linux_sysinfo())))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), set(results), gc.collect() >= 0)
print(psutil.__version__, cext.__name__, type(cext.users).__name__, cext.users.__name__, type(cext.linux_sysinfo).__name__, psutil.LINUX)
accelerated(psutil._psplatform.cext is cext and sys.modules["psutil._psutil_linux"] is cext, cext)
