"""Tiny random models of every family that loads, and what transformers computes with them.

Each is a model folder below Tests/Golden/models, as transformers writes it, with a golden file of the same
name beside the folder. The numbers come from float32 weights computed in float64 (transformers' norms and
rotary angles stay float32). Norms and biases are random too, and the script refuses a model whose numbers
would hardly change without one of its parts: a test that compares with them could not fail.
"""

import copy
import json
import os
import shutil

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import (
    BertConfig,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

import golden

SEED = 20260
FOLDER = golden.FOLDER / "models"
PACKAGES = ("torch", "transformers", "tokenizers", "safetensors")
MATTERS = 0.02  # a part that moves no log-probability by so much is not tested by them

TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] "
    "+ '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
    "{% endif %}"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_level_tokens():
    """A byte-level vocabulary of the characters that the tests write, and merges of a few of them."""
    characters = list("abcdefghijklmnopqrstuvwxyz0123456789ACHIMQT.,:!?-'<|>_ĠĊ")
    merges = ["t h", "th e", "Ġ the", "i n", "Ġ a", "e r", "o u", "m i", "l k", "mi lk", "Ġ milk", "a n", "an d"]
    return SPECIAL + characters + [merge.replace(" ", "") for merge in merges], merges


def write_byte_level_tokenizer(folder, suffix=None):
    """tokenizer.json in the form of SmolLM2's; `suffix` is a token that is appended to every text."""
    tokens, merges = byte_level_tokens()
    added = [
        {
            "id": index,
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for index, token in enumerate(SPECIAL)
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    processor = None
    if suffix is not None:
        processor = {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": suffix, "type_id": 0}}],
            "pair": [
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": suffix, "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}},
                {"SpecialToken": {"id": suffix, "type_id": 0}},
            ],
            "special_tokens": {suffix: {"id": suffix, "ids": [tokens.index(suffix)], "tokens": [suffix]}},
        }
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level],
        },
        "post_processor": processor,
        "decoder": dict(byte_level, add_prefix_space=True),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": merges,
        },
    }
    write_json(folder / "tokenizer.json", tokenizer)


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def randomize(model, generator, spread):
    """Weights of a standard deviation that makes log-probabilities differ clearly, all on a grid of 2⁻¹⁶."""
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            is_norm = "norm" in name.lower() and name.endswith("weight")
            if is_norm:
                value = 1 + 0.3 * noise
            elif name.endswith("bias"):
                value = 0.5 * noise
            elif "embed" in name or "lm_head" in name:
                value = noise * spread
            else:
                value = noise * spread / np.sqrt(tensor.shape[-1])
            tensor.copy_(torch.round(value * 2**16) / 2**16)
    return model


def sequences(generator, vocabulary):
    return [torch.randint(0, vocabulary, (length,), generator=generator).tolist() for length in (6, 19, 48)]


@torch.inference_mode()
def log_probabilities(model, ids):
    """Of every token after the first, and of all tokens after the last, from one forward pass."""
    scores = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), dim=-1)
    return scores[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0].numpy(), scores[-1].numpy()


def moved(model, changed, examples):
    pairs = [(log_probabilities(model, ids)[0], log_probabilities(changed, ids)[0]) for ids in examples]
    return max(np.abs(first - second).max() for first, second in pairs)


def without(model, what):
    """The same model without one of its parts."""
    changed = copy.deepcopy(model)
    with torch.no_grad():
        for name, tensor in changed.named_parameters():
            if what in name:
                tensor.fill_(0 if name.endswith("bias") else 1)
    return changed


