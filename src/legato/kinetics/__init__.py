"""Joint forces and moments from the ground up."""
