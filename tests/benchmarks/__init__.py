"""Programs that print figures, each beside a baseline from the same run. They are not tests."""