def decoder(name, kind, configuration, generator, parts, spread=1.0, suffix=None, **files):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    model = randomize(kind(configuration).eval(), generator, spread)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    write_byte_level_tokenizer(folder, suffix)
    for file, content in files.items():
        write_json(folder / f"{file}.json", content)
    examples = sequences(generator, configuration.vocab_size)
    exact = copy.deepcopy(model).double()
    for part in parts:
        distance = moved(model, without(model, part), examples)
        assert distance > MATTERS, f"{name}: without {part} the numbers move by {distance}"
    cases, difference = [], 0
    for ids in examples:
        values, last = log_probabilities(exact, ids)
        difference = max(difference, np.abs(values - log_probabilities(model, ids)[0]).max())
        expected = {"tokenLogProbabilities": golden.rounded(values), "last": golden.rounded(last)}
        cases.append(golden.case(f"{len(ids)} tokens", {"ids": ids}, **expected))
    return model, folder, cases, difference


def write(name, cases, **values):
    (FOLDER / name).mkdir(exist_ok=True)
    golden.write(f"models/{name}.json", __file__, SEED, packages=PACKAGES, cases=cases, **values)


def sizes(**more):
    return dict(
        vocab_size=len(byte_level_tokens()[0]),
        hidden_size=32,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        bos_token_id=0,
        pad_token_id=0,
        **more,
    )


def decoders(generator):
    attention = ["input_layernorm", "post_attention_layernorm", "model.norm"]
    configuration = LlamaConfig(**sizes(rope_theta=10_000.0, eos_token_id=2, tie_word_embeddings=True))
    chat = {"chat_template": TEMPLATE, "eos_token": "<|im_end|>", "tokenizer_class": "PreTrainedTokenizerFast"}
    _, _, cases, difference = decoder(
        "llama-tied", LlamaForCausalLM, configuration, generator, attention, tokenizer_config=chat
    )
    write("llama-tied", cases, float32Difference=float(f"{difference:.2g}"))

    # Wavelengths 6 … 6000 tokens: the first is short, the last four are long, one or two lie between.
    rope = {
        "rope_type": "llama3",
        "rope_theta": 2000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 48,
    }
    configuration = LlamaConfig(
        **sizes(head_dim=16, rope_parameters=rope, eos_token_id=[0, 2], tie_word_embeddings=False)
    )
    model, folder, cases, difference = decoder(
        "llama3", LlamaForCausalLM, configuration, generator, attention, spread=1.2,
        generation_config={"eos_token_id": [0, 1, 2]},
    )
    plain = copy.deepcopy(configuration)
    plain.rope_parameters = {"rope_type": "default", "rope_theta": 2000.0}
    other = LlamaForCausalLM(plain).eval()
    other.load_state_dict(model.state_dict())
    distance = moved(model, other, [case["inputs"]["ids"] for case in cases])
    assert distance > MATTERS, f"llama3: without scaling the numbers move by {distance}"
    frequencies = model.model.rotary_emb.inv_freq
    ratio = (other.model.rotary_emb.inv_freq / frequencies).numpy()
    assert (ratio == 1).any() and (ratio == 8).any() and ((ratio > 1) & (ratio < 8)).any(), ratio
    write(
        "llama3",
        cases,
        float32Difference=float(f"{difference:.2g}"),
        frequencies=[float(value) for value in frequencies],
    )

    configuration = Qwen2Config(**sizes(rope_theta=1_000_000.0, eos_token_id=2, tie_word_embeddings=False))
    _, _, cases, difference = decoder(
        "qwen2", Qwen2ForCausalLM, configuration, generator,
        [*attention, "q_proj.bias", "k_proj.bias", "v_proj.bias"], tokenizer_config=chat,
    )
    write("qwen2", cases, float32Difference=float(f"{difference:.2g}"))

    configuration = Qwen3Config(
        **sizes(rope_theta=1_000_000.0, head_dim=16, eos_token_id=2, tie_word_embeddings=False)
    )
    _, _, cases, difference = decoder(
        "qwen3", Qwen3ForCausalLM, configuration, generator, [*attention, "q_norm", "k_norm"],
        tokenizer_config=chat,
    )
    write("qwen3", cases, float32Difference=float(f"{difference:.2g}"))


