"""Times `corridor` against its peers, in turn in one run: run.py CORRIDOR DATA [ROUNDS]

Prints medians of wall time, processor time and peak memory, and how many times as long each peer takes."""

import os
import statistics
import subprocess
import sys
import time

program, data = sys.argv[1], sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
here = os.path.dirname(os.path.abspath(__file__))
zones = ["--plan", f"{data}/zones.geojson", "--name-field", "name"]


def ours(workload, form, out):
    ending = "parquet" if form == "parquet" else "csv"
    shapes = f"{data}/parcels.{'parquet' if form == 'parquet' else 'geojson'}"
    # Copying whole CSV lines is faster than omitting columns.
    fields = ["--fields", "id"] if form == "parquet" else []
    return [program, "-q", *{
        "points": ["locate", f"{data}/points.{ending}", *zones, "--long", *fields, "--columns", "zone"],
        "parcels": ["overlay", shapes, *zones, "--fields", "pid", "--columns", "zone,area_m2,share"],
        "sites": ["locate", f"{data}/sites.{ending}", "--plan", shapes, "--name-field", "pid", "--long", *fields,
                  "--columns", "zone"],
    }[workload], "-o", out, "--overwrite"]


def measured(command):
    """Wall time and CPU time in seconds, and megabytes of a process; None if it fails."""
    start = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return None if process.returncode else (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main():
    print("| workload | tool | wall s | processors s | memory MB | times as long |\n|---|---|---|---|---|---|")
    for workload, form in [("points", "csv"), ("points", "parquet"), ("parcels", "geojson"), ("parcels", "parquet"),
                           ("sites", "geojson"), ("sites", "parquet")]:
        ending = "csv" if workload == "parcels" or form != "parquet" else "parquet"
        out = lambda tool: f"{data}/out-{workload}-{form}-{tool}.{ending}"
        tools = ["corridor", "by-hand", "duckdb", "geopandas"] + ["copy"] * (workload == "points")
        runs = {tool: [] for tool in tools}
        for number in range(rounds):
            for tool in tools:
                # Slow ones are timed once.
                if number and tool in ("duckdb", "geopandas"):
                    continue
                peer = [sys.executable, f"{here}/peers.py", tool, workload, form, data, out(tool)]
                runs[tool].append(measured(ours(workload, form, out(tool)) if tool == "corridor" else peer))
        base = None
        for tool, measures in runs.items():
            measures = [measure for measure in measures if measure]
            if not measures:
                print(f"| {workload}, {form} | {tool} | failed | | | |")
                continue
            wall, busy, memory = (statistics.median(column) for column in zip(*measures))
            base = wall if tool == "corridor" else base
            ratio = f"{wall / base:.1f}" if base else ""
            print(f"| {workload}, {form} | {tool} | {wall:.2f} | {busy:.2f} | {memory:.0f} | {ratio} |", flush=True)


main()
