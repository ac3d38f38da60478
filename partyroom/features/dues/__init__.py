"""Membership dues: bases, rates, the ledger, handing up and use (党费)."""
