"""Loading a Hugging Face model as a text encoder, with errors that say what to do. Needs transformers and torch."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import EntryNotFoundError, GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoTokenizer
from transformers.utils import logging
from transformers.utils.hub import cached_file

from fewrec.encoders.fingerprint import hash_files
from fewrec.errors import FewrecError, ModelLoadError, SettingError
from fewrec.llm.encoder.config import HFConfig

_LOAD_ERRORS = (
    OSError,
    ValueError,
    ImportError,
    KeyError,
    RuntimeError,
    TypeError,
    AttributeError,
    EOFError,
    SafetensorError,
    pickle.UnpicklingError,
)
_IDENTITY_SUFFIXES = {".safetensors", ".bin", ".json", ".model", ".txt"}
_NOT_IDENTITY = {"generation_config.json", "trainer_state.json", "training_args.bin", "README.txt"}
_UNUSED_HEADS = ("pooler.",)  # the sentence head of BERT, which token pooling does not read


@dataclass(frozen=True)
class LoadedModel:
    """What encodes: the body of the model without any head, in evaluation mode on its device, and its tokenizer."""

    body: Any
    tokenizer: Any


def load_config(config: HFConfig) -> Any:
    """The model's own configuration; no weights yet.

    Raises:
        ModelLoadError: there is no such model, or none that can be reached and read.
    """
    folder = Path(config.model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelLoadError(
                f"the folder {config.model} is not a Hugging Face model: it has no config.json",
                hint="expected config.json, weights (model.safetensors) and a tokenizer, as save_pretrained writes them",
            )
    elif config.model.startswith((".", "/", "~")) or config.model.count("/") > 1 or "\\" in config.model:
        raise ModelLoadError(
            f"there is no folder {config.model}",
            hint="check the path, or give a hub name such as intfloat/multilingual-e5-small",
        )
    with _explained(config):
        return AutoConfig.from_pretrained(_location(config), **_hub_options(config))


def load_model(config: HFConfig, dtype: torch.dtype, device: torch.device) -> LoadedModel:
    """Tokenizer and weights.

    Raises:
        ModelLoadError: they are absent or damaged, or the architecture is not one that reads text.
    """
    tokenizer = load_tokenizer(config)
    model = load_pretrained(config, AutoModel, dtype, device, may_miss=_UNUSED_HEADS)
    body = model.get_encoder() if model.config.is_encoder_decoder else model  # T5 and its like: the encoder half reads the text
    _check_reads_text(body, config, device)
    return LoadedModel(body, tokenizer)


def load_tokenizer(config: HFConfig) -> Any:
    """The model's own tokenizer.

    Raises:
        ModelLoadError: there is none.
    """
    with _explained(config), _quiet():
        tokenizer = AutoTokenizer.from_pretrained(_location(config), **_hub_options(config))
    if len(tokenizer) <= len(set(tokenizer.all_special_tokens)):  # transformers makes an empty one where there is none
        raise ModelLoadError(
            f"{config.model} has no tokenizer of its own",
            hint="add the tokenizer files of the model (tokenizer.json, tokenizer_config.json) to its folder",
        )
    return tokenizer


def load_pretrained(
    config: HFConfig, auto_class: Any, dtype: torch.dtype, device: torch.device, may_miss: tuple[str, ...] = (), **options: Any
) -> Any:
    """The network as ``auto_class`` (``AutoModel``, or one of ``AutoModelFor…``) makes it, on its device, in evaluation mode.

    ``may_miss``: parts of names of tensors that the weights need not hold, such as a head that is about to be learned.

    Raises:
        ModelLoadError: the weights are absent, damaged, or of another architecture.
    """
    with _explained(config), _quiet():
        model, report = auto_class.from_pretrained(
            _location(config), dtype=dtype, output_loading_info=True, **_hub_options(config), **options
        )
    missing = sorted(key for key in report["missing_keys"] if not any(part in key for part in may_miss))
    if missing:
        raise ModelLoadError(
            f"the weights of {config.model} do not fit its architecture ({type(model).__name__}): "
            f"{len(missing)} tensors are missing, such as {missing[0]}",
            hint="config.json and the weights must come from the same model",
        )
    if getattr(model.config, "use_cache", False):
        model.config.use_cache = False  # keys and values are kept for generating, which nobody does here
    return model.to(device).eval()


def _check_reads_text(body: Any, config: HFConfig, device: torch.device) -> None:
    """Some architectures load well and then want an image, or give no vectors of tokens: show the model one token."""
    try:
        with torch.inference_mode():
            output = body(input_ids=torch.zeros((1, 1), dtype=torch.long, device=device))
        hidden = getattr(output, "last_hidden_state", None)
        problem = "it gives no vectors of tokens" if hidden is None else None
    except (TypeError, ValueError, AttributeError) as error:
        problem = str(error).splitlines()[0]
    if problem is not None:
        raise ModelLoadError(
            f"{config.model} ({type(body).__name__}) is not a text encoder: {problem}",
            hint="name a text encoder (BERT, E5, ...) or a causal LM (Llama, Qwen, GPT-2, ...)",
        )


def weights_identity(config: HFConfig, model_config: Any) -> dict[str, Any]:
    """What the weights are: of a hub model its name and commit; of a folder the digests of its files, wherever it stands."""
    folder = Path(config.model).expanduser()
    if not folder.is_dir():
        return {"model": config.model, "commit": getattr(model_config, "_commit_hash", None) or config.revision}
    files = sorted(
        file
        for file in folder.iterdir()
        if file.suffix in _IDENTITY_SUFFIXES and file.name not in _NOT_IDENTITY and file.is_file()
    )
    return {"files": hash_files(files)}


def own_pooling(config: HFConfig) -> str:
    """Pooling that the model's sentence-transformers settings ask for; the mean where it has none.

    Raises:
        SettingError: they ask for a pooling that is not one of ours.
    """
    try:
        path = cached_file(
            _location(config),
            "1_Pooling/config.json",
            revision=config.revision,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
        )
    except _LOAD_ERRORS as error:
        raise _explain(config, error) from error
    if path is None:
        return "mean"
    settings = json.loads(Path(path).read_text(encoding="utf-8"))
    asked = [
        key.removeprefix("pooling_mode_")
        for key, value in settings.items()
        if key.startswith("pooling_mode_") and value is True
    ]
    asked = asked or [str(settings.get("pooling_mode", "mean"))]
    known = {"mean_tokens": "mean", "mean": "mean", "cls_token": "cls", "cls": "cls", "lasttoken": "last", "last": "last"}
    if len(asked) != 1 or asked[0] not in known:
        raise SettingError(
            f"{config.model} was trained with the pooling {' + '.join(asked)}, which fewrec does not have",
            hint="choose one: ?pooling=mean, cls or last",
        )
    return known[asked[0]]


def choose_device(name: str) -> torch.device:
    """``auto``: cuda before mps before cpu.

    Raises:
        SettingError: this machine has no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise SettingError(f"cannot use the device {name!r}: {error}", hint="use device=cpu, or device=auto") from error
    return device


