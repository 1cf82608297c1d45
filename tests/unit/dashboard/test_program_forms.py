"""Forms of earning rules and tiers lose nothing: what they do not show, and what was typed."""

from tests.unit.dashboard.kit import Browser
from tests.unit.dashboard.programs import ROOT, listed, program_api, rule, tier

EDIT = "/campaigns/camp_1/earning-rules/ern_1/edit"


def _of_sku() -> dict[str, object]:
    items = [{"object": "sku", "id": "sku_1"}, {"object": "product", "id": "prod_1"}]
    terms = {"every": 2, "points": 5, "applicable_to": items}
    return rule(
        loyalty={
            "type": "PROPORTIONAL",
            "calculation_type": "ORDER_ITEMS_QUANTITY",
            "order_items": {"quantity": terms},
        }
    )


def test_a_rule_of_single_skus_keeps_them_when_it_is_saved() -> None:
    api = program_api()
    api.says("GET", f"{ROOT}/earning-rules/ern_1", _of_sku())
    api.says("GET", "/v1/skus/sku_1", {"id": "sku_1", "sku": "Large"})
    api.says("PUT", f"{ROOT}/earning-rules/ern_1", _of_sku())
    page = Browser(api).get(EDIT)
    kept = [each for each in page.find_all("input", type="hidden") if each.has(name="sku")]
    assert [each["value"] for each in kept] == ["sku_1"]
    assert "Large" in page.text
    form = {
        "calculation": "ORDER_ITEMS_QUANTITY", "points": "5", "every": "2", "product": "prod_1",
        "sku": ["sku_1", "sku:sku_2"], "expire_kind": "program",
    }  # fmt: skip
    Browser(api).post(EDIT, form, into="form")
    sent = api.sent("PUT", f"{ROOT}/earning-rules/ern_1")["loyalty"]["order_items"]["quantity"]
    assert sent["applicable_to"] == [
        {"object": "product", "id": "prod_1"},
        {"object": "sku", "id": "sku_1"},
        {"object": "sku", "id": "sku_2"},
    ]


def test_a_rule_offers_no_never_since_it_can_only_say_otherwise_when() -> None:
    page = Browser(program_api()).get("/campaigns/camp_1/earning-rules/new")
    options = page.find("select", id="expire_kind").find_all("option")
    assert "Never" not in [each.text for each in options]
    assert options[0].text == "As the program says"


def test_metadata_that_was_typed_stays_where_a_tier_is_refused() -> None:
    api = program_api()
    api.says("GET", f"{ROOT}/tiers/ltr_Gold", tier("Gold", 500, metadata={"colour": "yellow"}))
    form = {"name": "", "from": "500", "metadata": "colour = golden"}
    page = Browser(api).post("/campaigns/camp_1/loyalty-tiers/ltr_Gold/edit", form, into="form")
    assert "Give it a name" in page.find(id="errors").text
    assert page.find("textarea", id="metadata").text == "colour = golden"
    shown = Browser(api).get("/campaigns/camp_1/loyalty-tiers/ltr_Gold/edit")
    assert shown.find("textarea", id="metadata").text == "colour = yellow"


def test_only_a_rule_for_orders_has_days_until_its_points_can_be_used() -> None:
    """The API refuses them for anything else."""
    page = Browser(program_api()).get("/campaigns/camp_1/earning-rules/new")
    assert page.find_all("input", name="pending")
    form = {"event": "customer.segment.entered", "points": "5", "expire_kind": "program"}
    path = "/campaigns/camp_1/earning-rules/new/form"
    assert (
        not Browser(program_api()).post(path, form, into="form").find_all("input", name="pending")
    )


def test_products_and_collections_of_rules_are_asked_for_at_once() -> None:
    api = program_api()
    items = [{"object": "product", "id": f"prod_{at}"} for at in range(3)]
    items += [{"object": "products_collection", "id": f"pc_{at}"} for at in range(2)]
    terms = {"every": 2, "points": 5, "applicable_to": items}
    of_items = {
        "type": "PROPORTIONAL",
        "calculation_type": "ORDER_ITEMS_QUANTITY",
        "order_items": {"quantity": terms},
    }
    api.says("GET", f"{ROOT}/earning-rules", listed(rule(loyalty=of_items)))
    products = [{"id": f"prod_{at}", "name": f"Tea {at}"} for at in range(3)]
    api.says("GET", "/v1/products", {"data_ref": "products", "products": products, "total": 3})
    api.says("GET", "/v1/product-collections", listed({"id": "pc_0", "name": "Drinks"}))
    page = Browser(api).get("/campaigns/camp_1/earning-rules")
    assert "Tea 0 or Tea 1 or Tea 2 or Drinks or pc_1" in page.text
    (asked,) = api.asked_for("GET", "/v1/products")
    assert asked.url.params.get_list("ids") == ["prod_0", "prod_1", "prod_2"]
    assert len(api.asked_for("GET", "/v1/product-collections")) == 1


def test_segments_of_rules_are_asked_for_at_once() -> None:
    api = program_api()
    entering = [
        rule(
            id=f"ern_{at}",
            event="customer.segment.entered",
            segment={"id": f"seg_{at}"},
            loyalty={"type": "FIXED", "points": 5},
        )
        for at in range(3)
    ]
    api.says("GET", f"{ROOT}/earning-rules", listed(*entering))
    segments = [{"id": f"seg_{at}", "name": f"Guests {at}"} for at in range(3)]
    api.says("GET", "/v1/segments", listed(*segments))
    page = Browser(api).get("/campaigns/camp_1/earning-rules")
    assert "entering the segment Guests 2" in page.text
    (asked,) = api.asked_for("GET", "/v1/segments")
    assert asked.url.params.get_list("ids") == ["seg_0", "seg_1", "seg_2"]


def test_a_sentence_names_some_of_many_skus_and_asks_for_no_others() -> None:
    api = program_api()
    items = [{"object": "sku", "id": f"sku_{at}"} for at in range(40)]
    terms = {"every": 2, "points": 5, "applicable_to": items}
    of_skus = {
        "type": "PROPORTIONAL",
        "calculation_type": "ORDER_ITEMS_QUANTITY",
        "order_items": {"quantity": terms},
    }
    api.says("GET", f"{ROOT}/earning-rules", listed(rule(loyalty=of_skus)))
    page = Browser(api).get("/campaigns/camp_1/earning-rules")
    assert "sku_3 or sku_4 or 35 others in a paid order" in page.text
    assert sum(each.url.path.startswith("/v1/skus/") for each in api.asked) == 5


def test_a_program_that_no_rule_binds_is_not_said_to_be_joined_by_everybody() -> None:
    """Nobody joins it by themselves."""
    form = {"template": "loyalty", "shown_template": "loyalty", "name": "Club", "auto_join": "true"}
    told = Browser(program_api()).post("/campaigns/new/told", form, into="told").text
    assert "no rule says who: nobody does" in told
    bound = Browser(program_api()).post(
        "/campaigns/new/told", form | {"rule": "val_1"}, into="told"
    )
    assert "no rule says who" not in bound.text


def test_what_the_api_says_of_a_range_is_told_in_words_of_the_form() -> None:
    api = program_api()
    api.refuses(
        "POST",
        f"{ROOT}/tiers",
        details="Property `[0].points` overlaps with those of the tier Silver",
    )
    form = {"name": "Gold", "from": "400"}
    page = Browser(api).post("/campaigns/camp_1/loyalty-tiers/new", form, into="form")
    assert page.find("a", href="#from").text == "It overlaps with those of the tier Silver"
