"""The errors a user can meet. Each says what was expected, what came and what to do."""


class AtlasError(Exception):
    """A foreseeable fault. Shown to the user as one message, never as a traceback."""

    exit_code = 1


class UsageError(AtlasError):
    """The command was asked for something that does not exist or cannot be done."""

    exit_code = 2


class LockedError(AtlasError):
    """Another run holds the writer's lock."""

    exit_code = 4


class DeclarationError(AtlasError):
    """A source declaration is not valid."""

    exit_code = 2


class UnreachableError(AtlasError):
    """A source did not answer. The last good vintage stays in force."""


class FetchError(AtlasError):
    """A source answered, but not with what its declaration promises."""


class GoneError(FetchError):
    """The publisher has nothing at an address."""


class NotMirroredError(UnreachableError):
    """The mirror that is asked instead of a publisher has nothing at an address."""


class ParseError(AtlasError):
    """Archived bytes could not be turned into the declared frame."""


DISK_FULL = "The disk is full. What is published stays, and what was fetched is kept. Free space, then run again."
SIGNS_OF_A_FULL_DISK = (
    "No space left on device", "Disk quota exceeded", "File too large", "database or disk is full", "disk I/O error",
)  # fmt: skip


def tells_full_disk(text: str) -> bool:
    """Whether a message, of whatever library, is about a full disk."""
    return any(sign in text for sign in SIGNS_OF_A_FULL_DISK)


def is_full_disk(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, is about a full disk."""
    while error is not None:
        if tells_full_disk(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
