"""The snapshots of the command line with corridor.exe under wine: test-windows.py FOLDER_OF_WINE

The snapshots are renewed in a copy of the repository; what then differs from those of Linux has to be what
known-differences.md lists. trycmd by itself would stop at the first difference of a file.
"""
import json, os, re, shutil, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("known-differences.md")


def steps(file):
    """The commands of a page, with what each prints."""
    found, inside, command = [], False, None
    for line in file.read_text().splitlines():
        if line.startswith("```"):
            inside, command = line.startswith(("```console", "```trycmd")), None
        elif inside and line.startswith("$ "):
            command = line[2:]
            found.append((command, []))
        elif inside and command:
            found[-1][1].append(line)
    # What wine says of itself on a busy machine is not of the program.
    lines = lambda text: [line for line in (re.sub("wine client error:.*", "", line) for line in text) if line]
    return [(command, "\n".join(lines(text)).strip()) for command, text in found]


def known():
    """`page`, command: each a row of a table, its reason in the last column."""
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (.+) \|$", KNOWN.read_text(), re.M)
    return {(page, command) for page, command, _ in rows}


def test_program():
    """The compiled tests/cli.rs."""
    lines = subprocess.run([os.environ.get("CARGO", "cargo"), "test", "--no-run", "--test", "cli", "--message-format", "json"],
                           cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    found = [message["executable"] for message in map(json.loads, lines)
             if message.get("target", {}).get("name") == "cli" and message.get("executable")]
    return found[-1]


def main(folder):
    folder = Path(folder).resolve()
    copy = folder / "snapshots"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    archive = subprocess.run(["git", "ls-files", "-z", "tests/cmd", "docs", "data", "README.md", "README.zh.md", "examples"],
                             cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, archive.decode().split("\0")):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    environment = os.environ | {"CORRIDOR": str(folder / "bin/corridor"), "TRYCMD": "overwrite"}
    run = subprocess.run([test_program()], cwd=copy, env=environment, capture_output=True, text=True)
    (folder / "snapshots.log").write_text(run.stdout + run.stderr)
    total, different = 0, {}
    for page in sorted([*copy.glob("tests/cmd/*.md"), *copy.glob("README*.md"), *copy.glob("docs/*/src/**/*.md")]):
        name = str(page.relative_to(copy))
        before, after = steps(ROOT / name), steps(page)
        assert [command for command, _ in before] == [command for command, _ in after], name
        total += len(before)
        for (command, expected), (_, found) in zip(before, after):
            if expected != found:
                different[name, command] = (expected, found)
    listed = known()
    for (name, command), (expected, found) in different.items():
        if (name, command) not in listed:
            print(f"{name}: {command}\n--- Linux\n{expected}\n--- Windows\n{found}\n")
    for name, command in sorted(listed - different.keys()):
        print(f"{name}: {command}: listed as a difference, but is none")
    print(f"{total} commands; {total - len(different)} print the same as on Linux, {len(different)} differ, "
          f"of which {len(different.keys() & listed)} are known")
    return 0 if total > 0 and set(different) == listed else 1


sys.exit(main(*sys.argv[1:]))
