"""A chat model that may only phrase what the phrase decoder's evidence says."""

from fewrec.decoders.phrases import PhraseDecoder
from fewrec.llm.chat.config import ChatConfig
from fewrec.llm.chat.decoder import ChatDecoder, Phraser, PhrasingError
from fewrec.llm.chat.support import Checked, check_support
from fewrec.text import words

__all__ = ["ChatConfig", "ChatDecoder", "Checked", "Phraser", "PhrasingError", "check_support", "named"]


def named(name: str, *, phrases: PhraseDecoder) -> ChatDecoder:
    """``chat``, an endpoint as the environment says, or ``chat:MODEL``, a local language model.

    Raises:
        MissingExtraError: the client, or torch and transformers, are not installed.
        ModelLoadError: the local model cannot be read.
        SettingError: the endpoint is not set.
    """
    model = name.partition(":")[2]
    phraser: Phraser
    if model:
        from fewrec.llm.chat.local import LocalModel

        phraser = LocalModel(model)
    else:
        from fewrec.llm.chat.endpoint import Endpoint

        phraser = Endpoint(ChatConfig.from_environment())
    return ChatDecoder(phrases, phraser, words=words)