def write_modules(folder, pooling, prompts=None):
    kind = "sentence_transformers.models."
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    entries = enumerate(modules)
    write_json(
        folder / "modules.json",
        [{"idx": i, "name": str(i), "path": path, "type": kind + name} for i, (path, name) in entries],
    )
    (folder / "1_Pooling").mkdir(exist_ok=True)
    write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, **pooling})
    if prompts is not None:
        write_json(
            folder / "config_sentence_transformers.json", {"prompts": prompts, "default_prompt_name": None}
        )


def unit(vector):
    return golden.rounded(vector / np.linalg.norm(vector), digits=9)


@torch.inference_mode()
def decoder_embedder(generator):
    """In the form of Qwen3-Embedding: the last token's state, after the appended end token."""
    configuration = Qwen3Config(
        **sizes(rope_theta=1_000_000.0, head_dim=16, eos_token_id=0, tie_word_embeddings=True)
    )
    model, folder, _, _ = decoder(
        "qwen3-embedding", Qwen3ForCausalLM, configuration, generator, ["q_norm"], suffix="<|endoftext|>"
    )
    # The published folders hold the model without its head, so names do not begin with `model.`.
    weights = load_file(folder / "model.safetensors")
    bare = {name.removeprefix("model."): tensor for name, tensor in weights.items()}
    save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})
    instruction = "find what goes with it"
    pooling = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": False, "pooling_mode_lasttoken": True}
    query = f"Instruct: {instruction}\nQuery:"
    write_modules(folder, {**pooling, "include_prompt": True}, {"query": query, "document": ""})
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    exact = copy.deepcopy(model).double()
    cases = []
    for text, use in [("milk", False), ("the milk and the tin", False), ("milk", True), ("", False)]:
        ids = tokenizer.encode((query if use else "") + text).ids
        state = exact.model(torch.tensor([ids])).last_hidden_state[0, -1].numpy()
        inputs = {"text": text, "instruction": instruction if use else None}
        cases.append(golden.case(f"{text!r}, instruction: {use}", inputs, ids=ids, embedding=unit(state)))
    write("qwen3-embedding", cases)


def write_wordpiece_tokenizer(folder):
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] the milk bread and tin of red apple 1 2 ##s ##ed , .".split()
    vocabulary = {word: index for index, word in enumerate(words)}

    def special(name):
        return {"id": name, "ids": [vocabulary[name]], "tokens": [name]}

    def token(name):
        return {"SpecialToken": {"id": name, "type_id": 0}}

    single = [token("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, token("[SEP]")]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": index, "content": words[index], **flags} for index in range(5)],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": single,
            "pair": [*single, {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {name: special(name) for name in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": vocabulary,
        },
    }
    write_json(folder / "tokenizer.json", tokenizer)
    return len(words)


@torch.inference_mode()
def encoder(generator):
    """BERT: the mean of the last states, or the first. The limit of 99 tokens passes the 24 positions."""
    folder = FOLDER / "bert"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    count = write_wordpiece_tokenizer(folder)
    configuration = BertConfig(
        vocab_size=count,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=24,
    )
    model = randomize(BertModel(configuration, add_pooling_layer=False).eval(), generator, 1.0)
    model.save_pretrained(folder)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 99, "do_lower_case": False})
    write_modules(folder, {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True})
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(configuration.max_position_embeddings)
    exact = copy.deepcopy(model).double()
    cases = []
    for text in ("milk", "the red apples and 12 tins of milk, breaded.", "bread and milk, " * 20, ""):
        ids = tokenizer.encode(text).ids
        states = exact(torch.tensor([ids])).last_hidden_state[0].numpy()
        expected = {"mean": unit(states.mean(axis=0)), "cls": unit(states[0])}
        cases.append(golden.case(f"{len(ids)} tokens", {"text": text}, ids=ids, **expected))
    write("bert", cases)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(SEED)
    decoders(generator)
    decoder_embedder(generator)
    encoder(generator)


if __name__ == "__main__":
    main()
