"""Runs one command to its end and says what it used, as JSON on the file descriptor given first.

A process of its own and a small one: the largest resident set that the system reports of a child begins with its
parent's, so that a large parent would hide what a small command takes.
"""

import json
import os
import subprocess
import sys

child = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
with os.fdopen(int(sys.argv[1]), "w") as report:
    json.dump(
        {"code": child.returncode, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024},
        report,
    )
