"""What makes room on the disk: the trash, clean-up rules, and what brings back."""
