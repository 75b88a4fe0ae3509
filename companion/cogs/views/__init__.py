"""Shared pieces of what Discord shows: rendering within Discord's limits, buttons, modals."""
