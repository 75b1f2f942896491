"""Weeks of training: what is asked for, what must hold, and the days that keep to both."""
