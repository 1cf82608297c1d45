"""The tree of rules as nodes of a form: groups, rules, what each is asked, buttons to rearrange."""

from typing import Final

from htpy import (
    Node,
    button,
    details,
    div,
    fieldset,
    fragment,
    label,
    legend,
    li,
    optgroup,
    option,
    select,
    span,
    summary,
    ul,
)
from htpy import input as input_

from services.dashboard.parts.icons import icon
from services.dashboard.sections.rules.catalogue import GROUPS, Operator, RuleField
from services.dashboard.sections.rules.controls import value_control
from services.dashboard.sections.rules.desk import EDIT, Desk, do_button
from services.dashboard.sections.rules.entries import keep
from services.dashboard.sections.rules.tree import Condition, Group, Rule, RuleSet, logic_text
from services.dashboard.sections.rules.values import THINGS, show_values

_JOINS: Final = (("and", "All of"), ("or", "Any of"), ("not", "None of"))
#: How many conditions a rule gets by a button.
_MORE_CONDITIONS: Final = 4


def set_view(desk: Desk, rules: RuleSet, parent: int = 0) -> Node:
    """A set: its groups, rules that the logic leaves out, and the logic as text."""
    shown = logic_text(rules) or ""
    name = f"logic-{rules.id}"
    error = desk.draft.errors.get(name)
    return fragment[
        _hidden("part", f"set:{rules.id}:{parent}"),
        rules.text is not None and _hidden(f"logicwas-{rules.id}", rules.text),
        _hidden(f"logicshown-{rules.id}", shown),
        _group_view(desk, rules.root, rules.id, is_within=parent != 0, is_root=True),
        _spare_view(desk, rules, is_within=parent != 0),
        details(".folded", open=bool(error))[
            summary["The logic as text"],
            div(".field")[
                label(for_=name)["How the numbered rules are joined"],
                input_(
                    ".input.mono",
                    id=name,
                    name=name,
                    value=desk.draft.typed.get(name, shown),
                    autocomplete="off",
                    spellcheck="false",
                    aria_invalid="true" if error else None,
                    aria_describedby=f"{name}-hint",
                ),
                span(".hint.muted", id=f"{name}-hint")[
                    "and, or, not and parentheses, for example: 1 and (2 or not 3)"
                ],
                error and span(".error")[error],
            ],
        ],
    ]


def _group_view(
    desk: Desk, group: Group, parent: int, *, is_within: bool, is_root: bool = False
) -> Node:
    return fieldset(".rules", id=f"part-{group.id}")[
        legend(".sr")["Rules about the chosen lines" if is_within else "Rules"],
        _hidden("part", f"group:{group.id}:{parent}"),
        div(".filters")[
            div(".segmented", role="radiogroup", aria_label="How many of these have to hold")[
                (
                    label[
                        input_(
                            ".sr",
                            type="radio",
                            id=f"join-{group.id}-{value}",
                            name=f"join-{group.id}",
                            value=value,
                            checked=group.join == value,
                        ),
                        text,
                    ]
                    for value, text in _JOINS
                )
            ],
            span(".spacer"),
            None if is_root else _acts(group.id, "group"),
        ],
        ul[(_part_view(desk, each, group.id, is_within=is_within) for each in group.parts)],
        not group.parts and span(".muted")["No rule yet: everything holds."],
        div(".row")[
            do_button(f"rule:{group.id}", "Rule", "plus"),
            do_button(f"group:{group.id}", "Group", "plus"),
        ],
    ]


def _part_view(desk: Desk, part: Rule | Group, parent: int, *, is_within: bool) -> Node:
    return li[
        _rule_view(desk, part, parent, is_within=is_within)
        if isinstance(part, Rule)
        else _group_view(desk, part, parent, is_within=is_within)
    ]


def _spare_view(desk: Desk, rules: RuleSet, *, is_within: bool) -> Node:
    """Rules that are kept though the logic does not name them."""
    group = rules.spare
    return fragment[
        _hidden("part", f"group:{group.id}:{rules.id}"),
        _hidden(f"join-{group.id}", "spare"),
        bool(group.parts)
        and fieldset(".rules.spare")[
            legend(".muted")["Kept, but left out by the logic"],
            ul[
                (
                    li[
                        _rule_view(desk, each, group.id, is_within=is_within),
                        do_button(f"use:{each.id}", "Ask for it, too", "undo"),
                    ]
                    for each in group.parts
                    if isinstance(each, Rule)
                )
            ],
        ],
    ]


def _rule_view(desk: Desk, rule: Rule, parent: int, *, is_within: bool) -> Node:
    found = desk.catalogue.field(rule.name)
    error = desk.draft.errors.get(f"rule-{rule.id}")
    conditions = rule.conditions or ([Condition("", [])] if found.conditions_optional else [])
    return div(".rule", id=f"rule-{rule.id}", tabindex="-1", data_bad=bool(error))[
        _hidden("part", f"rule:{rule.id}:{parent}"),
        _hidden(f"number-{rule.id}", rule.number),
        _hidden(f"raw-{rule.id}", keep(rule.raw)),
        _hidden(f"was-{rule.id}", rule.name),
        _hidden(f"conditions-{rule.id}", str(len(conditions))),
        div(".stack")[
            _field_select(desk, rule, is_within=is_within),
            found.needs_property and _property_input(rule),
        ],
        _condition_view(desk, rule, found, 0, conditions[0]) if conditions else None,
        _acts(rule.id, f"rule {rule.number}"),
        (
            div(".more.rule-also")[
                span(".junction")["and"],
                _condition_view(desk, rule, found, at, each),
                do_button(f"uncondition:{rule.id}:{at}", "Drop", "x"),
            ]
            for at, each in enumerate(conditions[1:], 1)
        ),
        error and span(".error")[error],
        _more_view(desk, rule, found),
    ]


