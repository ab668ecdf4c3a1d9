"""What several slow tests share."""

import pytest

from tests.recorded import RECORDED, RecordedBuild, build


@pytest.fixture(scope="session")
def recorded_build(tmp_path_factory: pytest.TempPathFactory) -> RecordedBuild:
    """A build of the recorded answers, or a skipped test where they are not beside the project."""
    if not RECORDED.exists():
        pytest.skip("the recorded answers are not beside the project")
    return build(tmp_path_factory.mktemp("recorded_build"))