def choose_dtype(name: str, device: torch.device, model_config: Any) -> torch.dtype:
    """``auto``: float32 on a CPU (16 bits are slow there), elsewhere the type in which the weights were published."""
    if name != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[name]
    published = getattr(model_config, "dtype", None)
    return published if device.type != "cpu" and isinstance(published, torch.dtype) else torch.float32


def _location(config: HFConfig) -> str:
    folder = Path(config.model).expanduser()
    return str(folder) if folder.is_dir() else config.model


def _hub_options(config: HFConfig) -> dict[str, Any]:
    return {"revision": config.revision or "main", "trust_remote_code": config.trust_remote_code}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' bar for a second's work, and without its table of missing tensors: those are judged here."""
    transformers_log: Any = logging  # its functions have no annotations
    shown, verbosity = transformers_log.is_progress_bar_enabled(), transformers_log.get_verbosity()
    transformers_log.disable_progress_bar()
    transformers_log.set_verbosity_error()
    try:
        yield
    finally:
        transformers_log.set_verbosity(verbosity)
        if shown:
            transformers_log.enable_progress_bar()


@contextmanager
def _explained(config: HFConfig) -> Iterator[None]:
    try:
        yield
    except _LOAD_ERRORS as error:
        raise _explain(config, error) from error


def _explain(config: HFConfig, error: Exception) -> FewrecError:
    """Say what a library's error means for the user. Libraries wrap the telling error, so its causes are looked at too."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    told = " ".join(str(cause) for cause in causes)
    first_line = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    if any(isinstance(cause, GatedRepoError) for cause in causes) or "gated repo" in told:
        return ModelLoadError(
            f"the model {config.model} is gated: its owner wants you to accept terms first",
            hint=f"accept them on the model's page, then log in with 'hf auth login' or set HF_TOKEN; model: {config.model}",
        )
    if any(isinstance(cause, RevisionNotFoundError) for cause in causes):
        return ModelLoadError(
            f"the model {config.model} has no revision {config.revision!r}", hint="leave revision out, or name one that exists"
        )
    if any(isinstance(cause, RepositoryNotFoundError) for cause in causes) or "not a valid model identifier" in told:
        return ModelLoadError(
            f"there is no model {config.model} on the hub, and no folder of that name here",
            hint="check the spelling; a private model needs 'hf auth login'",
        )
    if "trust_remote_code" in told:
        return ModelLoadError(
            f"the model {config.model} brings code of its own, which fewrec does not run unasked",
            hint="read that code, then add ?trust_remote_code=true",
        )
    if "model type" in told or "model_type" in told or "Unrecognized configuration" in told:
        return ModelLoadError(
            f"{config.model} has an architecture that cannot be used as a text encoder here: {first_line}",
            hint="name a text encoder or causal LM; a newer architecture may need 'pip install -U transformers'",
        )
    if (
        any(isinstance(cause, (EntryNotFoundError, ConnectionError)) for cause in causes)
        or "connect" in told.lower()
        or "offline" in told.lower()
    ):
        return ModelLoadError(
            f"the model {config.model} is not on this machine, and the hub cannot be reached",
            hint="give the path of a local folder, or download the model once while online",
        )
    return ModelLoadError(
        f"cannot load the model {config.model}: {first_line}", hint="check that its files are complete, or download it again"
    )
