"""Whatever a provider says when asked: it is understood, or it is silence, and nothing else."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest
from hypothesis import given

from payments import commerce_events, fields
from payments.outgoing import understood
from shop.core.errors import BadInputError
from shop.ports import Happening, PaymentEvent, ProviderError
from tests.fixtures.examples import examples
from tests.fixtures.rigs import REMOTE, provider_over
from tests.fuzz.corpus import answers
from tests.fuzz.mutants import Mutants, batch
from tests.fuzz.tally import INPUTS, tally
from tests.fuzz.test_parsers import SEEDS, short, sound

pytestmark = pytest.mark.hypothesis
BATCH = 50
USUAL, FUZZING = 2, 200  # batches: the second are 10,000 answers
REFERENCE = "tk_corpus"
REFS = {"btcpay": "4EnvcZ8sD6vkQjrvwtXQXN", "cryptopay": "528890", "stars": REFERENCE}
Ask = Callable[[bytes], Sequence[PaymentEvent]]


@pytest.fixture(params=[name for name in REMOTE if answers(name)])  # cards cannot be asked about
def asked(request: pytest.FixtureRequest) -> Iterator[tuple[str, Ask]]:
    """A provider's name, and its look-up, which gets this answer."""
    name, said = str(request.param), [b""]

    def answer(call: httpx.Request) -> httpx.Response:
        parts = _parts(said[0]) if name == "btcpay" else {}
        which = "methods" if call.url.path.endswith("/payment-methods") else "invoices"
        return httpx.Response(200, content=parts.get(which, said[0]))

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    provider = None if name == "coinbase_commerce" else provider_over(http, name)
    with asyncio.Runner() as runner:

        def ask(body: bytes) -> Sequence[PaymentEvent]:
            if provider is None:  # its package brings its own client
                return understood(_charge, body)
            said[0] = body
            return runner.run(provider.look_up(REFERENCE, REFS.get(name, "ref_1")))

        yield name, ask
        runner.run(http.aclose())


def _parts(body: bytes) -> dict[str, bytes]:
    """BTCPay is asked twice: the corpus keeps both answers in one file."""
    try:
        both = json.loads(body)
        return {key: json.dumps(value).encode() for key, value in both.items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _charge(body: bytes) -> Sequence[PaymentEvent]:
    return commerce_events.events_of(fields.section(fields.parse_object(body), "data"))


@pytest.mark.timeout(900)
def test_an_answer_is_understood_or_is_silence(asked: tuple[str, Ask]) -> None:
    name, ask = asked
    mutants = Mutants(list(answers(name).values()))
    with tally("answer", name) as found:

        @examples(USUAL, fuzzing=FUZZING)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            batch(name, mutants, seed, BATCH, lambda body: judge(ask, body, found))

        fuzz()
    assert 0 < found["silence"] < found[INPUTS]


def test_every_answer_of_the_corpus_is_understood(asked: tuple[str, Ask]) -> None:
    name, ask = asked
    for what, body in answers(name).items():
        if what.startswith("answer-refused"):
            with pytest.raises(ProviderError):
                ask(body)
        else:
            assert ask(body), what


def judge(ask: Ask, body: bytes, found: Counter[str]) -> None:
    found[INPUTS] += 1
    try:
        events = ask(body)
    except ProviderError as error:
        short(error.sentence)
        found["silence"] += 1
        return
    except BadInputError as error:  # it has to be made silence before it comes here
        raise AssertionError(error.sentence) from error
    assert events, "no answer at all is no answer"
    sound([event for event in events if event.happening is not Happening.PENDING])
    for event in events:
        found[event.happening] += 1
