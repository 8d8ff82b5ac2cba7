"""What people decide on a generation: stars, state, tags, project, notes, the trash."""
