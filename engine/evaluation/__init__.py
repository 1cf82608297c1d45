"""The evaluation of redeemables: what applies to a request, and what it takes."""
