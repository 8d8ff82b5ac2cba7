"""What people write: as it is seen, compared, signed with and counted."""
