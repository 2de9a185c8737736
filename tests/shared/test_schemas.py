import pytest

from shared.errors import InvalidError
from shared.web.schemas import Content, Schema, load


class Titled(Schema):
    title = Content(required=True)


@pytest.mark.parametrize("code", ["DE", "d", "deutsch-", "de\n", "", "de_DE"])
def test_text_must_stand_under_the_code_of_its_language(code: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        load(Titled(), {"title": {code: "Vereinsrecht"}})
    (messages,) = refusal.value.errors.values()
    assert [str(message) for message in messages] == ["This is not a language code, such as de or en."]


@pytest.mark.parametrize("code", ["de", "en", "tlh", "de-leicht"])
def test_any_language_may_be_used(code: str) -> None:
    assert load(Titled(), {"title": {code: "Vereinsrecht"}}) == {"title": {code: "Vereinsrecht"}}
