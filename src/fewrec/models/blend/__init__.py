"""``auto``: members of different kinds, blended by weights learned on episodes of training users."""
