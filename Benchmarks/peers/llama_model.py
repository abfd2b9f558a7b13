"""SmolLM2-135M in llama.cpp with F32 weights, through the low-level batch interface.

The cache of keys and values keeps llama.cpp's own type, 16-bit floats, and its own choice of flash attention; the batch
sizes hold all prompts of a step.
"""
import ctypes

import llama_cpp
import numpy

from peer import PEERS

PEER = f"llama.cpp of llama-cpp-python {llama_cpp.__version__}"


class Model:
    """One context that holds `sequences` sequences of at most `length` tokens each."""

    def __init__(self, options, sequences, length):
        quiet = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self.keep = quiet
        path = PEERS / f"{options.model}.gguf"
        self.model = llama_cpp.llama_model_load_from_file(
            str(path).encode(), llama_cpp.llama_model_default_params())
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = sequences * ((length + 255) // 256 * 256)
        parameters.n_seq_max = sequences
        parameters.n_batch = options.batch_tokens
        parameters.n_ubatch = options.micro_batch_tokens
        parameters.n_threads = parameters.n_threads_batch = options.threads
        parameters.kv_unified = bool(options.unified)
        parameters.flash_attn_type = options.flash
        parameters.no_perf = True
        self.context = llama_cpp.llama_init_from_model(self.model, parameters)
        if not self.context:
            raise RuntimeError(f"llama.cpp made no context for {path}")
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        self.capacity = options.batch_tokens
        self.batch = llama_cpp.llama_batch_init(self.capacity, 0, 1)

    def clear(self):
        """Forgets all sequences."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), False)

    def _decode(self, rows):
        """Runs rows of (token, position, sequence, whether its scores are wanted)."""
        batch = self.batch
        batch.n_tokens = len(rows)
        for place, (token, position, sequence, wanted) in enumerate(rows):
            batch.token[place] = token
            batch.pos[place] = position
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = sequence
            batch.logits[place] = wanted
        status = llama_cpp.llama_decode(self.context, batch)
        if status != 0:
            raise RuntimeError(f"llama_decode gave {status}")

    def _likeliest(self, count):
        """The likeliest token of each row whose scores were wanted."""
        scores = llama_cpp.llama_get_logits(self.context)
        return numpy.ctypeslib.as_array(scores, shape=(count, self.vocabulary)).argmax(-1).tolist()

    def prefill(self, prompts):
        """Fills the cache, as many whole prompts a call as a batch holds; gives the token after each prompt."""
        length = len(prompts[0])
        together = max(1, self.capacity // length)
        tokens = []
        for first in range(0, len(prompts), together):
            part = prompts[first:first + together]
            self._decode([
                (token, position, first + index, position == length - 1)
                for index, prompt in enumerate(part) for position, token in enumerate(prompt)])
            tokens += self._likeliest(len(part))
        return tokens

    def next(self, tokens, position):
        """Feeds one token a sequence, all at one position; gives the likeliest next ones."""
        self._decode([(token, position, sequence, True) for sequence, token in enumerate(tokens)])
        return self._likeliest(len(tokens))


def defaults():
    """Options of llama.cpp with the values that were fastest on two cores."""
    return {"model": "smollm2-f32", "batch_tokens": 2048, "micro_batch_tokens": 512, "unified": 0, "flash": -1}
