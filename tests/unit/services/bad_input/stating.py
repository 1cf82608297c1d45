"""What is bad about statements of analysts."""

from typing import Final

from tests.unit.services.bad_input.asking import Rows, shown

_ATTACKS: Final = "tests/integration/sql/test_attacks.py::"
_VIEWS: Final = "tests/integration/sql/test_views.py::"
STATEMENTS: Final[Rows] = {
    "a statement that is no SELECT, or several; one that reads anything but views, or has a function, a type or a clause that is not known; details says which, and where": shown(
        f"{_ATTACKS}test_a_statement_that_is_refused"
    ),
    "a statement that the engine cannot run, or that takes more than it may": shown(
        f"{_VIEWS}test_what_the_engine_does_not_run_is_told_in_our_words"
    ),
    "a body or format of the wrong type; a parameter that is missing, not asked for, or of another type": shown(
        f"{_VIEWS}test_a_body_that_cannot_be_read"
    ),
    "a second statement of a project while one runs": shown(
        f"{_VIEWS}test_one_statement_of_a_project_runs_at_a_time"
    ),
}
