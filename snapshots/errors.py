"""The errors of this package.

SnapshotsError
├── NotJSON             not JSON as we accept it: too deep, duplicate keys, NaN, lone surrogates, cut short
├── NotAStudyRecord     JSON, but no study record of this registry
├── UnknownTrial        nothing is stored under this id
├── UnknownVersion      the trial is stored, this version or day of it is not
│   └── RemovedVersion  it was, until retention took it
├── DamagedVersion      a stored body does not have the hash that was written beside it
├── DatabaseNewer       the file was written by a newer trialbell
├── DatabaseHeld        another process holds the file and did not let go within the busy timeout
└── NoDatabase          there is no trialbell database at this path
"""


class SnapshotsError(Exception):
    """Base of all that this package raises on purpose. `str()` is one line for a person."""

    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class NotJSON(SnapshotsError):
    pass


class NotAStudyRecord(SnapshotsError):
    pass


class UnknownTrial(SnapshotsError):
    pass


class UnknownVersion(SnapshotsError):
    pass


class RemovedVersion(UnknownVersion):
    pass


class DamagedVersion(SnapshotsError):
    pass


class DatabaseNewer(SnapshotsError):
    pass


class DatabaseHeld(SnapshotsError):
    pass


class NoDatabase(SnapshotsError):
    pass
