"""The .env file: its values, and in one sentence which of its lines is wrong."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from core.errors import SettingsError

KEYS = ("RUNWAYML_API_SECRET", "KIE_API_KEY")
OURS = ("RUNWAY", "KIE_", "DAILIES_")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class EnvFile:
    """A file of NAME=value lines. A missing file is an empty one."""

    path: Path
    text: str = field(default="", repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> EnvFile:
        """Raises SettingsError with a sentence that names the line, never its content."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return cls(path)
        except OSError as error:
            raise SettingsError(
                f"The file {path.name} cannot be read ({error.strerror}).",
                "Make it a file that Dailies may read.",
            ) from error
        text = _decoded(content, path.name)
        for binding in parse_stream(io.StringIO(text)):
            if complaint := _complaint(binding):
                line = _line(binding)
                raise SettingsError(
                    f"Line {line} of {path.name} {complaint}", "Write NAME=value, on one line."
                )
        known = dotenv_values(stream=io.StringIO(text))
        return cls(path, text, {name: value or "" for name, value in known.items()})

    @property
    def has_key(self) -> bool:
        return any(self.values.get(key, "").strip() for key in KEYS)

    def under(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Its values, overridden by the environment.

        Raises SettingsError if an empty variable hides a value, or if the file names a key and none
        arrives: nobody then meant to go without it.
        """
        for name in self._hidden(environ):
            raise SettingsError(
                f"{name} is empty in the environment, which hides line {self._line_of(name)} of"
                f" {self.path.name}.",
                "Take the empty variable out of the environment.",
            )
        values = {**self.values, **environ}
        for key in KEYS:
            named = re.search(rf"^[^#\n]*\b{key}\b", self.text, re.IGNORECASE | re.MULTILINE)
            if named and not values.get(key, "").strip():
                line = self.text.count("\n", 0, named.end()) + 1
                raise SettingsError(
                    f"Line {line} of {self.path.name} names {key}, but no key arrives.",
                    f"Write {key}= and the key, or put a # before the line to go without it.",
                )
        return values

    def _hidden(self, environ: Mapping[str, str]) -> Iterator[str]:
        for name, value in self.values.items():
            empty = name in environ and not environ[name].strip()
            if empty and value.strip() and name.startswith(OURS):
                yield name

    def _line_of(self, name: str) -> int:
        bindings = parse_stream(io.StringIO(self.text))
        return [_line(binding) for binding in bindings if binding.key == name][-1]


def _decoded(content: bytes, name: str) -> str:
    if content.startswith(UTF16) or b"\0" in content:
        raise SettingsError(f"All lines of {name} are in UTF-16.", "Save the file as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"Line {line} of {name} holds a character that is not in UTF-8.",
            "Save the file as UTF-8.",
        ) from None  # the error's text includes the file


def _complaint(binding: Binding) -> str:
    if binding.error:
        _name, equals, value = binding.original.string.partition("=")
        if equals and value.lstrip()[:1] in ("'", '"'):
            return "begins a quote that it does not end."
        return "is no setting." if equals else "has no = sign."
    return "has no = sign." if binding.key and binding.value is None else ""


def _line(binding: Binding) -> int:
    """Its number: the text read before it includes the empty lines above."""
    written = binding.original.string
    blank = written[: len(written) - len(written.lstrip())]
    return binding.original.line + blank.count("\n")
