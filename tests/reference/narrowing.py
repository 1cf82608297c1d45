"""What a change of a schema takes from what was allowed before: the reason why it must not be made.

Members, alternatives and values may come, and bounds may widen. A member that goes would be lost
without a word, one that becomes required is in no old record, and another default is another
meaning of all that left it out. Names of definitions mean nothing: whatever they are called, what
lies at the same place is compared.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_ALTERNATIVES = ("anyOf", "oneOf")
_WITHIN = ("items", "additionalProperties", "propertyNames")
_SAYS_NOTHING = frozenset({"description", "default", "title", "$schema", "$defs"})


def narrowed(before: Schema, after: Schema) -> list[str]:
    """What the new schema does not read as the old one meant it, place by place."""
    # what is found in many events is told once
    return list(dict.fromkeys(_Comparison(before, after).lost(before, after, "$")))


class _Comparison:
    """Two documents and, of their definitions, what comparing them came to."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before: Schema = before.get("$defs", {})
        self._after: Schema = after.get("$defs", {})
        self._known: dict[tuple[str, str], list[str]] = {}

    def lost(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        """See `narrowed`, of a part."""
        pair = _name(old), _name(new)
        if not any(pair):
            yield from self._lost(old, new, place)
            return
        if pair not in self._known:
            # what refers to itself is compared once
            self._known[pair] = []
            old, new = self._before.get(pair[0], old), self._after.get(pair[1], new)
            self._known[pair] = list(self._lost(old, new, pair[0] or place))
        yield from self._known[pair]

    def _lost(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        if not _says(new):
            return
        if _alternatives(old) or _alternatives(new):
            yield from self._lost_alternatives(old, new, place)
        elif "enum" in old or "const" in old:
            yield from _lost_values(old, new, place)
        elif _kind(old) != _kind(new) and (_kind(old), _kind(new)) != ("integer", "number"):
            yield f"{place}: {_kind(old)} became {_kind(new)}"
        else:
            yield from _tightened(old, new, place)
            yield from self._lost_members(old, new, place)
            for inner in _WITHIN:
                if inner in new and new[inner] is not False:
                    yield from self.lost(old.get(inner, {}), new[inner], f"{place}[]")
            yield from self._lost_places(old, new, place)

    def _lost_alternatives(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        """Of each of the old ones what the new one that comes next to it does not read."""
        known = {_tag(each, self._after): each for each in _alternatives(new) or [new]}
        for each in _alternatives(old) or [old]:
            tag = _tag(each, self._before)
            if tag in known:
                yield from self.lost(each, known[tag], place)
            elif not any(not list(self.lost(each, one, place)) for one in known.values()):
                yield f"{place}: {tag} is gone"

    def _lost_members(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        members: Schema = new.get("properties", {})
        for name, member in old.get("properties", {}).items():
            here = f"{place}.{name}"
            if name not in members:
                yield f"{here} is gone"
                continue
            yield from self.lost(member, members[name], here)
            was, now = member.get("default"), members[name].get("default")
            if "default" in member and "default" in members[name] and was != now:
                yield f"{here}: its default {was!r} became {now!r}"
        for name in sorted({*new.get("required", ())} - {*old.get("required", ())}):
            yield f"{place}.{name} became required"

    def _lost_places(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        one, other = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(one) != len(other):
            yield f"{place}: {len(one)} items became {len(other)}"
            return
        for number, (was, now) in enumerate(zip(one, other, strict=True)):
            yield from self.lost(was, now, f"{place}[{number}]")


def _tag(alternative: Schema, definitions: Schema) -> str:
    """What tells an alternative from the others: its tag, or its type."""
    found: Schema = definitions.get(_name(alternative), alternative)
    tags = [each["const"] for each in found.get("properties", {}).values() if "const" in each]
    return str(tags[0]) if tags else _kind(found)


def _lost_values(old: Schema, new: Schema, place: str) -> Iterator[str]:
    if "enum" not in new and "const" not in new:
        if _kind(new) != "string":
            yield f"{place}: some values became {_kind(new)}"
        return
    gone = [each for each in _values(old) if each not in _values(new)]
    if gone:
        yield f"{place}: {', '.join(map(repr, gone))} is gone"


def _tightened(old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Bounds that leave less room, or were not there."""
    for name in (*_LOWER, *_UPPER, "pattern"):
        was, now = old.get(name), new.get(name)
        if now is None or was == now:
            continue
        wider = (
            was is not None and name != "pattern" and (now < was if name in _LOWER else now > was)
        )
        if not wider:
            yield f"{place}: {name} {was} became {now}"


def _says(schema: Schema) -> bool:
    return not schema.keys() <= _SAYS_NOTHING


def _name(schema: Schema) -> str:
    """The definition that a schema refers to; empty for none."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _alternatives(schema: Schema) -> list[Schema]:
    if isinstance(schema.get("type"), list):
        return [{"type": each} for each in schema["type"]]
    return next((schema[name] for name in _ALTERNATIVES if name in schema), [])


def _values(schema: Schema) -> list[Any]:
    return schema["enum"] if "enum" in schema else [schema["const"]]


def _kind(schema: Schema) -> str:
    if "enum" in schema or "const" in schema:
        return "one of some values"
    return str(schema.get("type", "anything"))
