"""Money on its way back: refunds, disputes, evidence, revocation."""
