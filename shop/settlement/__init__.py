"""What money that came brings about."""
