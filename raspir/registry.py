"""Registries of what raspir brings along and what installed packages add under an entry-point group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, Protocol, TypeVar

from raspir.ir.errors import BackendError


class Member(Protocol):
    """What every member of a registry says of itself."""

    @property
    def name(self) -> str:
        """The name that users choose it by."""

    @property
    def summary(self) -> str:
        """What it does, in one line."""


M = TypeVar("M", bound=Member, covariant=True)


def advice(name: str, known: Iterable[str]) -> str:
    """Return a hint for who wrote ``name``: which of ``known`` are near, and all that there is."""
    known = list(known)
    near = get_close_matches(str(name), known, n=3)
    return f"{'did you mean ' + ' or '.join(near) + '? ' if near else ''}there is: {', '.join(known) or 'none'}"


@dataclass(frozen=True)
class Registry(Generic[M]):
    """Members by name: built in, or added by installed packages through entry points.

    A member is loaded when it is first asked for, so a plugin that cannot be imported harms nobody who does not
    use it.

    Attributes:
        what: what a member is called in messages.
        group: the entry-point group that installed packages add to.
        built_in: where raspir's own members are, as ``module:attribute``.
        protocol: what a member must have to be one.
    """

    what: str
    group: str
    built_in: Mapping[str, str]
    protocol: type

    def names(self) -> tuple[str, ...]:
        """Return the names of all members, the built-in ones first."""
        return (*self.built_in, *(name for name in sorted(self._plugins()) if name not in self.built_in))

    def get(self, name: str) -> M:
        """Return the member called ``name``.

        Raises:
            BackendError: if there is none, or it cannot be loaded.
        """
        if name in self.built_in:
            module, _, attribute = self.built_in[name].partition(":")
            loaded: object = getattr(import_module(module), attribute)
        else:
            loaded = self._load(name)
        try:
            made = loaded() if isinstance(loaded, type) else loaded
        except Exception as error:  # as when it is loaded
            why = f"{type(error).__name__}: {error}"
            raise BackendError(f"{self.what} {name!r} ({loaded!r}) cannot be made: {why}") from error
        if not isinstance(made, self.protocol):
            raise BackendError(f"{self.what} {name!r} does not keep the protocol {self.protocol.__name__}: {loaded!r}")
        return made  # type: ignore[return-value]  # the protocol is what M is bound to

    def describe(self, name: str) -> str:
        """Return the summary of the member called ``name``, or why it cannot be used."""
        try:
            return self.get(name).summary
        except BackendError as error:
            return f"cannot be used: {error.message}"

    def _load(self, name: str) -> object:
        plugin = self._plugins().get(name)
        if plugin is None:
            raise BackendError(f"there is no {self.what} {name!r} ({advice(name, self.names())})")
        try:
            return plugin.load()
        except Exception as error:  # a plugin may fail in any way, and is reported by name
            why = f"{type(error).__name__}: {error}"
            raise BackendError(f"{self.what} {name!r} (from {plugin.value}) cannot be loaded: {why}") from error

    def _plugins(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=self.group)}
