"""Make an installation ready: the Dagster instance folder, generated files and the dbt manifest.

Everything is made when it is missing or stale and left alone otherwise. `python -m orchestration.setup` does it all.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ingest import archive
from ingest.errors import DISK_FULL, AtlasError, tells_full_disk
from ingest.home import PROJECT_ROOT, Home, open_home, scratch, sweep
from orchestration import dbt_results, generate

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PARSED = ("*.yml", "models/**/*", "macros/**/*", "seeds/**/*", "tests/**/*", "analyses/**/*")


def ready() -> Home:
    """Return the state folder with everything in place that a run needs."""
    home = open_home()
    sweep(home)
    use_environment(home)
    prepare_manifest(home)
    return home


def use_environment(home: Home) -> None:
    """Set the variables by which Dagster and dbt find their files, for this process and those it starts."""
    os.environ["ATLAS_HOME"] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ["DBT_PROFILES_DIR"] = str(DBT_PROJECT)
    os.environ["DO_NOT_TRACK"] = os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "0"
    # dbt and dagster are started by name; without an activated environment they are found beside the interpreter.
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
    # Dagster offers events in batches only where this is set; `orchestration.event_log` makes use of them.
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "1000"
    template = Path(__file__).with_name("dagster.yaml").read_text(encoding="utf-8")
    wanted = template.replace("$DAGSTER_HOME/", f"{home.dagster}/").encode()
    config = home.dagster / "dagster.yaml"
    if not config.exists() or config.read_bytes() != wanted:
        archive.write_whole(config, wanted)


def prepare_manifest(home: Home) -> None:
    """Write generated files and let dbt parse the project, where either is out of date.

    dbt parses in a folder of this process; the manifest then takes its place in one step, so that a kill or a second
    process at the same time leaves a whole one.
    """
    generate.write_for_dbt()
    digest = archive.sha256(
        b"".join(
            f"{path.relative_to(DBT_PROJECT)}\0".encode() + path.read_bytes()
            for path in sorted({path for pattern in PARSED for path in DBT_PROJECT.glob(pattern) if path.is_file()})
        )
    )
    manifest = dbt_results.manifest_path(home)
    stamp = manifest.with_name("parsed.sha256")
    if manifest.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    dbt_results.target_path(home).mkdir(parents=True, exist_ok=True)
    with scratch(home) as tmp, tempfile.TemporaryDirectory(dir=tmp) as folder:
        _parse(folder)
        # dbt's own cache saves the build a second parse.
        for name, target in (
            ("partial_parse.msgpack", dbt_results.target_path(home)),
            (manifest.name, manifest.parent),
        ):
            (Path(folder) / name).replace(target / name)
    archive.write_whole(stamp, digest.encode())


def _parse(folder: str) -> None:
    done = subprocess.run(
        ["dbt", "--quiet", "parse", "--project-dir", str(DBT_PROJECT), "--target-path", folder, "--log-path", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stdout + done.stderr
        raise AtlasError(
            DISK_FULL if tells_full_disk(said) else f"dbt cannot parse its project. {said.strip()[-1500:]}"
        )


def start_dev() -> None:
    """Start the Dagster UI and daemon, after ending what dead workers left."""
    from dagster import DagsterInstance

    from orchestration.runs import fail_dead_runs

    ready()
    with DagsterInstance.get() as instance:
        # What the server before this one started and no worker took up died with it.
        fail_dead_runs(instance, claim_seconds=0)
    os.chdir(PROJECT_ROOT)
    dagster = shutil.which("dagster") or "dagster"
    os.execv(dagster, [dagster, "dev", "--workspace", "workspace.yaml", *sys.argv[2:]])  # noqa: S606


if __name__ == "__main__":
    try:
        start_dev() if sys.argv[1:2] == ["dev"] else ready()
    except AtlasError as error:
        sys.exit(str(error))
