"""What files are called: artist and title from paths and texts."""
