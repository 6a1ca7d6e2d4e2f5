"""Times `corridor check --coverage` and GEOS from file to answer, in turn: speed.py CORRIDOR FOLDER [POLYGONS] [ROUNDS]

CORRIDOR is the program, or - for GEOS alone. The layers are those of big.py."""

import os
import statistics
import subprocess
import sys
import time

program, folder = sys.argv[1:3]
polygons = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
here = os.path.dirname(os.path.abspath(__file__))


def measured(command):
    """Wall time and CPU time in seconds, megabytes; and the last line that was printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}: {text[-2000:]}")
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), text.count("\n"), text


print("| layer | tool | wall s | processors s | memory MB | times as long |\n|---|---|---|---|---|---|")
answers = []
for ending in ["gpkg", "fgb"]:
    path = f"{folder}/tiles-{polygons}.{ending}"
    if not os.path.exists(path):
        subprocess.run([sys.executable, f"{here}/big.py", folder, str(polygons)], check=True, stdout=subprocess.DEVNULL)
    commands = {"corridor": [program, "check", path, "--name-field", "name", "--coverage", "-f", "csv"],
                "GEOS": [sys.executable, f"{here}/geos.py", path, "1"]}
    if program == "-":
        del commands["corridor"]
    runs = {tool: [] for tool in commands}
    for _ in range(rounds):
        for tool, command in commands.items():
            figures, lines, text = measured(command)
            runs[tool].append(figures)
            answers.append(f"{ending}, {tool}: {lines} lines; {text.strip().splitlines()[-1]}")
    base = statistics.median(figures[0] for figures in next(iter(runs.values())))
    for tool, figures in runs.items():
        wall, busy, memory = (statistics.median(column) for column in zip(*figures))
        print(f"| {ending} | {tool} | {wall:.2f} | {busy:.2f} | {memory:.0f} | {wall / base:.1f} |", flush=True)
print("\n".join(dict.fromkeys(answers)))
