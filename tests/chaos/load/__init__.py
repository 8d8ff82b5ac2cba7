"""As much as the highest tier makes, and storms of faults: how many, how late, how much memory."""
