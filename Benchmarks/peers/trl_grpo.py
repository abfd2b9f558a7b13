"""TRL: one step of its GRPOTrainer, rollouts to AdamW, on random prompts, with random rewards and full-length rollouts.

A token is one of a prompt, each counted once, or of a rollout, as in `taiji-bench grpo`. Where Triton is not used, TRL
computes the vocabulary's scores at every position, the prompts' too; `--logits needed` makes it take its other path,
the one for Triton's devices, which asks for the rollouts' positions alone. `--micro-batch` is the number of rollouts
that go through the reference and through the gradients at once, 0 for all; `--checkpointing on` computes activations
again in the backward pass. The first step also pays for the memory of gradients and of AdamW's state.
"""
import random
import statistics
import tempfile
import time
from collections import Counter
from contextlib import contextmanager

from peer import options, random_tokens, report
from transformers_model import PEER, load  # before the libraries below: it keeps them off the network

import trl.trainer.utils
from datasets import Dataset
from transformers import PreTrainedTokenizerFast, PrinterCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

asked = options(
    prompts=4, group=4, prompt_tokens=482, completion_tokens=96, beta=0.04, logits="full", micro_batch=0,
    checkpointing="off", allocator="system", warmup=0, steps=1)
rows = asked.prompts * asked.group
together = asked.micro_batch or rows
if rows % together:
    raise SystemExit(f"trl_grpo: {rows} rollouts do not divide into micro-batches of {together}")
if asked.logits == "needed":
    trl.trainer.utils._use_triton = lambda device: True  # there it only chooses positions; the arithmetic stays torch's
rewards = random.Random(asked.seed)
spent = Counter()


@contextmanager
def phase(name):
    """Adds the wall time of the block to `spent`."""
    start = time.perf_counter()
    yield
    spent[name] += time.perf_counter() - start


class SpelledTokens(PreTrainedTokenizerFast):
    """Reads a prompt as decimal token ids: random tokens, decoded, would not be encoded as the same tokens again."""

    def __call__(self, text, **_):
        return {"input_ids": [[int(token) for token in prompt.split()] for prompt in text]}


class StepTimes(TrainerCallback):
    """Seconds of each optimizer step and of its phases, under the names that Taiji gives them."""

    def __init__(self):
        self.steps = []

    def on_step_begin(self, *_, **__):
        spent.clear()
        self.start = time.perf_counter()

    def on_step_end(self, *_, **__):
        total = time.perf_counter() - self.start
        self.steps.append({
            "total": total, "rollouts": spent["rollouts"], "reference": spent["reference"],
            "gradients": spent["training"] - spent["inputs"], "optimizer": total - spent["training"]})


class TimedTrainer(GRPOTrainer):
    """Measures the phases, and accepts rollouts of the asked sizes only."""

    def training_step(self, *inputs):
        with phase("training"):
            return super().training_step(*inputs)

    def _prepare_inputs(self, *inputs):
        with phase("inputs"):
            return super()._prepare_inputs(*inputs)

    def _generate(self, *inputs):
        with phase("rollouts"):
            made = super()._generate(*inputs)
        sizes = [(len(prompt), len(completion)) for prompt, completion in zip(*made[:2])]
        if sizes != [(asked.prompt_tokens, asked.completion_tokens)] * rows:
            raise ValueError(f"the rollouts have other sizes than asked for: {sizes}")
        return made

    def _get_per_token_logps_and_entropies(self, model, *inputs, **named):
        with phase("reference" if model is self.ref_model else "policy"):
            return super()._get_per_token_logps_and_entropies(model, *inputs, **named)


def first_reward(completions, **_):
    return [rewards.random() for _ in completions]


def second_reward(completions, **_):
    return [rewards.random() for _ in completions]


def tokenizer(model):
    """The model's own, but for how it reads prompts."""
    made = SpelledTokens(tokenizer_file=f"{model.config.name_or_path}/tokenizer.json")
    ids = [model.config.bos_token_id, model.config.eos_token_id]
    made.bos_token, made.eos_token = made.convert_ids_to_tokens(ids)
    made.pad_token = made.eos_token
    return made


def train(folder):
    """Seconds of each step, warm-up included."""
    model = load(asked)
    ids = random_tokens(asked, asked.prompts, asked.prompt_tokens, model.config.vocab_size)
    prompts = Dataset.from_dict({"prompt": [" ".join(map(str, row)) for row in ids]})
    configuration = GRPOConfig(
        output_dir=folder, seed=asked.seed, max_steps=asked.warmup + asked.steps,
        num_generations=asked.group, max_completion_length=asked.completion_tokens,
        generation_kwargs={"min_new_tokens": asked.completion_tokens},
        per_device_train_batch_size=together, gradient_accumulation_steps=rows // together,
        beta=asked.beta, num_iterations=1, loss_type="grpo", scale_rewards="group", shuffle_dataset=False,
        optim="adamw_torch_fused", learning_rate=1e-5, lr_scheduler_type="constant", max_grad_norm=1.0,
        gradient_checkpointing=asked.checkpointing == "on", bf16=asked.dtype == "bfloat16", use_cpu=asked.device == "cpu", dataloader_pin_memory=False,
        report_to="none", logging_strategy="no", save_strategy="no", eval_strategy="no", disable_tqdm=True)
    times = StepTimes()
    trainer = TimedTrainer(
        model, [first_reward, second_reward], configuration, prompts,
        processing_class=tokenizer(model), callbacks=[times])
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return times.steps


with tempfile.TemporaryDirectory() as folder:
    steps = train(folder)
timed = steps[asked.warmup:]
report(
    f"trl {trl.__version__}, {PEER}", "grpo", asked,
    asked.prompts * (asked.prompt_tokens + asked.group * asked.completion_tokens),
    iter([step["total"] for step in steps]).__next__,
    secondsPerStep={name: statistics.median(step[name] for step in timed) for name in timed[0]},
    logits=asked.logits, microBatch=together, checkpointing=asked.checkpointing, allocator=asked.allocator)