def _field_select(desk: Desk, rule: Rule, *, is_within: bool) -> Node:
    fits = [
        each
        for each in desk.catalogue.fields
        if (each.about != "lines" if is_within else each.about != "line") or each.name == rule.name
    ]
    if all(each.name != rule.name for each in fits):
        fits.append(RuleField(rule.name, desk.catalogue.field(rule.name).label, "redemption", ""))
    name = f"field-{rule.id}"
    return select(".input", id=name, name=name, aria_label=f"What rule {rule.number} is about")[
        (
            optgroup(label=title)[
                (
                    option(value=each.name, selected=each.name == rule.name)[each.label]
                    for each in fits
                    if each.group == group
                )
            ]
            for group, title in GROUPS
            if any(each.group == group for each in fits)
        )
    ]


def _property_input(rule: Rule) -> Node:
    name = f"property-{rule.id}"
    return input_(
        ".input",
        id=name,
        name=name,
        value=rule.property,
        placeholder="Name in the metadata",
        aria_label="Name in the metadata",
        autocomplete="off",
    )


def _condition_view(
    desk: Desk, rule: Rule, found: RuleField, at: int, condition: Condition
) -> Node:
    place = f"{rule.id}-{at}"
    operators = desk.catalogue.operators(found.kind)
    operator = desk.catalogue.operator(found.kind, condition.operator)
    shown = [
        each
        for each in operators
        if each.name == condition.operator or not (each.same_as or _counts_one(each, found))
    ]
    if condition.operator and operator not in operators:
        shown.append(operator)
    first = desk.catalogue.first_object(found.kind)
    texts = show_values(condition.values, operator, first, desk.show)
    return fragment[
        _hidden(f"opwas-{place}", condition.operator),
        operator.value not in THINGS and _hidden(f"shown-{place}", "\n".join(texts)),
        select(".input", id=f"op-{place}", name=f"op-{place}", aria_label="Operator")[
            found.conditions_optional and option(value="", selected=not condition.operator)["–"],  # noqa: RUF001
            not found.conditions_optional
            and not condition.operator
            and option(value="", selected=True)["Choose"],
            (
                option(value=each.name, selected=each.name == condition.operator)[each.label]
                for each in shown
            ),
        ],
        div(".rule-value")[
            value_control(place, operator, texts, desk.names, desk.show)
            if condition.operator
            else span(".muted")["whichever it is" if found.conditions_optional else ""]
        ],
    ]


def _counts_one(operator: Operator, found: RuleField) -> bool:
    """Whether it counts the values of what has only one."""
    return found.kind in ("number", "money") and operator.name.startswith("$count")


def _more_view(desk: Desk, rule: Rule, found: RuleField) -> Node:
    """The message of a rule, one more condition, and the rules about the lines that it chooses."""
    within = rule.within
    return div(".more")[
        details(".folded", open=bool(rule.message))[
            summary[span(".junction")[f"Rule {rule.number}"], " · message and more"],
            div(".field")[
                label(for_=f"message-{rule.id}")["What is said where it does not hold"],
                input_(
                    ".input",
                    id=f"message-{rule.id}",
                    name=f"message-{rule.id}",
                    value=rule.message,
                    maxlength="1000",
                    autocomplete="off",
                ),
            ],
            len(rule.conditions) in range(1, _MORE_CONDITIONS)
            and do_button(f"condition:{rule.id}", "One more condition", "plus"),
        ],
        found.about == "lines"
        and (
            fragment[
                span(".junction")["where of these lines"],
                set_view(desk, within, rule.id),
                do_button(f"without:{rule.id}", "Without rules about the lines", "x"),
            ]
            if within is not None
            else do_button(f"within:{rule.id}", "Rules about these lines", "plus")
        ),
        found.about != "lines" and within is not None and set_view(desk, within, rule.id),
    ]


def _acts(number: int, what: str) -> Node:
    return span(".acts")[
        _act(f"up:{number}", f"Move {what} up", "up"),
        _act(f"down:{number}", f"Move {what} down", "down"),
        _act(f"copy:{number}", f"Duplicate {what}", "copy"),
        _act(f"nest:{number}", f"Put {what} in a group", "folder"),
        _act(f"remove:{number}", f"Remove {what}", "trash"),
    ]


def _act(asked: str, said: str, sign: str) -> Node:
    return button(
        ".btn.quiet.icon.small",
        {"hx-post": EDIT},
        id=f"do-{asked.replace(':', '-')}",
        name="do",
        value=asked,
        aria_label=said,
        title=said,
        data_part=True,
    )[icon(sign, 14)]


def _hidden(name: str, value: str) -> Node:
    return input_(type="hidden", name=name, value=value)
