"""What it takes from an order to a clip that is kept."""
