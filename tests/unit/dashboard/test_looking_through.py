"""Comboboxes find among all that there is, and the first page follows the chosen campaign."""

from typing import Any

import httpx

from tests.unit.dashboard.kit import Browser, FakeApi, me_with


class Categories(FakeApi):
    """Has 120 categories, a page of which is as long as it is asked for."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        if request.url.path == "/v1/categories":
            every = [{"id": f"cat_{at}", "name": f"Number {at}"} for at in range(120)]
            limit, page = int(asked.get("limit", 10)), int(asked.get("page", 1))
            rows: Any = every[(page - 1) * limit : page * limit]
            self.says("GET", "/v1/categories", {"data": rows, "total": len(every)})
        return super().__call__(request)


def test_a_category_is_found_wherever_it_stands_in_the_list() -> None:
    api = Categories()
    page = Browser(api).get("/lookup/category?q=number+119")
    assert page.texts("div", role="option") == ["Number 119"]
    asked = [each.url.params["page"] for each in api.asked_for("GET", "/v1/categories")]
    assert asked == ["1", "2"]
    assert len(Browser(api).get("/lookup/category").texts("div", role="option")) == 10


def test_the_newest_stay_those_of_the_chosen_campaign() -> None:
    api = FakeApi(me_with())
    api.says("GET", "/v1/redemptions", {"redemptions": []})
    part = Browser(api).get("/newest?campaign=Spring+%26+more", into="newest")
    (asked,) = api.asked_for("GET", "/v1/redemptions")
    assert asked.url.params["campaign"] == "Spring & more"
    assert part.find("section", id="newest")["hx-get"] == "/newest?campaign=Spring+%26+more"
    assert Browser(api).get("/newest").find("section", id="newest")["hx-get"] == "/newest"
