"""Whoever chooses by the kind of an event, or of a command, says what becomes of all others."""

import ast
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from engine.answers.answer import ANSWERS
from engine.decide import DECISIONS
from engine.evolve import FOLDS
from schemas.commands import CommandBody
from schemas.events import Event
from tests.architecture.dispatching import (
    Spelling,
    assignments,
    dispatches,
    is_named,
    with_unions,
)
from tests.architecture.repository import files, python_packages, text
from tests.unit.engine.test_dispatch import TABLES as ENGINE
from tests.unit.services.test_dispatch import TABLES as SERVICES

#: What looks for given kinds and means no others, by file: what does, and why.
QUESTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    # One of the two kinds that it is for.
    "engine/answers/activity.py": {"_publication_succeeded": "a failure has no vouchers"},
    "engine/redemptions/rollback.py": {"_refusal": "stacks are rolled back by one command only"},
    "engine/sessions/body.py": {"_session_answer": "a refusal has no session"},
    "services/analytics/sink/validation_facts.py": {"_session": "a refusal is not valid"},
    "services/audit/sink/validation_table.py": {"_session_row": "a refusal locks nothing"},
    "services/audit/sink/publication_rows.py": {"publication_ended": "a failure has no vouchers"},
    "engine/answers/earned_transactions.py": {"BOOKS": "a part of the table of transactions"},
    "engine/answers/hook_points.py": {"TELLS": "a part of the table of webhooks"},
    "engine/answers/hook_prizes.py": {"TELLS": "a part of the table of webhooks"},
    "engine/answers/prizes_activity.py": {"TELLS": "a part of the table of feeds"},
    "engine/answers/points_shown.py": {
        "_pending_balance": "what it is of; it ends in assert_never",
        "added_data": "what is taken back goes",
    },
    "engine/answers/loyalty_subjects.py": {"SUBJECTS": "a part of the table of changes"},
    "engine/answers/points_activity.py": {"TELLS": "a part of the table of feeds"},
    "engine/answers/card_activity.py": {"TELLS": "a part of the table of feeds"},
    "engine/earning/react.py": {
        "REACTIONS": "rules are for these alone, as the contract says",
        "_TIERS": "what rules call them",
    },
    "engine/answers/changes.py": {"PARTIAL": "all others hold the whole entity, or its id"},
    # What the answer to one command is found in.
    "engine/answers/answer.py": {"_render_decided": "whose refusals are shown with all reasons"},
    "engine/giveaways/body.py": {"_draw": "what follows of the draw in its record"},
    "engine/rewards/body.py": {"_reward_assigned": "one command may make many of its own kind"},
    "engine/customers/body.py": {"customer_of": "what says whom a record is about"},
    "services/catalog/loyalty/earning_rules.py": {"_all_rules": "its own command"},
    "services/catalog/projects/projects.py": {
        "_project_of": "its own two commands",
        "_Projects._set_zone": "its own command",
    },
    "services/catalog/users/links.py": {"Links.accept": "its own command"},
    "services/catalog/users/roles.py": {"OwnRoles._store": "its own two commands"},
    "services/catalog/users/saved_views.py": {"SavedViews._store": "its own two commands"},
    "services/catalog/users/sign_in.py": {"SigningIn.sign_in": "its own command"},
    "services/catalog/users/team.py": {
        "_expiry": "its own command",
        "Team.invite": "its own command",
    },
    "services/distribution/worker/worker.py": {"Worker._send": "its own command"},
    "services/validation/front.py": {
        "_decided_session": "its own command",
        "Validations._single.show": "a refusal has no session",
    },
    # Something that is particular to one kind.
    "engine/referrals/referring.py": {"REACTIONS": "nothing else refers anybody"},
    "engine/giveaways/entering.py": {"REACTIONS": "nothing else makes or withdraws entries"},
    "engine/giveaways/winning.py": {"REACTIONS": "nothing else makes winners"},
    "engine/background/chunk.py": {"share_of": "its own command"},
    "engine/customers/decide.py": {"_with_summary": "an update shows what others changed"},
    "engine/customers/summaries.py": {"Summaries._is_there": "who comes with the same record"},
    "engine/decide.py": {
        "_decide_fully": "a chunk looked at each of its rows itself",
        "_decide_within": "of work in the background less is done at once",
        "_refuse_late": "a redemption that fails is recorded",
    },
    "services/audit/sink/event_table.py": {
        "UNLOGGED": "all others are shown, whatever they are",
    },
    "services/audit/exports/exporter.py": {
        "_NOTED": "with which exports come, change and go",
        "Exporter.note": "what comes of exports",
        "_export_in": "its own command",
    },
    "engine/auto_redeeming/react.py": {
        "REACTIONS": "nothing else gives points, but a rollback, which is to last",
        "redeem_by_itself": "a new card has its points from the beginning",
    },
    "engine/joining/react.py": {"REACTIONS": "nothing else makes members"},
    "services/analytics/sink/points_facts.py": {"BESIDE": "transactions say the rest"},
    "services/audit/history/requests.py": {"_of_record": "of any other the request is not there"},
    "engine/simulations/requests.py": {
        "_READ": "what shoppers ask for, and what takes it back; nothing else is asked again",
    },
    "services/analytics/simulations/simulate.py": {
        "_Asking.ask_record": "what a request says of the catalogue",
    },
    "services/analytics/live/alerting.py": {
        "_COMMANDS": "its own commands",
        "KnownAlerts.note": "what comes of them",
    },
    "services/audit/sink/tables.py": {"_forgotten_in": "the one thing that erases"},
    # What a command needs of its project; all others need one that is open, or are refused.
    "engine/projects/decide.py": {
        "_CONTROL": "decided in the control project",
        "_BEFORE_OPEN": "decided in a project that is not open",
        "unknown_project": "the sweep is decided in either",
        "create_project": "makes it",
    },
    # It is only made.
    "engine/campaigns/tiers/decide.py": {"enable_tier": "makes it", "disable_tier": "makes it"},
    "engine/orders/rows.py": {"import_order_row": "makes it"},
    "engine/products/rows.py": {"import_sku_row": "makes it"},
    "services/redemption/front.py": {
        "Redemptions.roll_back": "makes it",
        "Redemptions.roll_back_stack": "makes it",
    },
}
#: The tables of rooms, and what unites them.
UNITED: Final[Mapping[str, Mapping[type[Any], Any]]] = {
    "ANSWERS": ANSWERS,
    "DECISIONS": DECISIONS,
    "FOLDS": FOLDS,
}
TABLES: Final = (*ENGINE.values(), *SERVICES.values())

