"""What can go wrong, as a tree. A message is a sentence for the screen, a hint says what to do.

DailiesError(message, hint)
├── SettingsError          an environment value that cannot be used
├── CatalogError           a catalogue file is wrong: file, model, field
├── StoreError             the history cannot be opened or written
├── DiskFull                 too little free disk to begin anything; everything waits
├── InvalidUpload          a file that Runway does not take
├── Unplayable             a file that is no video or sound, or is damaged
├── InvalidRequest         refused before a credit is spent; carries every problem
├── BadManifest              a file that is no generation as the manifests keep it
├── UnknownGeneration      no generation has this id
├── TaskTaken              another generation is this task already
├── TaskExpected           an unconfirmed generation probably became this task
├── RunwayError            anything that Runway said, or failed to say
│   ├── Unreachable        no connection, or no answer in time
│   ├── UnreadableAnswer   an answer that cannot be read: cut short, of another form
│   │   └── Intercepted    not Runway's at all: HTML, a redirect, a login page
│   ├── NotAuthorized      401 of Runway's own
│   ├── NotEnabled         403 of Runway's own
│   ├── OutOfCredits       400 of Runway's own, known by its text
│   ├── RateLimited        429; `retry_after` in seconds where given
│   │   └── DayUsedUp      the same, and the account's count says that it is the model's day
│   ├── NotFound           404 of Runway's own; of a create call, anybody's
│   ├── Refused            400, 405, 413, 422; `issues` as Runway lists them
│   └── ServerTrouble      5xx and every other status
└── DownloadError          an output that could not be fetched or is not what it should be
    ├── LinkExpired        the output's address no longer works; the task has a fresh one
    ├── UnexpectedContent        not what was to be made; the same once more is kept all the same
    ├── Uninspected        nobody could look into it; it lies complete on our disk
    ├── TooLarge           more bytes than this server keeps of one file
    ├── TooLarge           more bytes than this server keeps of one file
    └── StaleDownload          what was fetched before does not fit the output any more
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DailiesError(Exception):
    """Base of every expected failure: `message` for the screen, `hint` for what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(DailiesError):
    """An environment value that cannot be used."""


class CatalogError(DailiesError):
    """A catalogue file is wrong; the message names file, model and field."""


class StoreError(DailiesError):
    """The history cannot be opened or written."""


class DiskFull(DailiesError):
    """Too little free disk to begin anything: what is queued and what is made waits."""


class InvalidUpload(DailiesError):
    """A file that Runway does not take."""


class Unplayable(DailiesError):
    """A file that is no video or sound. `known` where it is one by its head, but damaged."""

    def __init__(self, message: str, hint: str = "", *, known: bool = False) -> None:
        super().__init__(message, hint)
        self.known = known


class BadManifest(DailiesError):
    """A file that is no generation as the manifests keep it."""


class UnknownGeneration(DailiesError):
    """No generation has this id."""


class TaskTaken(DailiesError):
    """A task belongs to one generation; `owner` is the id of the one that has it."""

    def __init__(self, owner: int) -> None:
        super().__init__(f"Generation {owner} is this task already.")
        self.owner = owner


class TaskExpected(DailiesError):
    """A task is probably what the unconfirmed generation `owner` became."""

    def __init__(self, owner: int) -> None:
        super().__init__(
            f"Generation {owner} was sent at that time, and its answer was lost.",
            "Give the task to that one, so that it counts once.",
        )
        self.owner = owner


@dataclass(frozen=True)
class Problem:
    """One reason why a request cannot be sent, and the field it belongs to."""

    field: str
    message: str


class InvalidRequest(DailiesError):
    """Refused before a credit is spent; `problems` lists every reason at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class RunwayError(DailiesError):
    """Anything that Runway said, or failed to say."""


class Unreachable(RunwayError):
    """No connection, or no answer in time."""


class UnreadableAnswer(RunwayError):
    """An answer that cannot be read: cut short, of another form, far too long."""


class Intercepted(UnreadableAnswer):
    """An answer that is not Runway's: something in between gave it, or the address is wrong."""


class NotAuthorized(RunwayError):
    """401 of Runway's own: the key is wrong, or belongs to another host."""


class NotEnabled(RunwayError):
    """403 of Runway's own: the key may not use this model."""


class OutOfCredits(RunwayError):
    """400 with Runway's sentence about credits."""


class NotFound(RunwayError):
    """404: Runway does not know the task, or has no such address."""


class ServerTrouble(RunwayError):
    """5xx, and every status that has no meaning of its own here."""


class RateLimited(RunwayError):
    """429: asked too often. `retry_after` in seconds, None where nobody says."""

    def __init__(self, message: str, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class DayUsedUp(RateLimited):
    """429 on a create call, and the account's own count says that the model's day is used up."""


class Refused(RunwayError):
    """400, 405, 413, 422: Runway will not make this. `issues` pairs a field with a sentence."""

    def __init__(self, message: str, hint: str = "", issues: Sequence[Problem] = ()) -> None:
        super().__init__(message, hint)
        self.issues = tuple(issues)


class DownloadError(DailiesError):
    """An output that could not be fetched or is not what it should be."""


class LinkExpired(DownloadError):
    """The output's address no longer works; the task has a fresh one."""


class StaleDownload(DownloadError):
    """What was fetched before does not fit the output any more: start again."""


class UnexpectedContent(DownloadError):
    """Not what was to be made. `sha256` is that of the file: if the same comes once more, it is
    what Runway has."""

    def __init__(self, message: str, sha256: str) -> None:
        super().__init__(message, "It is fetched once more.")
        self.sha256 = sha256


class Uninspected(DownloadError):
    """Nobody could look into a file that is there: no process for that can be started."""

    def __init__(self) -> None:
        super().__init__("The file is there, but cannot be looked into at the moment.")


class TooLarge(DownloadError):
    """A made file has more bytes than are kept here; how many is None where nobody says."""

    def __init__(self, size: int | None, largest: int) -> None:
        has = f"has {size / 1024**2:,.0f} MB" if size else "is larger than that"
        super().__init__(
            f"At most {largest / 1024**2:,.0f} MB of one file are kept here; this one {has}.",
            "Set DAILIES_LARGEST_FILE to more, start again, and fetch it again from Runway.",
        )
