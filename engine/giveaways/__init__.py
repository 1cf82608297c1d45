"""Giveaways: entries, draws that anybody can check, and winners."""
