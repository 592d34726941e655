"""A chat model that may only phrase what the phrase decoder's evidence says."""

from fewrec.llm.chat.config import ChatConfig
from fewrec.llm.chat.decoder import ChatDecoder, Phraser, PhrasingError
from fewrec.llm.chat.support import Checked, check_support

__all__ = ["ChatConfig", "ChatDecoder", "Checked", "Phraser", "PhrasingError", "check_support"]
