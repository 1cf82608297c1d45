"""What is new in each run is replaced in examples, and nothing else."""

from tests.openapi.masking import NAMELESS, Masks


def test_a_long_path_is_no_secret() -> None:
    masks = Masks()
    assert masks.masked({"code": "q8WzT3Lm"}) == {"code": "CODE1"}
    path = "/v1/referrals/camp_0123456789abcdef/members/q8WzT3Lm/holders/rh_0123456789abcdef"
    assert masks.path(path) == "/v1/referrals/camp_1/members/CODE1/holders/rh_1"


def test_a_secret_in_a_path_is_masked() -> None:
    secret = "aB3" * 14
    assert Masks().path(f"/assets/qr/{secret}") == f"/assets/qr/{NAMELESS}"
