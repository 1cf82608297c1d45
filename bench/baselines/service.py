"""`python -m bench.baselines.service`: redemptions and a validation as one writes them by hand.

FastAPI's routing, pydantic for the body, asyncpg, one process, served like the host `api`. A code
is redeemed in two ways: the row is locked, looked at and written in a transaction; or one statement
does all, with a guarded UPDATE, an idempotency key and the redemption's row. Both check what a plain
voucher asks: active, begun, not over, not used up. A validation is one read.

Keys lie in memory, so that only what the redemption itself needs goes to the database. A connection
is not reset between two uses, which would be a round trip, and every statement is prepared once.
"""

import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Annotated, Any, Final

import asyncpg
import msgspec
import typer
import uvicorn
import uvloop
from fastapi import FastAPI, Header, HTTPException, Request, Response

from bench.baselines import statements
from bench.baselines.body import Attempt
from runtime.http.connection import Connection

#: By turns 2, 4 and 8 made the same of a hot code, within noise; 16 made a fifth less.
POOL: Final = 4
JSON: Final = "application/json"


class Keys:
    """The hashes of all tokens by the id of their key."""

    def __init__(self, rows: list[asyncpg.Record]) -> None:
        self._hashes = {row["app_id"]: row["token_hash"] for row in rows}

    def require(self, app_id: str, token: str) -> None:
        """Raises HTTPException 401 unless the token is the key's."""
        kept = self._hashes.get(app_id)
        if kept is None or not hmac.compare_digest(kept, sha256(token.encode()).digest()):
            raise HTTPException(401, "The key is not valid")