KINDS: Final = frozenset(each.__name__ for each in get_args(Event) + get_args(CommandBody))


class Code:
    """The project's code, and what is chosen in it."""

    def __init__(self) -> None:
        self.source = {
            path: ast.parse(text(path))
            for path in files(".py")
            if path.parts[0] in python_packages()
        }
        #: Where events are named to be passed over together.
        self.named = {
            (path, target.id)
            for path, tree in self.source.items()
            if path.parts[0] == "schemas"
            for target, _ in assignments(tree)
            if target.id.endswith("_EVENTS")
        }
        self.unions = with_unions(self.source.values(), KINDS) - KINDS
        kinds = KINDS | self.unions | {name for _, name in self.named}
        self.chosen = {
            (path, each.spelling, each.name)
            for path, tree in self.source.items()
            for each in dispatches(tree, kinds)
        }


@pytest.fixture(scope="module")
def code() -> Code:
    """Read once, and by the process alone that needs it."""
    return Code()


def test_whatever_is_chosen_by_a_kind_is_held_to_all_kinds_or_looks_for_given_ones(
    code: Code,
) -> None:
    looking = {
        (path, name)
        for path, spelling, name in code.chosen
        if not _is_held(code, path, spelling, name)
    }
    allowed = {(Path(path), name) for path, names in QUESTIONS.items() for name in names}
    assert looking - allowed == set(), "make it a table with a set of what it passes over"
    assert allowed - looking == set(), "it is no longer there"


def test_what_is_passed_over_is_named_and_not_computed(code: Code) -> None:
    computed = [
        (str(path), target.id)
        for path, tree in code.source.items()
        for target, value in assignments(tree)
        if (path, target.id) in code.named or _is_passed_over(code, path, target.id)
        if not is_named(value, code.unions)
    ]
    # each event says of itself that it answers nothing, by its base class
    assert computed == [("engine/answers/answer.py", "UNANSWERED")]


def _is_held(code: Code, path: Path, spelling: Spelling, name: str) -> bool:
    if spelling != "table":
        return False
    if (path, name) in code.named:
        return True
    found = _value(path, name)
    if path.parts[0] == "engine" and name in UNITED:
        return all(UNITED[name].get(kind) is line for kind, line in found.items())
    return any(found is each for pair in TABLES for each in pair)


def _is_passed_over(code: Code, path: Path, name: str) -> bool:
    if (path, "table", name) not in code.chosen:
        return False
    found = _value(path, name)
    return any(found is each for _, each in TABLES)


def _value(path: Path, name: str) -> Any:
    return getattr(import_module(".".join(path.with_suffix("").parts)), name, None)
