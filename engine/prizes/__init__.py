"""Prizes: what customers are given by referrals and draws, and what is taken back of it."""
