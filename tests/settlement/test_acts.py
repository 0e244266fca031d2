"""What staff decide is in the audit under words that do not change."""

from shop.settlement.acts import (
    Assign,
    PutOnBlocklist,
    ReviewApproved,
    ReviewRefused,
    TakeOffBlocklist,
)


def test_the_audit_has_these_words() -> None:
    acts = (ReviewApproved, ReviewRefused, PutOnBlocklist, TakeOffBlocklist, Assign)
    assert [act.kind for act in acts] == [
        "review_approved",
        "review_refused",
        "block",
        "unblock",
        "assign",
    ]
