import os
import subprocess
from pathlib import Path

import pytest

import taizhou_corridor as tc

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def plan():
    return tc.Plan.bundled()


@pytest.fixture(scope="session")
def program():
    """The program to compare with: `CORRIDOR=path pytest`."""
    path = os.environ.get("CORRIDOR")
    if not path:
        pytest.skip("CORRIDOR does not name the program")

    def run(*arguments):
        done = subprocess.run([path, *map(str, arguments)], capture_output=True, cwd=ROOT)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


@pytest.fixture(scope="session")
def points():
    """200,000 points around the corridor, some on borders and corners."""
    np = pytest.importorskip("numpy")
    random = np.random.default_rng(7)
    x = 121.19 + 0.33 * random.random(200_000)
    y = 28.54 + 0.175 * random.random(200_000)
    return x, y
