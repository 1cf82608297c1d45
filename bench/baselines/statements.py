"""The tables and statements of the hand-written services.

A redemption is written only beside its voucher, so a foreign key would prove nothing and cost a look
at the row that all wait for.
"""

from typing import Final

#: A row that is updated again and again finds room for its versions on its own page.
SCHEMA: Final = """
CREATE TABLE keys (app_id text PRIMARY KEY, token_hash bytea NOT NULL);
CREATE TABLE vouchers (
    id text PRIMARY KEY,
    code text NOT NULL UNIQUE,
    active boolean NOT NULL DEFAULT true,
    starts_at timestamptz,
    ends_at timestamptz,
    percent_off numeric(5, 2),
    amount_off bigint,
    quantity bigint,
    redeemed bigint NOT NULL DEFAULT 0,
    metadata jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE TABLE redemptions (
    id text PRIMARY KEY,
    idempotency_key text NOT NULL UNIQUE,
    voucher_id text NOT NULL,
    amount bigint NOT NULL,
    discount bigint NOT NULL,
    redeemed_at timestamptz NOT NULL DEFAULT now()
);
"""
ADD_KEY: Final = "INSERT INTO keys (app_id, token_hash) VALUES ($1, $2)"
ADD_VOUCHER: Final = "INSERT INTO vouchers (id, code, percent_off) VALUES ($1, $2, $3)"

KEYS: Final = "SELECT app_id, token_hash FROM keys"

_VOUCHER: Final = """id, id AS voucher_id, code, active, starts_at, ends_at, percent_off, amount_off,
    quantity, redeemed, metadata"""
READ: Final = f"SELECT {_VOUCHER} FROM vouchers WHERE code = $1"  # noqa: S608  a constant
LOCKED: Final = f"{READ} FOR UPDATE"
COUNTED: Final = "UPDATE vouchers SET redeemed = redeemed + 1, updated_at = now() WHERE id = $1"
WRITTEN: Final = """
INSERT INTO redemptions (id, idempotency_key, voucher_id, amount, discount)
VALUES ($1, $2, $3, $4, $5)
RETURNING id AS redemption_id, discount, redeemed_at
"""
BY_KEY: Final = """
SELECT r.id AS redemption_id, r.discount, r.redeemed_at, v.id AS voucher_id, v.code, v.active,
    v.starts_at, v.ends_at, v.percent_off, v.amount_off, v.quantity, v.redeemed, v.metadata
FROM redemptions r JOIN vouchers v ON v.id = r.voucher_id WHERE r.idempotency_key = $1
"""
#: $1 idempotency key, $2 code, $3 id of the redemption, $4 amount. No row: a repeat or a refusal.
GUARDED: Final = """
WITH taken AS (
    UPDATE vouchers SET redeemed = redeemed + 1, updated_at = now()
    WHERE code = $2 AND active
        AND (starts_at IS NULL OR starts_at <= now())
        AND (ends_at IS NULL OR ends_at >= now())
        AND (quantity IS NULL OR redeemed < quantity)
        AND NOT EXISTS (SELECT FROM redemptions WHERE idempotency_key = $1)
    RETURNING *
), written AS (
    INSERT INTO redemptions (id, idempotency_key, voucher_id, amount, discount)
    SELECT $3, $1, id, $4::bigint,
        least($4::bigint, coalesce(round($4::bigint * percent_off / 100), amount_off)::bigint)
    FROM taken
    RETURNING id, discount, redeemed_at
)
SELECT written.id AS redemption_id, written.discount, written.redeemed_at,
    taken.id AS voucher_id, taken.code, taken.active, taken.starts_at, taken.ends_at,
    taken.percent_off, taken.amount_off, taken.quantity, taken.redeemed, taken.metadata
FROM taken, written
"""
