"""What can go wrong, as a tree of exceptions.

`message` is a sentence for the screen, `hint` says what to do next.
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


class NotAllowed(DailiesError):
    """Whoever asks may not do this; `hint` says whom to ask."""


class CatalogError(DailiesError):
    """A catalogue file is wrong; the message names file, model and field."""


class StoreError(DailiesError):
    """The history cannot be opened or written."""


class NewerHistory(StoreError):
    """The history was written by a newer Dailies, whose schema this one does not know."""


class DiskFull(DailiesError):
    """Too little free disk to start anything: queued requests and finished clips wait."""


class BucketError(DailiesError):
    """A bucket that does not answer, refuses, or gives back something else."""


class NotInBucket(BucketError):
    """A bucket that answers has no such file, or is not there itself."""


class InvalidUpload(DailiesError):
    """A file that is not accepted."""


class Unplayable(DailiesError):
    """Not a video or sound. With `known`, it looks like one but is damaged."""

    def __init__(self, message: str, hint: str = "", *, known: bool = False) -> None:
        super().__init__(message, hint)
        self.known = known


class BadManifest(DailiesError):
    """Not a generation in the format of the manifests."""


class UnknownGeneration(DailiesError):
    """No generation has this id."""


class TaskTaken(DailiesError):
    """A task belongs to one generation; `owner` is the id of that one, None where who asks may not
    see it."""

    def __init__(self, owner: int | None) -> None:
        what = "Another generation" if owner is None else f"Generation {owner}"
        super().__init__(f"{what} is this task already.")
        self.owner = owner


class TaskExpected(DailiesError):
    """The task is probably that of the unconfirmed generation `owner`."""

    def __init__(self, owner: int) -> None:
        super().__init__(
            f"Generation {owner} may be this task: its answer was lost.",
            "Give the task to that one, so that it counts once.",
        )
        self.owner = owner


@dataclass(frozen=True)
class Problem:
    """One reason why a request cannot be sent, and the field it belongs to."""

    field: str
    message: str


class Invalid(DailiesError):
    """Refused as it was asked for; `problems` lists every reason at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class InvalidRequest(Invalid):
    """Refused before a credit is spent."""


class InvalidShare(Invalid):
    """A link that cannot be made."""


class InvalidFeedback(Invalid):
    """What a guest left cannot be kept."""


class InvalidWildcard(DailiesError):
    """Not a list of choices that can be kept by that name."""


class InvalidReview(DailiesError):
    """A name, note, project or view that cannot be kept as it was written."""


class ProviderError(DailiesError):
    """Anything that a provider said, or failed to say."""


class Unreachable(ProviderError):
    """No connection, or no answer in time."""


class UnreadableAnswer(ProviderError):
    """An answer that cannot be read: truncated, in another format, far too long."""


class Intercepted(UnreadableAnswer):
    """An answer not from the provider: from something in between, or the URL is wrong."""


class NotAuthorized(ProviderError):
    """From the provider itself: the key is wrong, or belongs to another host."""


class NotEnabled(ProviderError):
    """From the provider itself: the key may not use this model."""


class OutOfCredits(ProviderError):
    """The balance does not cover the request: nothing was made."""


class NotFound(ProviderError):
    """The provider does not know the task, or the URL does not exist. For a create call, from
    anybody."""


class ServerTrouble(ProviderError):
    """A 5xx, or any status that has no error of its own here."""


class NotConnected(ProviderError):
    """This server has no access to the provider of a generation."""


class NotCancellable(ProviderError):
    """The provider, which people call `who`, cannot end this task."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} cannot cancel: it goes on, and costs what it costs.")


class Overloaded(ServerTrouble):
    """From the provider itself: it takes on no more work now, and has made nothing."""


class RateLimited(ProviderError):
    """A 429: asked too often. `retry_after` is in seconds, None if nobody says."""

    def __init__(self, message: str, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class DayUsedUp(RateLimited):
    """A 429 on a create call, and by the account's own count the model's day is used up."""


class Refused(ProviderError):
    """The provider will not make this. `issues` pairs a field with a sentence."""

    def __init__(self, message: str, hint: str = "", issues: Sequence[Problem] = ()) -> None:
        super().__init__(message, hint)
        self.issues = tuple(issues)


class DownloadError(DailiesError):
    """An output that could not be fetched, or is not what it should be."""


class LinkExpired(DownloadError):
    """The output's URL no longer works; the task has a new one."""


class StaleDownload(DownloadError):
    """What was fetched before no longer fits the output: start over."""


class UnexpectedContent(DownloadError):
    """Not the medium that was requested.

    `sha256` is that of the file: if the same file comes again, it is what there is.
    """

    def __init__(self, message: str, sha256: str) -> None:
        super().__init__(message, "It is fetched once more.")
        self.sha256 = sha256


class Uninspected(DownloadError):
    """A complete file on our disk that nobody could inspect: no process can be started."""

    def __init__(self) -> None:
        super().__init__("The file is there, but cannot be looked into at the moment.")


class Untaggable(DailiesError):
    """A file in which there is no place for a text, or none without changing more."""


class TooLarge(DownloadError):
    """An output has more bytes than are kept here; `size` is None if nobody says."""

    def __init__(self, size: int | None, largest: int) -> None:
        has = f"has {size / 1024**2:,.0f} MB" if size else "is larger than that"
        super().__init__(
            f"At most {largest / 1024**2:,.0f} MB of one file are kept here; this one {has}.",
            "Set DAILIES_LARGEST_FILE to more, start again, and fetch it again.",
        )
