"""Engines that stand in for one another: adapters that hold adapters and know only ports."""
