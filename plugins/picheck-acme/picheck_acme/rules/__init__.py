"""One rule a module; it is called like its rule."""