def make_app(dsn: str) -> FastAPI:
    """The service over the database at `dsn`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = await asyncpg.create_pool(dsn, min_size=POOL, max_size=POOL, reset=_keep)
        app.state.pool = pool
        app.state.keys = Keys(await pool.fetch(statements.KEYS))
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.post("/for-update/redemptions")(redeem_locked)
    app.post("/guarded/redemptions")(redeem_guarded)
    app.post("/validations")(validate)
    app.get("/empty")(answer_empty)
    return app


AppId = Annotated[str, Header(alias="X-App-Id")]
Token = Annotated[str, Header(alias="X-App-Token")]
Once = Annotated[str | None, Header(alias="Idempotency-Key")]


async def answer_empty() -> Response:
    """Nothing."""
    return Response(b'{"status":"ok"}', media_type=JSON)


async def redeem_locked(
    request: Request, body: Attempt, app_id: AppId, token: Token, once: Once = None
) -> Response:
    """Locks the voucher, looks, writes."""
    request.app.state.keys.require(app_id, token)
    key, code, amount = once or secrets.token_hex(16), body.redeemables[0].id, body.order.amount
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        voucher = await connection.fetchrow(statements.LOCKED, code)
        # Behind the lock a repeat finds what the first has written.
        known = await connection.fetchrow(statements.BY_KEY, key)
        if known is not None:
            return _answer_redeemed(known, amount)
        _require_usable(voucher)
        discount = compute_discount(voucher, amount)
        await connection.execute(statements.COUNTED, voucher["id"])
        redemption = await connection.fetchrow(
            statements.WRITTEN, _new_id(), key, voucher["id"], amount, discount
        )
    return _answer_redeemed({**voucher, **redemption, "redeemed": voucher["redeemed"] + 1}, amount)


async def redeem_guarded(
    request: Request, body: Attempt, app_id: AppId, token: Token, once: Once = None
) -> Response:
    """One statement, which changes nothing where the voucher may not be redeemed."""
    request.app.state.keys.require(app_id, token)
    key, code, amount = once or secrets.token_hex(16), body.redeemables[0].id, body.order.amount
    pool = request.app.state.pool
    try:
        row = await pool.fetchrow(statements.GUARDED, key, code, _new_id(), amount)
    except asyncpg.UniqueViolationError:
        # A repeat that came while the first was under way.
        row = None
    if row is None:
        # A repeat, or a refusal: which, and why, is asked only then.
        row = await pool.fetchrow(statements.BY_KEY, key)
    if row is None:
        _require_usable(await pool.fetchrow(statements.READ, code))
        raise HTTPException(400, "quantity_exceeded")
    return _answer_redeemed(row, amount)


async def validate(request: Request, body: Attempt, app_id: AppId, token: Token) -> Response:
    """One read."""
    request.app.state.keys.require(app_id, token)
    voucher = await request.app.state.pool.fetchrow(statements.READ, body.redeemables[0].id)
    _require_usable(voucher)
    discount = compute_discount(voucher, body.order.amount)
    redeemable = {
        "status": "APPLICABLE",
        "id": voucher["code"],
        "object": "voucher",
        "order": _show_order(body.order.amount, discount),
        "result": {"discount": _show_discount(voucher)},
        "metadata": msgspec.Raw(voucher["metadata"].encode()),
    }
    answer = {
        "id": f"valid_{secrets.token_hex(8)}",
        "valid": True,
        "redeemables": [redeemable],
        "order": _show_order(body.order.amount, discount),
        "tracking_id": None,
        "session": None,
    }
    return Response(msgspec.json.encode(answer), media_type=JSON)


def compute_discount(voucher: asyncpg.Record, amount: int) -> int:
    """What a voucher takes off, never more than there is."""
    if voucher["percent_off"] is None:
        return min(int(voucher["amount_off"]), amount)
    share = Decimal(amount) * voucher["percent_off"] / 100
    return min(int(share.quantize(Decimal(1), ROUND_HALF_UP)), amount)


def _require_usable(voucher: asyncpg.Record | None) -> None:
    """Raises HTTPException as the first reason against a redemption says."""
    if voucher is None:
        raise HTTPException(404, "not_found")
    now = datetime.now(UTC)
    if not voucher["active"]:
        raise HTTPException(400, "voucher_disabled")
    if voucher["starts_at"] is not None and voucher["starts_at"] > now:
        raise HTTPException(400, "voucher_not_active")
    if voucher["ends_at"] is not None and voucher["ends_at"] < now:
        raise HTTPException(400, "voucher_expired")
    if voucher["quantity"] is not None and voucher["redeemed"] >= voucher["quantity"]:
        raise HTTPException(400, "quantity_exceeded")


def _answer_redeemed(row: Any, amount: int) -> Response:
    order = _show_order(amount, row["discount"])
    voucher = {
        "id": row["voucher_id"],
        "code": row["code"],
        "object": "voucher",
        "type": "DISCOUNT_VOUCHER",
        "active": row["active"],
        "start_date": row["starts_at"],
        "expiration_date": row["ends_at"],
        "discount": _show_discount(row),
        "redemption": {"quantity": row["quantity"], "redeemed_quantity": row["redeemed"]},
        "metadata": msgspec.Raw(row["metadata"].encode()),
    }
    redemption = {
        "id": row["redemption_id"],
        "object": "redemption",
        "date": row["redeemed_at"],
        "result": "SUCCESS",
        "status": "SUCCEEDED",
        "customer_id": None,
        "tracking_id": None,
        "order": order,
        "voucher": voucher,
    }
    answer = {"redemptions": [redemption], "parent_redemption": None, "order": order}
    return Response(msgspec.json.encode(answer), media_type=JSON)


def _show_order(amount: int, discount: int) -> dict[str, Any]:
    return {
        "object": "order",
        "amount": amount,
        "initial_amount": amount,
        "discount_amount": discount,
        "total_discount_amount": discount,
        "applied_discount_amount": discount,
        "total_applied_discount_amount": discount,
        "total_amount": amount - discount,
    }


def _show_discount(voucher: Any) -> dict[str, Any]:
    if voucher["percent_off"] is None:
        return {"type": "AMOUNT", "amount_off": voucher["amount_off"]}
    return {"type": "PERCENT", "percent_off": float(voucher["percent_off"])}


def _new_id() -> str:
    return f"r_{secrets.token_hex(12)}"


async def _keep(_: asyncpg.Connection) -> None:
    """Leaves a connection as it is: no statement here changes anything that outlives it."""


def main(
    dsn: Annotated[str, typer.Option(help="the database")],
    port: Annotated[int, typer.Option(help="the port on loopback")],
) -> None:
    """Serve until a signal comes."""
    config = uvicorn.Config(
        make_app(dsn),
        host="127.0.0.1",
        port=port,
        http=Connection,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
    )
    uvloop.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    typer.run(main)
