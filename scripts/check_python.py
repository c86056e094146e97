"""Say in one sentence what is missing before a virtual environment can be made. Runs on any Python 3."""

import importlib.util
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is what finds out
    version = "%d.%d" % sys.version_info[:2]  # noqa: UP031 - older Pythons must be able to read it
    sys.exit("Victoria needs Python 3.11 or newer; this is " + version + ". Try: make PYTHON=python3.11 run")
if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
    sys.exit("Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv")
