"""`atlas report`: the published build as one HTML file that needs no server and no network."""

import json
from pathlib import Path

from ingest import archive
from ingest.errors import AtlasError, UsageError, is_full_disk
from ingest.home import Home


def write(home: Home, out: Path | None = None) -> Path:
    """Write the page of the build in force and return where it is: `out`, or `report/atlas.html` of the state folder.

    Readers of the file see the old page or the new one. Raises UsageError where nothing is published or the file cannot
    be written, AtlasError where the build is not what the page is made of.
    """
    from orchestration.answers import open_published
    from orchestration.report import facts, page

    target = _target(home, out)
    with open_published(home) as con:
        # The manifest beside the file that is open: a build published meanwhile is the next page's.
        of_file = "select path from duckdb_databases() where database_name = current_database()"
        ((opened,),) = con.execute(of_file).fetchall()
        try:
            manifest = json.loads(Path(opened).with_name("manifest.json").read_text())
        except (OSError, ValueError) as error:
            raise AtlasError(f"The published build has no readable manifest ({error}). Run `atlas refresh`.") from None
        html = page.render(facts.read(con), manifest)
    try:
        archive.write_whole(target, html.encode())
        target.chmod(0o644)  # it is made to be handed on
    except OSError as error:
        if is_full_disk(error):
            raise
        raise UsageError(f"{target} cannot be written ({error.strerror}). Name another file with --out.") from None
    return target


def _target(home: Home, out: Path | None) -> Path:
    if out is None:
        folder = home.root / "report"
        folder.mkdir(exist_ok=True)
        return folder / "atlas.html"
    if out.exists() and not out.is_file():
        raise UsageError(f"--out must be a file, such as atlas.html; {out} is not one.")
    if not out.parent.is_dir():
        raise UsageError(f"--out must lie in a folder that exists; there is no {out.parent}.")
    return out.resolve()
