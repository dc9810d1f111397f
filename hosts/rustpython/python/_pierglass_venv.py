"""`pierglass venv`: the standard library's venv, with two differences.

`bin/python` leads straight to the pierglass program, not into the unpacked library: that one stands in a cache, and a cache may be
emptied. And what takes long says so.

Exit status: 0 done, 1 failed, 3 the folder cannot be written.
"""

import os
import subprocess
import sys
import venv

NOT_WRITABLE = 3


class Builder(venv.EnvBuilder):
    def __init__(self, *, quiet, **options):
        super().__init__(**options)
        self.quiet = quiet

    def say(self, text):
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def ensure_directories(self, env_dir):
        context = super().ensure_directories(env_dir)
        context.executable = os.path.realpath(sys.executable)
        return context

    def setup_python(self, context):
        # A link from an older build, or into a cache since emptied, is not repaired by the standard library.
        if os.path.islink(context.env_exe) and os.readlink(context.env_exe) != context.executable:
            os.unlink(context.env_exe)
        super().setup_python(context)

    def _setup_pip(self, context):
        self.say('installing pip (a few seconds) ...')
        super()._setup_pip(context)

    def upgrade_dependencies(self, context):
        self.say('upgrading pip (from the package index) ...')
        super().upgrade_dependencies(context)


def fail(text, status=1):
    print(f'pierglass venv: {text}', file=sys.stderr)
    return status


def obstacle(folder):
    """Why no environment can stand in `folder`: (text, status), or None."""
    if os.pathsep in folder:
        return f"{folder}: a folder's name with '{os.pathsep}' in it cannot stand in PATH", 1
    if os.path.lexists(folder) and not os.path.isdir(folder):
        return f'{folder} is a file, not a folder', NOT_WRITABLE
    above = os.path.abspath(folder)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        return f'{above} is a file, not a folder', NOT_WRITABLE
    if not os.access(above, os.W_OK | os.X_OK):
        return f'{above} cannot be written', NOT_WRITABLE
    return None


def create(folder, options):
    if found := obstacle(folder):
        return fail(*found)
    builder = Builder(symlinks=True, **options)
    builder.say(f'making {folder} ...')
    try:
        builder.create(folder)
    except PermissionError as error:
        return fail(f'{error.filename or folder} cannot be written: {error.strerror}', NOT_WRITABLE)
    except OSError as error:
        return fail(f'{error.filename or folder}: {error.strerror or error}', NOT_WRITABLE)
    except subprocess.CalledProcessError as error:
        output = error.output or b''
        text = output.decode(errors='replace').strip()
        return fail(f"{' '.join(map(str, error.cmd))} ended with status {error.returncode}\n{text}".rstrip())
    builder.say(f'ready: {os.path.join(folder, "bin", "python")}')
    return 0


def main(args):
    flags = {flag for flag in args if flag.startswith('--') and '=' not in flag}
    values = dict(flag.removeprefix('--').split('=', 1) for flag in args if flag.startswith('--') and '=' in flag)
    options = dict(
        system_site_packages='--system-site-packages' in flags,
        clear='--clear' in flags,
        with_pip='--without-pip' not in flags,
        upgrade_deps='--upgrade-deps' in flags,
        prompt=values.get('prompt'),
        quiet='--quiet' in flags,
    )
    folders = [arg for arg in args if not arg.startswith('--')]
    return max((create(folder, options) for folder in folders), default=1)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
