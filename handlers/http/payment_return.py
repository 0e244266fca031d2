"""Where people land after paying: says whether the payment is confirmed, links to the chat."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from handlers.counter import Counter
from handlers.http.webhooks import Endpoint
from handlers.wording import speak
from shop.core.errors import BadInputError, BooksUnavailableError
from shop.customers.people import person
from shop.intake.polling import ask_soon
from shop.orders.states import OrderState, PaymentState
from shop.storefront.plans import try_of

_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}
<title>{title}</title><style>
:root {{ color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#eef3f7, #17212b); color: light-dark(#17212b, #f5f7f9) }}
main {{ max-width: 24rem; padding: 2rem; text-align: center }}
.sign {{ font-size: 3.5rem }}
h1 {{ font-size: 1.35rem; margin: .5rem 0 }}
p {{ margin: 0 0 1.5rem; opacity: .85 }}
a {{ display: block; padding: .8rem 1.2rem; border-radius: .8rem; text-decoration: none;
  background: #2481cc; color: #fff; font-weight: 600 }}
</style></head><body><main><div class="sign" aria-hidden="true">{sign}</div>
<h1>{title}</h1><p>{text}</p><a href="{chat}">{back}</a></main></body></html>
"""


def return_door(counter: Counter) -> Endpoint:
    """Behind `GET /pay/return?reference=…`; shows nothing that only the payer may know."""

    async def answer(request: Request) -> Response:
        reference = request.query_params.get("reference", "")[:64]
        try:
            payment = await counter.storage.run(ask_soon, reference, now=counter.clock.now())
            if payment is None:
                return _page(counter, "en", state="unknown", status=404)
            payer = await counter.storage.read(person, payment.customer_id)
            one = await counter.storage.read(try_of, reference, payment.customer_id)
        except BooksUnavailableError:
            return _page(counter, "en", state="waiting", status=503)
        except BadInputError:
            return _page(counter, "en", state="unknown", status=404)
        counter.wake()
        return _page(counter, payer.language, state=how_it_stands(payment.state, one.order_state))

    return answer


def how_it_stands(payment: PaymentState, order: OrderState) -> str:
    """The page's state; money that came may still be too little, too late or in review."""
    if payment is not PaymentState.FINAL:
        known = {
            PaymentState.FAILED: "failed",
            PaymentState.EXPIRED: "closed",
            PaymentState.REFUNDED: "refunded",
            PaymentState.DISPUTED: "arrived",
        }
        return known.get(payment, "waiting")
    return {OrderState.PAID: "paid", OrderState.IN_REVIEW: "in_review"}.get(order, "arrived")


def _page(counter: Counter, language: str, *, state: str, status: int = 200) -> HTMLResponse:
    _ = speak(language)
    words = {
        "paid": ("✅", _("Payment received"), _("Everything you need is waiting in the chat.")),
        "arrived": ("📨", _("Payment received"), _("The chat says how it goes on.")),
        "in_review": (
            "📨",
            _("Payment received"),
            _("A person takes a short look at it. We write to you in the chat."),
        ),
        "refunded": ("↩️", _("This payment went back"), _("The chat shows your orders.")),
        "closed": (
            "⌛",
            _("This payment page has closed"),
            _("If you paid in time, we still find it and write to you in the chat."),
        ),
        "waiting": (
            "⏳",
            _("Not confirmed yet"),
            _("As soon as the payment is confirmed, we write to you in the chat."),
        ),
        "failed": ("⚠️", _("The payment did not go through"), _("You can try again in the chat.")),
        "unknown": ("🔎", _("We do not know this payment"), _("The chat shows your orders.")),
    }
    sign, title, text = words[state]
    refresh = '<meta http-equiv="refresh" content="3">' if state == "waiting" else ""
    html = _PAGE.format(
        language=escape(language),
        direction=_.direction,
        refresh=refresh,
        sign=sign,
        title=escape(title),
        text=escape(text),
        back=escape(_("Back to the chat")),
        chat=escape(counter.chat_url),
    )
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
