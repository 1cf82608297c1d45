"""A storefront: the official Python client as it is, every answer held to the contract first."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import voucherify as sdk

from tests.contract.answers import PUT_OFF, ask_patiently, assert_answer
from tests.e2e.plain import ORIGIN, REQUEST_ID, Refused
from tests.e2e.system import eventually

#: A redeemable of a request: a voucher's code or id, or the whole object.
Asked = str | dict[str, Any]


class Shop:
    """One project's server-side and client-side API. Answers are the client's own models."""

    def __init__(self, url: str, keys: Mapping[str, str]) -> None:
        given = {
            "X-App-Id": keys["app_id"],
            "X-App-Token": keys["app_token"],
            "X-Client-Application-Id": keys["client_app_id"],
            "X-Client-Token": keys["client_token"],
        }
        self._client = sdk_client(url, given)
        self.vouchers = sdk.VouchersApi(self._client)
        self.validations = sdk.ValidationsApi(self._client)
        self.redemptions = sdk.RedemptionsApi(self._client)
        self.customers = sdk.CustomersApi(self._client)
        self.orders = sdk.OrdersApi(self._client)
        self.events = sdk.EventsApi(self._client)
        self.campaigns = sdk.CampaignsApi(self._client)
        self.promotions = sdk.PromotionsApi(self._client)
        self.publications = sdk.PublicationsApi(self._client)
        self.exports = sdk.ExportsApi(self._client)
        self.bin = sdk.BinApi(self._client)
        self.actions = sdk.AsyncActionsApi(self._client)
        self.browser = sdk.ClientSideApi(self._client)

    def close(self) -> None:
        """Gives the connections back."""
        self._client.rest_client.pool_manager.clear()

    def discount(self, off: int = 500, **terms: Any) -> Any:
        """A new voucher that takes an amount off the order."""
        return self.voucher(discount={"type": "AMOUNT", "amount_off": off}, **terms)

    def percent(self, off: float, **terms: Any) -> Any:
        """A new voucher that takes a percentage off the order."""
        return self.voucher(discount={"type": "PERCENT", "percent_off": off}, **terms)

    def gift(self, amount: int, **terms: Any) -> Any:
        """A new gift card."""
        credits = {"amount": amount, "balance": amount}
        return self.voucher(type="GIFT_VOUCHER", gift=credits, **terms)

    def voucher(self, code: str | None = None, **terms: Any) -> Any:
        """A new voucher."""
        body = {"type": "DISCOUNT_VOUCHER"} | terms
        asked = sdk.VouchersCreateWithSpecificCodeRequestBody.from_dict(body)
        return told(self.vouchers.create_voucher, code or new_code(), asked)

    def state(self, code: str) -> tuple[int, int | None]:
        """How often a voucher was redeemed, and what is left on it if it is a gift card."""
        voucher = told(self.vouchers.get_voucher, code)
        return voucher.redemption.redeemed_quantity, voucher.gift and voucher.gift.balance

    def customer(self, named: str) -> Any:
        """The customer with that id or source id."""
        return told(self.customers.get_customer, named)

    def order(self, named: str) -> Any:
        """The order with that id or source id."""
        return told(self.orders.get_order, named)

    def done(self, started: Any) -> Any:
        """The action that an answer names, once it is done."""

        def ended() -> Any:
            action = told(self.actions.get_async_action, started.async_action_id)
            return action if action.status in ("DONE", "FAILED") else None

        return eventually(ended)

    def redemption(self, redemption_id: str) -> Any:
        """The redemption or rollback with that id."""
        return told(self.redemptions.get_redemption, redemption_id)

    def validate(self, *redeemables: Asked, **more: Any) -> Any:
        """The answer to a validation."""
        body = sdk.ValidationsValidateRequestBody.from_dict(asked(redeemables, more))
        return told(self.validations.validate_stacked_discounts, body)

    def redeem(self, *redeemables: Asked, **more: Any) -> Any:
        """The answer to a redemption that succeeds."""
        return told(self.redemptions.redeem_stacked_discounts, redemption(*redeemables, **more))

    def not_redeemed(self, *redeemables: Asked, **more: Any) -> Refused:
        """The error of a redemption that does not."""
        body = redemption(*redeemables, **more)
        return refused(self.redemptions.redeem_stacked_discounts, body)

    def validate_in_browser(self, *redeemables: Asked, **more: Any) -> Any:
        """The answer to a validation with the client-side key."""
        body = sdk.ClientValidationsValidateRequestBody.from_dict(asked(redeemables, more))
        return told(self.browser.validate_stacked_discounts_client_side, ORIGIN, body)

    def redeem_in_browser(self, *redeemables: Asked, **more: Any) -> Any:
        """The answer to a redemption with the client-side key."""
        body = sdk.ClientRedemptionsRedeemRequestBody.from_dict(asked(redeemables, more))
        return told(self.browser.redeem_stacked_discounts_client_side, ORIGIN, body)

    def listed(self, **filters: str) -> Any:
        """The redemptions whose fields are as said, up to 100."""
        return told(self.redemptions.list_redemptions, limit=100, filters=is_(**filters))


def sdk_client(url: str, keys: dict[str, str]) -> Any:
    """The official client; whatever it is answered is held to the contract before it reads it.

    It asks again while it is put off: nothing was done, and a machine may be slow.
    """
    made = sdk.ApiClient(sdk.Configuration(host=url, api_key=keys))
    call = made.call_api

    def ask(method: str, url: str, *args: Any, **more: Any) -> Any:
        answer = call(method, url, *args, **more)
        assert_answer(method, urlsplit(url).path, answer.status, answer.read())
        return answer

    def put_off(answer: Any) -> str | None:
        return answer.getheader("retry-after") if answer.status == PUT_OFF else None

    def held(*args: Any, **more: Any) -> Any:
        return ask_patiently(lambda: ask(*args, **more), put_off)

    made.call_api = held
    return made


def redemption(*redeemables: Asked, **more: Any) -> Any:
    """The body of a redemption."""
    return sdk.RedemptionsRedeemRequestBody.from_dict(asked(redeemables, more))


def asked(redeemables: tuple[Asked, ...], more: dict[str, Any]) -> dict[str, Any]:
    """The body of a validation or redemption; an order of 100.00 unless another is named."""
    named = [
        {"object": "voucher", "id": each} if isinstance(each, str) else each for each in redeemables
    ]
    return {"redeemables": named, "order": {"amount": 10_000}} | more


def spend(code: str, credits: int) -> dict[str, Any]:
    """A gift card with the credits to take from it."""
    return {"object": "voucher", "id": code, "gift": {"credits": credits}}


def is_(**fields: str) -> Any:
    """The filters of a list: each field is as said."""
    conditions = {}
    for name, value in fields.items():
        field = sdk.ParameterFiltersListRedemptions.model_fields[name]
        (kind,) = (each for each in field.annotation.__args__ if each is not type(None))
        (condition,) = (
            each
            for each in kind.model_fields["conditions"].annotation.__args__
            if each is not type(None)
        )
        conditions[name] = kind(conditions=condition(var_is=value))
    return sdk.ParameterFiltersListRedemptions(**conditions)


def told(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What the client makes of a good answer."""
    answer = _informed(call)(*args, **kwargs)
    assert REQUEST_ID.fullmatch(answer.headers["x-request-id"])
    assert (answer.data is None) == (answer.status_code == 204)
    return answer.data


def refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Refused:
    """The error that the client raises."""
    with pytest.raises(sdk.ApiException) as caught:
        _informed(call)(*args, **kwargs)
    error = caught.value
    body = json.loads(error.body)
    assert body["request_id"] == error.headers["x-request-id"]
    return Refused(error.status, body.get("key"), body)


def new_code() -> str:
    """A code that no other test has."""
    return f"E2E-{uuid4().hex[:12]}"


def _informed(call: Callable[..., Any]) -> Callable[..., Any]:
    api, name = call.__self__, call.__name__  # type: ignore[attr-defined]
    informed: Callable[..., Any] = getattr(api, f"{name}_with_http_info")
    return informed
