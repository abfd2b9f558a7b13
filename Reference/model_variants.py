"""Model folders that say something twice, or leave something out, and what transformers and PEFT compute with them.

Beside those of models.py below Tests/Golden/models: `qwen2-yarn` (YaRN, positions beyond the original context),
`llama-head` (tie_word_embeddings beside a head that differs), `qwen2-lora` (a PEFT adapter alone, on `qwen2`).
"""

import json
import shutil

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

import golden
import models

SEED = 20270
PACKAGES = (*models.PACKAGES, "peft")
FOLDER = models.FOLDER


def write(name, cases, **values):
    golden.write(f"models/{name}.json", __file__, SEED, packages=PACKAGES, cases=cases, **values)


def cases_of(model, vocabulary, generator):
    cases = []
    for ids in models.sequences(generator, vocabulary):
        values, last = models.log_probabilities(model, ids)
        expected = {"tokenLogProbabilities": golden.rounded(values), "last": golden.rounded(last)}
        cases.append(golden.case(f"{len(ids)} tokens", {"ids": ids}, **expected))
    return cases


def distance(model, other, cases):
    return models.moved(model, other, [case["inputs"]["ids"] for case in cases])


def yarn(generator):
    rule = {
        "rope_type": "yarn",
        "rope_theta": 10_000.0,
        "factor": 4.0,
        "beta_fast": 8.0,
        "original_max_position_embeddings": 16,
    }
    configuration = Qwen2Config(**models.sizes(rope_parameters=rule, eos_token_id=2, tie_word_embeddings=False))
    model, folder, cases, difference = models.decoder(
        "qwen2-yarn", Qwen2ForCausalLM, configuration, generator, ["q_proj.bias"]
    )
    plain = Qwen2Config(
        **models.sizes(
            rope_parameters={"rope_type": "default", "rope_theta": 10_000.0}, eos_token_id=2, tie_word_embeddings=False
        )
    )
    other = Qwen2ForCausalLM(plain).eval()
    other.load_state_dict(model.state_dict())
    assert distance(model, other, cases) > models.MATTERS, "YaRN changes nothing"
    # Said twice: rope_scaling replaces rope_parameters.
    text = json.loads((folder / "config.json").read_text())
    scaling = dict(rule)
    text["rope_parameters"] = {"rope_type": "default", "rope_theta": 10_000.0}
    text["rope_scaling"] = scaling
    twice = Qwen2Config.from_dict(text)
    again = Qwen2ForCausalLM(twice).eval()
    again.load_state_dict(model.state_dict())
    assert distance(model, again, cases) == 0, "transformers takes rope_parameters"
    rotary = model.model.rotary_emb
    write(
        "qwen2-yarn", cases, float32Difference=float(f"{difference:.2g}"),
        frequencies=[float(value) for value in rotary.inv_freq], attentionFactor=float(rotary.attention_scaling),
    )


def stored_head(generator):
    configuration = LlamaConfig(
        **models.sizes(rope_theta=10_000.0, eos_token_id=2, tie_word_embeddings=False)
    )
    model, folder, cases, difference = models.decoder(
        "llama-head", LlamaForCausalLM, configuration, generator, ["model.norm"]
    )
    text = json.loads((folder / "config.json").read_text())
    text["tie_word_embeddings"] = True
    models.write_json(folder / "config.json", text)
    loaded = AutoModelForCausalLM.from_pretrained(folder).eval()
    assert distance(model, loaded, cases) < 1e-4, "transformers ties a head that is stored and differs"
    write("llama-head", cases, float32Difference=float(f"{difference:.2g}"))


def adapter(generator):
    base = AutoModelForCausalLM.from_pretrained(FOLDER / "qwen2").eval()
    plain = AutoModelForCausalLM.from_pretrained(FOLDER / "qwen2").eval()
    settings = LoraConfig(
        r=2, lora_alpha=12, target_modules=["q_proj", "up_proj", "down_proj"], use_rslora=True,
        alpha_pattern={"up_proj": 5}, task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, settings).eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if "lora_" in name:
                noise = torch.randn(tensor.shape, generator=generator)
                tensor.copy_(torch.round(0.3 * noise * 2**16) / 2**16)
    folder = FOLDER / "qwen2-lora"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    text = json.loads((folder / "adapter_config.json").read_text())
    text["base_model_name_or_path"] = "../qwen2"
    models.write_json(folder / "adapter_config.json", text)
    merged = model.merge_and_unload().eval()
    cases = cases_of(merged.double(), plain.config.vocab_size, generator)
    assert distance(plain, merged.float(), cases) > models.MATTERS, "the adapter changes nothing"
    write("qwen2-lora", cases)


if __name__ == "__main__":
    generator = torch.Generator().manual_seed(SEED)
    yarn(generator)
    stored_head(generator)
    adapter(generator)
