"""Put the console's scripts of others into the package: `python tools/vendor.py`.

They come from the npm registry, through its client. What stands in `static/vendor/vendor.json` is
what the package ships: versions, licences, and the hash of each file.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "src/tradepost/console/static/vendor"
PACKAGES: Final = {
    "htmx.org": ("2.0.11", {"package/dist/htmx.min.js": "htmx.min.js"}),
    "swagger-ui-dist": (
        "5.35.0",
        {
            "package/swagger-ui-bundle.js": "swagger-ui-bundle.js",
            "package/swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
            "package/swagger-ui.css": "swagger-ui.css",
            "package/LICENSE": "swagger-ui.LICENSE",
            "package/NOTICE": "swagger-ui.NOTICE",
        },
    ),
}
"""Of each package its version, and which of its files are shipped under which name."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = [_take(name, version, files) for name, (version, files) in sorted(PACKAGES.items())]
    (FOLDER / "vendor.json").write_text(json.dumps(told, indent=2) + "\n")


def _take(name: str, version: str, files: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 (versions of ours)
            ["npm", "pack", f"{name}@{version}", "--silent"],  # noqa: S607 (of the path, as ever)
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            about = json.loads(_read(archive, "package/package.json"))
            shipped = {}
            for inside, target in files.items():
                data = _read(archive, inside)
                (FOLDER / target).write_bytes(data)
                shipped[target] = hashlib.sha256(data).hexdigest()
    print(f"{name} {version}: {', '.join(shipped)}", file=sys.stderr)
    return {"name": name, "version": version, "licence": about["license"], "files": shipped}


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


if __name__ == "__main__":
    main()
