"""Campaigns: the list, the calendar, the form that makes one, and the page of one."""
