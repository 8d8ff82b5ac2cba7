r"""A prompt with choices in it, and every prompt that it stands for.

- `{a red|a blue} boat` is two prompts. Without a bar in them, commas divide: `{dawn,dusk,noon}`.
- Choices hold choices: `a {boat|{red|blue} kite}` is three prompts. One may be empty, as in
  `a {big|} boat`.
- `{light=dawn,dusk}` gives a choice a name, and `{light}` says it again, before or after: in one
  prompt all of them are the same.
- A name that the template does not give is that of a kept list: `{light}` is each of its lines.
- A backslash before one of `{ } | , = \` makes it an ordinary sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from core.errors import DailiesError

SIGNS = "{}|,=\\"
NAME = re.compile(r"\s*([^\W\d]\w{0,39})\s*")
SPACES = re.compile(r"(?<=\S) {2,}")
ESCAPED = "For the braces themselves write \\{ and \\}."
DEEPEST = 8
MOST_CHOICES = 100
"""In one template, including nested ones."""

Values = Mapping[str, str]


class BadTemplate(DailiesError):
    """Not a template: the message says where it breaks."""


@dataclass(frozen=True)
class Choice:
    """One of several texts. `name` is empty for a choice used only here; a named one without
    options repeats what the choice of that name has chosen."""

    options: tuple[Parts, ...] = ()
    name: str = ""


Parts = tuple["str | Choice", ...]


def expand(
    template: str, most: int, lists: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> list[str]:
    """The prompts in the order of the choices, each once, at most `most` and one more.

    `lists` are the kept ones by their names in lower case; their lines are plain texts. Double
    spaces left by an empty choice become one. Raises BadTemplate.
    """
    parsed = _Reader(template).whole()
    named = _named(parsed, lists)
    found = islice(_expanded(parsed, {}, named), most + 1)
    return list(dict.fromkeys(SPACES.sub(" ", text).strip() for text, _ in found))


def escape(text: str) -> str:
    """The template that stands for exactly this text."""
    return re.sub(r"[{}|,=\\]", r"\\\g<0>", text)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> Parts:
        found = self._sequence("", 0)
        if self._at < len(self._text):
            raise BadTemplate(
                f"The }} at character {self._at + 1} closes nothing; write \\}} for the brace."
            )
        return found

    def _sequence(self, ends: str, depth: int) -> Parts:
        parts: list[str | Choice] = []
        letters: list[str] = []
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign == "}" or sign in ends:
                break
            if sign == "{":
                parts += ["".join(letters), self._choice(depth + 1)]
                letters = []
                continue
            letters.append(self._letter())
        return tuple(part for part in (*parts, "".join(letters)) if part != "")

    def _letter(self) -> str:
        sign = self._text[self._at]
        following = self._text[self._at + 1 : self._at + 2]
        escaped = sign == "\\" and following and following in SIGNS
        self._at += 2 if escaped else 1
        return following if escaped else sign

    def _choice(self, depth: int) -> Choice:
        start = self._at
        if depth > DEEPEST:
            raise BadTemplate(f"Choices lie in each other at most {DEEPEST} deep.")
        self._at += 1
        name = self._name()
        if name and self._text[self._at : self._at + 1] == "}":
            self._at += 1
            return Choice(name=name)
        inside = self._at
        options = self._options("|", depth)
        if len(options) == 1:  # without a bar, commas divide the options
            self._at = inside
            options = self._options(",", depth)
        if self._at == len(self._text):
            raise BadTemplate(
                f"The {{ at character {start + 1} is never closed; write \\{{ for the brace."
            )
        self._at += 1
        if len(options) == 1 and not name:
            only = f"Between the {{ at character {start + 1} and its }} there is one choice only."
            raise BadTemplate(only, ESCAPED)
        return Choice(tuple(options), name)

    def _name(self) -> str:
        """The name before `=`, which is skipped, or alone before `}`, where it stops; else
        empty."""
        found = NAME.match(self._text, self._at)
        follows = self._text[found.end() : found.end() + 1] if found else ""
        if not found or follows not in ("=", "}"):
            return ""
        self._at = found.end() + (follows == "=")
        return found[1].casefold()

    def _options(self, divider: str, depth: int) -> list[Parts]:
        options = [self._sequence(divider, depth)]
        while self._text[self._at : self._at + 1] == divider:
            self._at += 1
            options.append(self._sequence(divider, depth))
        return [_stripped(option) for option in options]


def _stripped(option: Parts) -> Parts:
    parts = list(option)
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


def _named(parsed: Parts, lists: Mapping[str, Sequence[str]]) -> Mapping[str, Choice]:
    """Raises BadTemplate where a name is used before it is given."""
    choices = list(_choices(parsed))
    if len(choices) > MOST_CHOICES:
        raise BadTemplate(f"A template has at most {MOST_CHOICES} choices.")
    named: dict[str, Choice] = {}
    for choice in choices:
        if choice.name and choice.options:
            if choice.name in named:
                said = f"say it again as {{{choice.name}}}."
                raise BadTemplate(f"The choice “{choice.name}” is given twice; {said}")
            if any(inner.name for option in choice.options for inner in _choices(option)):
                raise BadTemplate(f"The choice “{choice.name}” cannot hold one that has a name.")
            named[choice.name] = choice
    for choice in choices:
        if choice.name and choice.name not in named:
            named[choice.name] = _kept(choice.name, lists)
    return named


def _kept(name: str, lists: Mapping[str, Sequence[str]]) -> Choice:
    if name not in lists:
        said = f"Give it once, as {{{name}=one,two}}, or keep a list of that name."
        raise BadTemplate(f"No choice is called “{name}”. {said}")
    return Choice(tuple((line,) for line in lists[name]), name)


def _choices(parts: Parts) -> Iterator[Choice]:
    for part in parts:
        if isinstance(part, Choice):
            yield part
            for option in part.options:
                yield from _choices(option)


def _expanded(
    parts: Parts, said: Values, named: Mapping[str, Choice]
) -> Iterator[tuple[str, Values]]:
    if not parts:
        yield "", said
        return
    for text, known in _of_part(parts[0], said, named):
        for more, all_known in _expanded(parts[1:], known, named):
            yield text + more, all_known


def _of_part(
    part: str | Choice, said: Values, named: Mapping[str, Choice]
) -> Iterator[tuple[str, Values]]:
    if isinstance(part, str):
        yield part, said
    elif part.name in said:
        yield said[part.name], said
    else:
        for option in named.get(part.name, part).options:
            for text, known in _expanded(option, said, named):
                yield text, {**known, part.name: text} if part.name else known
