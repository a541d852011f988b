"""Reminder rows and cards become posts in Discord."""
