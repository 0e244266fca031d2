"""The catalog as JSON, the way the books keep it, and back."""

from typing import Any

from shop.catalog.products import Channel, Plan, Setup, Shopfront

Document = dict[str, Any]


def plan_document(plan: Plan) -> Document:
    """All of a plan but its slug and prices, which have columns of their own."""
    return {
        "name": dict(plan.name),
        "description": dict(plan.description),
        "screens": plan.screens,
        "connector": plan.connector,
        "trial_days": plan.trial_days,
        "grace_days": plan.terms.grace_days,
        "keep_days": plan.terms.keep_days,
        "star_subscription": plan.star_subscription,
    }


def front_document(front: Shopfront) -> Document:
    """What the shop says about itself."""
    return {
        "name": dict(front.name),
        "greeting": dict(front.greeting),
        "terms": dict(front.terms),
        "privacy": dict(front.privacy),
        "support": front.support,
        "stream_url": front.stream_url,
        "setup": [
            {"device": dict(setup.device), "steps": dict(setup.steps)} for setup in front.setup
        ],
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "group": channel.group,
                "logo": channel.logo,
                "url": channel.url,
                "plans": list(channel.plans),
            }
            for channel in front.channels
        ],
    }


def front_of(document: Document) -> Shopfront:
    """Read it back."""
    return Shopfront(
        name=document["name"],
        greeting=document["greeting"],
        terms=document["terms"],
        privacy=document["privacy"],
        support=document["support"],
        stream_url=document["stream_url"],
        setup=tuple(Setup(**setup) for setup in document["setup"]),
        channels=tuple(
            Channel(**{**channel, "plans": tuple(channel["plans"])})
            for channel in document["channels"]
        ),
    )
